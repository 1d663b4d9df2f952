#!/usr/bin/env bash
# The server's own page in a real browser; ends with one line: N passed, N failed, N skipped. Pictures: artifacts/dashboard/.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
for project in MesChain.Server MesChain.Sandbox; do dotnet build "src/$project" -v q --nologo || exit; done
exec node --test --test-reporter=./tests/opencart/report.mjs tests/browser/*.test.mjs
