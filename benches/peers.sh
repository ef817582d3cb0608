#!/usr/bin/env bash
# Measures this generator, and the crate it writes, beside its peers on Sage's real Accounting v3.1 document.
#
#   benches/install-peers.sh              # once: the peers, at pinned versions
#   benches/peers.sh [--json] [--peers-only] [--runs N] DOCUMENTS
#
# DOCUMENTS, an argument or in the environment, is the folder of Sage's documents; only
# accounting-v3.1.swagger.json is read. What is ours is measured at HEAD, in a fresh clone: commit first.
#
# Within one run everything is interleaved (A B C A B C …), so that noise of the machine meets all subjects alike.
# Compare ratios, not seconds: the last column says how many times ours a figure is.
#
#   generate      the v3.1 document to a crate: wall time and peak memory. openapi-generator reads Swagger 2.0 itself,
#                 with its validation off; the others get the document in its 3.0 form, the conversion not counted.
#                 Ours reads Swagger 2.0; as a release build, and as the dev build that xtask is.
#   generate-all  `cargo xtask codegen` for all APIs, built, from specs/: with cargo's own start, and without.
#   check-warm    `cargo check` of the crate after `touch src/lib.rs`, everything built before: what an edit costs.
#   check-crate   the same with CARGO_INCREMENTAL=0: the crate from nothing, its dependencies built before.
#   cold          `cargo xtask codegen --check` in the fresh clone, target directory empty, downloads in the cache.
#
# Environment: PEERS where the peers are (default target/peers), BENCH where crates and builds go (default target/bench,
# kept, so that a second run is shorter), RUNS (5), COLD_RUNS (1), OPENAPI3 the document's 3.0 form, if converted by
# something else than swagger2openapi, SAGE_CODEGEN a release binary of ours to use instead of building one.
# Progress goes to stderr, the table (or JSON) to stdout. The exit status is 0 when all was measured, 1 when not.
set -euo pipefail
export LC_ALL=C # a decimal point in EPOCHREALTIME, whatever the locale
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)

runs=${RUNS:-5} format=table peers_only= documents=${DOCUMENTS:-}
usage() { echo "usage: $0 [--json] [--peers-only] [--runs N] DOCUMENTS" >&2 && exit 2; }
while [ $# -gt 0 ]; do
    case $1 in
    --json) format=json ;;
    --peers-only) peers_only=1 ;;
    --runs) runs=$2 && shift ;;
    -*) usage ;;
    *) documents=$1 ;;
    esac
    shift
done
[ -f "$documents/accounting-v3.1.swagger.json" ] || usage

peers=$(cd "${PEERS:-$root/target/peers}" && pwd)
mkdir -p "${BENCH:-$root/target/bench}"
bench=$(cd "${BENCH:-$root/target/bench}" && pwd)
document=$(cd "$documents" && pwd)/accounting-v3.1.swagger.json
openapi3=${OPENAPI3:-$bench/v3.1.openapi.json}
samples=$bench/samples.tsv
unset CARGO_TARGET_DIR CARGO_INCREMENTAL
rm -rf "$bench/log" && mkdir -p "$bench/log" && : >"$samples"

say() { echo "$*" >&2; }

