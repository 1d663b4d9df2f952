#!/usr/bin/env bash
# Runs every test there is and ends with one line: N passed, N failed, N skipped.
# Servers that tests need (PostgreSQL, Redis, MariaDB) are private ones on free loopback ports, started and ended by the tests.
#   OPENCART_4_SRC, OPENCART_3_SRC=<folder that holds upload/>   also runs the tests on real stores
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
out=artifacts/test
rm -rf "$out"
mkdir -p "$out"

passed=0 failed=0 skipped=0
started=$SECONDS
heading() { printf '\n== %s (after %d s)\n' "$1" "$((SECONDS - started))"; }
count() { # count PASSED FAILED SKIPPED
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# A suite is a command whose last line of the form "N passed, N failed, N skipped" is its result. One that ends badly
# without having counted a failure counts as one.
suite() { # suite NAME COMMAND...
  local name="$1" log line ok=0
  shift
  heading "$name"
  log="$out/${name//[^a-zA-Z0-9]/-}.log"
  "$@" </dev/null 2>&1 | tee "$log" || ok=1
  line="$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)"
  if [[ "$line" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    count "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
    if [[ $ok -ne 0 && ${BASH_REMATCH[2]} -eq 0 ]]; then count 0 1 0; fi
  elif [[ $ok -eq 0 ]]; then
    count 1 0 0
  else
    echo "FAILED: $name"
    count 0 1 0
  fi
}

dotnet_tests() {
  local ok=0 trx covered=() assembly
  # Only what is written here: coverlet breaks some assemblies of others, and generated code needs no tests.
  for assembly in meschain-server meschain MesChain.Marketplaces MesChain.Sandbox MesChain.Client; do
    covered+=(--coverlet-include "[$assembly]*")
  done
  dotnet test --project tests/MesChain.Tests --no-build --results-directory "$out/dotnet" --report-xunit-trx --timeout 30m \
    --coverlet --coverlet-output-format cobertura --coverlet-exclude-by-attribute GeneratedCode "${covered[@]}" || ok=1
  local p=0 f=0 s=0
  for trx in "$out"/dotnet/*.trx; do
    [[ -e "$trx" ]] || continue
    counter() { sed -n "s/.*<Counters[^>]* $1=\"\([0-9]*\)\".*/\1/p" "$trx" | head -n 1; }
    p=$((p + $(counter passed)))
    f=$((f + $(counter failed)))
    s=$((s + $(counter total) - $(counter passed) - $(counter failed)))
  done
  echo "$p passed, $f failed, $s skipped"
  return "$ok"
}

proto_checks() {
  local buf="$PWD/tests/browser/node_modules/.bin/buf" p=0 f=0 s=0 tag
  check() {
    if "$@"; then p=$((p + 1)); else
      echo "FAILED: $*"
      f=$((f + 1))
    fi
  }
  check "$buf" lint protos
  check "$buf" format -d --exit-code protos
  if tag="$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null)"; then
    check "$buf" breaking protos --against ".git#tag=$tag,subdir=protos"
  else
    echo "no release tag yet: nothing to break"
    s=1
  fi
  echo "$p passed, $f failed, $s skipped"
  [[ $f -eq 0 ]]
}

# The same sources give the same bytes.
package_build() {
  local first second
  php opencart-ocmod/build.php || return 1
  first="$(cd dist && find . -name '*.zip' -exec sha256sum {} + | sort)"
  rm -rf dist
  php opencart-ocmod/build.php >/dev/null || return 1
  second="$(cd dist && find . -name '*.zip' -exec sha256sum {} + | sort)"
  echo "$second"
  [[ -n "$first" && "$first" == "$second" ]] || {
    echo "two builds differ; the first was:"
    echo "$first"
    return 1
  }
}

scripts/install.sh test || exit 1
heading build
dotnet build MesChain.Grpc.sln -v q || {
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

suite "proto" proto_checks
suite "package" package_build
suite ".NET" dotnet_tests
suite "demo" scripts/demo.sh
suite "PHP" tests/php/run.sh
suite "browser" tests/browser/run.sh
if [[ -n "${OPENCART_4_SRC:-}${OPENCART_3_SRC:-}" ]]; then suite "OpenCart" scripts/test-opencart.sh; fi

heading "coverage of the .NET sources"
report="$(find "$out/dotnet" -name '*cobertura*.xml' 2>/dev/null | head -n 1)"
if [[ -n "$report" ]]; then
  rate() { sed -n "s/.*<coverage[^>]* $1-rate=\"\([0-9.]*\)\".*/\1/p" "$report" | head -n 1 | awk '{ printf "%.1f", $1 * 100 }'; }
  echo "line coverage: $(rate line) %, branch coverage: $(rate branch) %"
else
  echo "no coverage report"
fi

echo
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
