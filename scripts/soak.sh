#!/usr/bin/env bash
# The seeded tests at the full counts their issues name; writes artifacts/soak.json. MESCHAIN_SEED replays one seed.
#   OPENCART_4_SRC, OPENCART_3_SRC=<folder that holds upload/>   also the power cuts on real stores
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
scripts/install.sh test
dotnet build tests/MesChain.Tests -v q || exit 1
out=artifacts/soak
rm -rf "$out"
ok=0
MESCHAIN_SOAK=1 dotnet test --project tests/MesChain.Tests --no-build --results-directory "$out" --report-xunit-trx \
  --filter-trait "Soak=yes" || ok=1
trx="$(find "$out" -name '*.trx' | head -n 1)"
if [[ -z "$trx" ]]; then
  echo "no soak test ran"
  exit 1
fi
shop="$out/opencart.log"
: >"$shop"
if [[ -n "${OPENCART_4_SRC:-}${OPENCART_3_SRC:-}" ]]; then
  MESCHAIN_SOAK=1 scripts/test-opencart.sh tests/opencart/kill.test.mjs | tee "$shop"
  [[ ${PIPESTATUS[0]} -eq 0 ]] || ok=1
fi
counter() { sed -n "s/.*<Counters[^>]* $1=\"\([0-9]*\)\".*/\1/p" "$trx" | head -n 1; }
# Each soak test prints "soak <name> seeds=<first>..<last> count=<n> failures=<n>".
{
  printf '{"commit":"%s","passed":%s,"failed":%s,"runs":[' "$(git rev-parse HEAD)" "$(counter passed)" "$(counter failed)"
  grep -ohE 'soak [^ ]+ seeds=[^ ]+ count=[0-9]+ failures=[0-9]+' "$trx" "$shop" | sort -u |
    sed -E 's/soak ([^ ]+) seeds=([^ ]+) count=([0-9]+) failures=([0-9]+)/{"name":"\1","seeds":"\2","count":\3,"failures":\4}/' | paste -sd ,
  printf ']}\n'
} >artifacts/soak.json
cat artifacts/soak.json
exit "$ok"
