#!/usr/bin/env bash
# Builds server and yardsticks as an operator would install them, and prints "bench <name> <value> <unit> (against what)" lines.
#   scripts/bench.sh [start] [noop] [secret] [queue] [wave] [idle] [sqlite] [postgres]      only these parts
#   wave is wave-price, wave-stock (offers=20000 makes these two smaller), wave-single, wave-zero and wave-outage (SQLite only)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install.sh bench
case "$(uname -m)" in
  aarch64) rid=linux-arm64 ;;
  *) rid=linux-x64 ;;
esac
for project in src/MesChain.Server tests/MesChain.Bench; do dotnet publish "$project" -c Release -r "$rid" -v q --nologo; done
exec "artifacts/publish/MesChain.Bench/release_$rid/MesChain.Bench" "$@"
