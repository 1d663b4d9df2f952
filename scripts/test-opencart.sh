#!/usr/bin/env bash
# Real OpenCart stores, the real packages, a real browser; ends with one line: N passed, N failed, N skipped.
#   OPENCART_4_SRC=<folder that holds upload/>   an unpacked release of OpenCart 4
#   OPENCART_3_SRC=<folder that holds upload/>   one of OpenCart 3; with both, one after the other
# Arguments narrow the run to these files of tests/opencart.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
if [[ -z "${OPENCART_4_SRC:-}${OPENCART_3_SRC:-}" ]]; then
  echo "OPENCART_4_SRC or OPENCART_3_SRC must name the folder of an unpacked OpenCart release, the one that holds upload/" >&2
  exit 2
fi
scripts/install.sh opencart || exit 1
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
ok=0
for source in "${OPENCART_4_SRC:-}" "${OPENCART_3_SRC:-}"; do
  [[ -n "$source" ]] || continue
  OPENCART_SRC="$source" tests/opencart/run.sh "$@" 2>&1 | tee -a "$log" || ok=1
done
sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p' "$log" |
  awk '{ p += $1; f += $2; s += $3 } END { printf "%d passed, %d failed, %d skipped\n", p, f, s }'
exit "$ok"
