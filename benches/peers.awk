# Makes the table, or the JSON, of peers.sh from its samples: row, subject, status, wall ms, CPU ms, peak KiB by tab.
# A figure is the best of its runs, the median beside it; a ratio is best over our best in the same row.

BEGIN { FS = "\t" }

{
    key = $1 SUBSEP $2
    if (!(key in count)) { order[++keys] = key; count[key] = 0 }
    if ($3 != "ok") { failed[key] = 1; next }
    wall[key, ++count[key]] = $4
    if (!(key in best) || $4 < best[key]) best[key] = $4
    if (!(key in cpu) || $5 < cpu[key]) cpu[key] = $5
    if ($6 > peak[key]) peak[key] = $6
}

function median(key,    n, i, j, value, sorted) {
    n = count[key]
    for (i = 1; i <= n; i++) {
        value = wall[key, i]
        for (j = i - 1; j > 0 && sorted[j] > value; j--) sorted[j + 1] = sorted[j]
        sorted[j + 1] = value
    }
    return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

function of(row, subject) { return best[row, subject] + 0 }

# An aim counts only where both sides were measured.
function aim(name, value, bar) {
    if (value > 0) { aims[++aim_count] = name; aim_value[aim_count] = value; aim_bar[aim_count] = bar }
}

function share(row, peer, bar) {
    if (of(row, peer) > 0) aim(row ": ours / " peer, of(row, "sage") / of(row, peer), bar)
}

function weigh() {
    share("generate", "openapi-generator", 1 / 30)
    share("generate", "openapi-to-rust", 1 / 3)
    aim("generate-all: seconds", of("generate-all", "xtask") / 1000, 0.5)
    aim("generate-all: MB", peak["generate-all", "xtask"] / 1024, 100)
    share("check-warm", of("check-warm", "openapi-to-rust") < of("check-warm", "openapi-generator") ? "openapi-to-rust" : "openapi-generator", 1 / 4)
    aim("cold: seconds", of("cold", "sage") / 1000, 60)
}

function table(    i, part, ratio) {
    printf "%s cores, %s, load %s at the end\n\n", cores, rustc, load
    printf "%-13s %-18s %5s %10s %10s %9s %9s %8s\n", "what", "who", "runs", "best s", "median s", "cpu s", "peak MB", "x ours"
    for (i = 1; i <= keys; i++) {
        split(order[i], part, SUBSEP)
        if (failed[order[i]] || !count[order[i]]) { printf "%-13s %-18s failed\n", part[1], part[2]; continue }
        ratio = of(part[1], "sage") ? sprintf("%.2f", best[order[i]] / of(part[1], "sage")) : "-"
        printf "%-13s %-18s %5d %10.3f %10.3f %9.2f %9.1f %8s\n", part[1], part[2], count[order[i]], best[order[i]] / 1000,
            median(order[i]) / 1000, cpu[order[i]] / 1000, peak[order[i]] / 1024, ratio
    }
    if (aim_count) printf "\n%-42s %10s %10s\n", "aim", "value", "at most"
    for (i = 1; i <= aim_count; i++)
        printf "%-42s %10.3f %10.3f  %s\n", aims[i], aim_value[i], aim_bar[i], aim_value[i] <= aim_bar[i] ? "met" : "MISSED"
}

function json(    i, part) {
    printf "{\"cores\":%d,\"rustc\":\"%s\",\"load\":\"%s\",\"rows\":[", cores, rustc, load
    for (i = 1; i <= keys; i++) {
        split(order[i], part, SUBSEP)
        printf "%s{\"what\":\"%s\",\"who\":\"%s\",\"failed\":%s", (i > 1 ? "," : ""), part[1], part[2], (failed[order[i]] ? "true" : "false")
        if (count[order[i]]) {
            printf ",\"runs\":%d,\"best_ms\":%.2f,\"median_ms\":%.2f,\"cpu_ms\":%d,\"peak_kb\":%d", count[order[i]], best[order[i]],
                median(order[i]), cpu[order[i]], peak[order[i]]
            if (of(part[1], "sage")) printf ",\"ratio\":%.3f", best[order[i]] / of(part[1], "sage")
        }
        printf "}"
    }
    printf "],\"aims\":["
    for (i = 1; i <= aim_count; i++)
        printf "%s{\"aim\":\"%s\",\"value\":%.4f,\"at_most\":%.4f,\"met\":%s}", (i > 1 ? "," : ""), aims[i], aim_value[i], aim_bar[i],
            (aim_value[i] <= aim_bar[i] ? "true" : "false")
    print "]}"
}

END {
    weigh()
    if (format == "json") json(); else table()
}
