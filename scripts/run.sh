#!/usr/bin/env bash
# Starts the server with its marketplace sandbox and a demo shop, and says where to look. Ctrl-C ends both. Data stays in .run/.
# Another address: MESCHAIN__Listeners__Http=127.0.0.1:9080 MESCHAIN__Listeners__Grpc=127.0.0.1:9051 make run
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
http="${MESCHAIN__Listeners__Http:-127.0.0.1:8080}"
grpc="${MESCHAIN__Listeners__Grpc:-127.0.0.1:50051}"
cli="$PWD/artifacts/bin/MesChain.Cli/debug/meschain"
buf="$PWD/tests/browser/node_modules/.bin/buf"
log=.run/server.log
say() { printf '%s\n' "$*"; }

stop=
server='' demo=''
trap 'stop=yes' INT TERM
trap finish EXIT
finish() { # ends the shop first, so that it never sees its server go; Ctrl-C at any moment is a clean end
  local code=$? process
  trap - EXIT
  for process in "$demo" "$server"; do
    [[ -n "$process" ]] || continue
    kill -TERM "$process" 2>/dev/null || true
    while kill -0 "$process" 2>/dev/null; do wait "$process" 2>/dev/null || true; done
  done
  if [[ -n "$stop" || $code -eq 130 ]]; then code=0; fi
  say "ended"
  exit "$code"
}

scripts/install.sh run
# shellcheck source=scripts/programs.sh
source scripts/programs.sh
build_programs

answers() { # whether http://$http$1 answers 200
  local status
  exec 3<>"/dev/tcp/${http%:*}/${http##*:}" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$1" "$http" >&3
  read -r -t 5 status <&3 || status=""
  exec 3>&-
  [[ "$status" == *" 200"* ]]
} 2>/dev/null

if (exec 3<>"/dev/tcp/${http%:*}/${http##*:}") 2>/dev/null; then
  say "Something listens at $http already. Another address: MESCHAIN__Listeners__Http=127.0.0.1:9080 MESCHAIN__Listeners__Grpc=127.0.0.1:9051 make run"
  exit 1
fi

# Both run without the terminal's Ctrl-C (bash's rule for background work): it reaches this script, which ends them in order.
DOTNET_ENVIRONMENT=Development MESCHAIN__Data=.run/data MESCHAIN__Sandbox__Enabled=true MESCHAIN__Listeners__Http="$http" MESCHAIN__Listeners__Grpc="$grpc" \
  artifacts/bin/MesChain.Server/debug/meschain-server >"$log" 2>&1 &
server=$!
for ((tries = 0; tries < 600; tries++)); do
  if [[ -n "$stop" ]]; then exit 0; fi
  if ! kill -0 "$server" 2>/dev/null; then
    say "The server ended before it was ready:"
    tail -n 30 "$log"
    exit 1
  fi
  if answers /readyz; then break; fi
  sleep 0.1 || true
done

key="$(cat .run/data/bootstrap-key)"
MESCHAIN_SERVER="http://$grpc" MESCHAIN_KEY="$key" "$cli" demo --http "http://$http" --books .run/demo-shop.json &
demo=$!

cat <<INFO

MesChain-Sync is listening.

  dashboard     http://$http/
  marketplace   http://$http/_sandbox/trendyol/   (what "Trendyol" has)
  admin key     $key
  server log    $log

Try in another terminal:

  $buf curl --protocol grpc --http2-prior-knowledge -H 'authorization: Bearer $key' -d '{}' http://$grpc/meschain.ops.v1.OpsService/GetHealth

  $buf curl --protocol grpc --http2-prior-knowledge -H 'authorization: Bearer $key' -d '{"page_size": 5}' http://$grpc/meschain.sync.v1.StoreService/ListStores

  $cli sync offers --server http://$grpc --key $key

The first two with grpcurl, where it is installed:

  grpcurl -plaintext -H 'authorization: Bearer $key' -d '{}' $grpc meschain.ops.v1.OpsService/GetHealth
  grpcurl -plaintext -H 'authorization: Bearer $key' -d '{"page_size": 5}' $grpc meschain.sync.v1.StoreService/ListStores

Ctrl-C ends it.

INFO

while [[ -z "$stop" ]]; do
  wait -n "$server" "$demo" || true
  if [[ -n "$stop" ]]; then break; fi
  if ! kill -0 "$server" 2>/dev/null; then
    say "The server ended by itself:"
    tail -n 30 "$log"
    exit 1
  fi
  if ! kill -0 "$demo" 2>/dev/null; then
    say "The demo shop ended by itself; see above. The server goes on."
    demo=''
    wait "$server" || true
  fi
done
