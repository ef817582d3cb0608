#!/usr/bin/env bash
# Shows what the peers' crates make of replies as Sage sends them (truth.rs): run benches/peers.sh first, which leaves
# those crates in BENCH (default target/bench). Takes a few minutes, since the crates have only been checked so far.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bench=$(cd "${BENCH:-$here/../target/bench}" && pwd)

show() {
    local peer=$1 types=$2
    echo "== $peer"
    mkdir -p "$bench/$peer/tests"
    { printf '#![allow(unused_imports)]\nuse %s::*;\n' "$types" && grep -v '^//!' "$here/truth.rs"; } >"$bench/$peer/tests/truth.rs"
    (cd "$bench/$peer" && CARGO_TARGET_DIR=$bench/target-$peer CARGO_PROFILE_TEST_DEBUG=0 CARGO_PROFILE_DEV_DEBUG=0 \
        cargo test --quiet --test truth -- --nocapture | grep -E '^(decodes|FAILS|sent|returned)')
}

show openapi-generator openapi::models
show openapi-to-rust sage_openapi_to_rust::generated::types
