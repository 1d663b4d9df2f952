#!/usr/bin/env bash
# Real OpenCart stores, the real package, a real browser. OPENCART_4_SRC names the folder of an unpacked release (it holds upload/).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
: "${OPENCART_4_SRC:?name the folder of an unpacked OpenCart 4 release, the one that holds upload/}"
scripts/install.sh opencart
exec tests/opencart/run.sh
