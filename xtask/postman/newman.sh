#!/usr/bin/env bash
# Runs the collections that `cargo xtask postman` writes against a local Sage, each against a new one.
#
#   xtask/postman/newman.sh [API…]      # accounting, accounting-v3 and sage-200, if none is named
#
# It needs node, newman (`npm install --global newman`, or its path in NEWMAN) and curl. Only loopback is asked. The exit
# status is 0 if every request of every collection was a success.
set -euo pipefail
cd "$(dirname "$0")/../.."
newman=${NEWMAN:-newman}
[ $# -gt 0 ] || set -- accounting accounting-v3 sage-200

cargo xtask postman write >/dev/null
cargo build --quiet --package sage-sandbox
target=$(cargo metadata --no-deps --format-version 1 | node -p 'JSON.parse(require("fs").readFileSync(0)).target_directory')
folder=$(mktemp -d)
sandbox=
trap '[ -z "$sandbox" ] || kill "$sandbox"; rm -rf "$folder"' EXIT

# What a local Sage says of itself, by a path such as companies.0.site.
field() { node -p "'$1'.split('.').reduce((at, step) => at[step], JSON.parse(require('fs').readFileSync(0)))"; }

failed=0
for api in "$@"; do
    "$target/debug/sage-sandbox" --port 0 --seed 7 >"$folder/said" 2>&1 &
    sandbox=$!
    for _ in $(seq 100); do grep -q 'http://' "$folder/said" && break || sleep 0.1; done
    origin=$(grep -o 'http://127.0.0.1:[0-9]*' "$folder/said" | head -n 1)
    token=$(curl -fsS -X POST "$origin/_sandbox/tokens" -H 'content-type: application/json' -d "{\"api\": \"$api\"}" | field access_token)
    sandbox_is=$(curl -fsS "$origin/_sandbox")
    site=companies.0.business
    [ "$api" != sage-200 ] || site=companies.0.site
    echo "$api:"
    "$newman" run "target/postman/$api.postman_collection.json" --environment "target/postman/$api.postman_environment.json" \
        --env-var "origin=$origin" --env-var "access_token=$token" --env-var region=uki --env-var subscription_key=local \
        --env-var "business=$(field companies.0.business <<<"$sandbox_is")" --env-var "site=$(field $site <<<"$sandbox_is")" \
        --env-var "company=$(field companies.0.company <<<"$sandbox_is")" \
        --reporters cli --reporter-cli-no-success-assertions --reporter-cli-no-banner --color off >"$folder/log" || failed=1
    sed -n "/executed/,\$p" "$folder/log"
    kill "$sandbox" && wait "$sandbox" 2>/dev/null || true
    sandbox=
done
exit $failed
