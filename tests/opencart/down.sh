#!/usr/bin/env bash
# Ends the processes that up.sh started, each by its own pid. Files and data stay for the next up.sh.
set -euo pipefail
exec node "$(dirname "${BASH_SOURCE[0]}")/fixture/down.mjs"
