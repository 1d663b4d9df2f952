#!/usr/bin/env bash
# Formatters and analyzers; changes nothing. `dotnet format whitespace --folder` mends what its check complains about.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install.sh lint
step() { printf '== %s\n' "$*"; }

step "C#: build with every analyzer"
# A folder of its own: the everyday build keeps its outputs.
dotnet build MesChain.Grpc.sln -v q -p:MesChainLint=true -p:ArtifactsPath="$PWD/artifacts/lint"

step "C#: whitespace"
dotnet format whitespace --folder --verify-no-changes --exclude artifacts src tests

step "protos: buf lint, buf format"
tests/browser/node_modules/.bin/buf lint protos
tests/browser/node_modules/.bin/buf format -d --exit-code protos

step "PHP: syntax"
find opencart-ocmod tests -name node_modules -prune -o -name '*.php' -print0 | xargs -0 -r -n 1 -P 2 php -l | { grep -v '^No syntax errors' || true; }

step "PHP: nothing newer than 7.3 where OpenCart 3 runs it"
tests/php/run.sh Syntax

step "shell: shellcheck"
find . \( -name node_modules -o -path ./artifacts -o -path ./.git \) -prune -o -type f \( -name '*.sh' -o -path './.ci/run' \) -print0 | xargs -0 shellcheck

step "JavaScript: syntax"
find tests opencart-ocmod src -name node_modules -prune -o \( -name '*.mjs' -o -name '*.js' \) -print0 | xargs -0 -r -n 1 node --check
echo "lint: clean"
