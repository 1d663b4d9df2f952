#!/usr/bin/env bash
# Runs the tests on a real store and ends with one line: N passed, N failed, N skipped. See README.md.
#   run.sh [FILE…]   only these
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
for project in MesChain.Server MesChain.Sandbox; do dotnet build "src/$project" -v q --nologo || exit; done
php opencart-ocmod/build.php || exit
[[ $# -gt 0 ]] || set -- tests/opencart/*.test.mjs
node --test --test-concurrency=1 --test-reporter=./tests/opencart/report.mjs "$@"
status=$?
node tests/opencart/fixture/down.mjs
exit $status