# measure ROW SUBJECT COMMAND…: one sample. A command that fails is a sample too, and its output is kept.
measure() {
    local row=$1 subject=$2 start end log status=ok
    log=$bench/log/$row.${subject// /-}.log
    shift 2
    start=$EPOCHREALTIME
    /usr/bin/time -f '%M %U %S' -o "$bench/time" "$@" >"$log" 2>&1 || status=failed
    end=$EPOCHREALTIME
    [ $status = ok ] || say "  $row, $subject: failed, see $log"
    # The last line only: before it, `time` reports an exit status other than 0.
    tail -n 1 "$bench/time" | awk -v row="$row" -v subject="$subject" -v status=$status -v start="$start" -v end="$end" \
        '{ printf "%s\t%s\t%s\t%.2f\t%d\t%d\n", row, subject, status, (end - start) * 1000, ($2 + $3) * 1000, $1 }' >>"$samples"
}

# rounds ROW SUBJECT…: `runs` times each subject in turn, by its function `ROW_of_SUBJECT`.
rounds() {
    local row=$1 i subject
    shift
    for i in $(seq "$runs"); do
        say "$row, round $i of $runs"
        for subject in "$@"; do "${row//-/_}_of_${subject//-/_}"; done
    done
}

# --- the peers

jar=$(echo "$peers"/venv/lib/python*/site-packages/openapi_generator_cli/openapi-generator.jar)
to_rust=$peers/bin/openapi-to-rust
progenitor=$peers/bin/cargo-progenitor
subjects="openapi-generator openapi-to-rust"
# What progenitor writes for this document does not compile, so there is nothing of it to check.
generators=$subjects
[ -x "$progenitor" ] && generators="$generators progenitor"

[ -n "${OPENAPI3:-}" ] || "$peers/npm/node_modules/.bin/swagger2openapi" --outfile "$openapi3" "$document" >&2

generate_of_openapi_generator() {
    rm -rf "$bench/openapi-generator"
    measure generate openapi-generator java -jar "$jar" generate --generator-name rust --skip-validate-spec \
        --input-spec "$document" --output "$bench/openapi-generator"
}

generate_of_openapi_to_rust() {
    rm -rf "$bench/openapi-to-rust/src/generated"
    measure generate openapi-to-rust "$to_rust" generate "$openapi3" --module-name accounting \
        --output-dir "$bench/openapi-to-rust/src/generated"
}

generate_of_progenitor() {
    rm -rf "$bench/progenitor"
    measure generate progenitor "$progenitor" progenitor --input "$openapi3" --output "$bench/progenitor" \
        --name sage-progenitor --version 0.0.0
}

# openapi-to-rust writes modules and the list of dependencies that they need; this makes a crate of them.
crate_of_openapi_to_rust() {
    local crate=$bench/openapi-to-rust
    echo 'pub mod generated;' >"$crate/src/lib.rs"
    printf '[package]\nname = "sage-openapi-to-rust"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n\n' >"$crate/Cargo.toml"
    cat "$crate/src/generated/REQUIRED_DEPS.toml" >>"$crate/Cargo.toml"
}

# openapi-generator writes a whole crate; this keeps it apart from any workspace above it.
crate_of_openapi_generator() { printf '\n[workspace]\n' >>"$bench/openapi-generator/Cargo.toml"; }

# check ROW SUBJECT FOLDER SOURCE [ARGUMENT…]: checks the crate in FOLDER, SOURCE of it touched.
check() {
    local row=$1 subject=$2 folder=$3 source=$4
    shift 4
    touch "$folder/$source"
    (cd "$folder" && CARGO_TARGET_DIR=$bench/target-$subject measure "$row" "$subject" cargo check --quiet "$@")
}

check_warm_of_openapi_generator() { check check-warm openapi-generator "$bench/openapi-generator" src/lib.rs; }
check_warm_of_openapi_to_rust() { check check-warm openapi-to-rust "$bench/openapi-to-rust" src/lib.rs; }
check_warm_of_sage() { check check-warm sage "$bench/sage" generated/src/lib.rs "${sage_check[@]}"; }
check_crate_of_openapi_generator() { CARGO_INCREMENTAL=0 check check-crate openapi-generator "$bench/openapi-generator" src/lib.rs; }
check_crate_of_openapi_to_rust() { CARGO_INCREMENTAL=0 check check-crate openapi-to-rust "$bench/openapi-to-rust" src/lib.rs; }
check_crate_of_sage() { CARGO_INCREMENTAL=0 check check-crate sage "$bench/sage" generated/src/lib.rs "${sage_check[@]}"; }

# --- ours

sage_check=(-p sage-api --no-default-features --features accounting)
sage_target=$bench/target-sage

fresh_clone() {
    rm -rf "$bench/sage"
    git clone --quiet --no-hardlinks "$root" "$bench/sage"
    (cd "$bench/sage" && cargo fetch --quiet --locked >&2)
}

in_clone() { (cd "$bench/sage" && CARGO_TARGET_DIR=$sage_target "$@"); }

cold_of_sage() {
    rm -rf "$sage_target"
    in_clone measure cold sage cargo xtask codegen --check
}

generate_of_sage() {
    rm -rf "$bench/sage-release"
    measure generate sage "$release" generate --document "$document" --name accounting --out "$bench/sage-release"
}

generate_of_sage_dev() {
    rm -rf "$bench/sage-dev"
    measure generate "sage dev" "$sage_target/debug/sage-codegen" generate --document "$document" --name accounting --out "$bench/sage-dev"
}

generate_all_of_cargo_xtask() { in_clone measure generate-all "cargo xtask" cargo xtask codegen; }
generate_all_of_xtask() { in_clone measure generate-all xtask "$sage_target/xtask/xtask" codegen; }

build_ours() {
    say "ours: a fresh clone, cold, then built"
    fresh_clone
    for _ in $(seq "${COLD_RUNS:-1}"); do cold_of_sage; done
    in_clone cargo build --quiet -p sage-codegen >&2
    release=${SAGE_CODEGEN:-$sage_target/release/sage-codegen}
    [ -n "${SAGE_CODEGEN:-}" ] || in_clone cargo build --quiet --release -p sage-codegen >&2
}

# --- the run

if [ -z "$peers_only" ]; then
    build_ours
    rounds generate-all cargo-xtask xtask
    generators="$generators sage sage-dev"
    subjects="$subjects sage"
fi
# shellcheck disable=SC2086 # lists of words
rounds generate $generators
crate_of_openapi_generator
crate_of_openapi_to_rust
say "check: dependencies first"
for subject in $subjects; do "check_warm_of_${subject//-/_}"; done
sed -i '/^check-warm\t/d' "$samples"
# shellcheck disable=SC2086
rounds check-warm $subjects
# shellcheck disable=SC2086
rounds check-crate $subjects

awk -v format=$format -v cores="$(nproc)" -v rustc="$(rustc --version)" -v load="$(cut -d' ' -f1-3 /proc/loadavg)" \
    -f "$here/peers.awk" "$samples"
! grep -q "$(printf '\tfailed\t')" "$samples"
