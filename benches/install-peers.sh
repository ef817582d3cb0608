#!/usr/bin/env bash
# Installs the generators that `peers.sh` measures us against, each at its pinned version.
#
#   benches/install-peers.sh [DIR]        DIR: where to put them; default target/peers
#
# Needs: cargo, python3 with venv, npm, and Java 11 or later for openapi-generator. Takes about ten minutes on two
# cores, nearly all of it building openapi-to-rust. Run again, it installs only what is missing.
# PROGENITOR=1 adds progenitor, which is optional in `peers.sh` since what it writes for Sage does not compile.
set -euo pipefail

openapi_generator=7.26.0
openapi_to_rust=0.23.0
swagger2openapi=7.0.8
progenitor=0.15.1

root=$(cd "$(dirname "$0")/.." && pwd)
dir=${1:-$root/target/peers}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

[ -d "$dir/venv" ] || python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet "openapi-generator-cli==$openapi_generator"
# Turns Swagger 2.0 into OpenAPI 3.0 for the peers that read nothing older.
npm install --silent --no-audit --no-fund --prefix "$dir/npm" "swagger2openapi@$swagger2openapi"
# Asks first: `cargo install` of an installed program may build it once more.
crate() {
    grep -qs "^\"$1 $2 " "$dir/.crates.toml" || cargo install --quiet --locked --root "$dir" "$1@$2"
}
crate openapi-to-rust "$openapi_to_rust"
[ -z "${PROGENITOR:-}" ] || crate cargo-progenitor "$progenitor"

echo "peers installed in $dir"
