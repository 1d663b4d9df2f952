#!/usr/bin/env bash
# Ends the processes that up.sh started, each by its own pid. Files and data stay for the next up.sh.
#   OPENCART_SRC=<folder with upload/> tests/opencart/down.sh
set -euo pipefail
exec node "$(dirname "${BASH_SOURCE[0]}")/fixture/down.mjs"
