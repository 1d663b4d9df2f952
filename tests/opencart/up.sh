#!/usr/bin/env bash
# Brings up a real OpenCart store on loopback and prints where it is. Run again, it starts only what is missing.
#   OPENCART_SRC=<folder with upload/> tests/opencart/up.sh [--fresh]
# --fresh begins with an empty database and a new copy of the files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scripts/install.sh opencart
exec node tests/opencart/fixture/up.mjs "$@"
