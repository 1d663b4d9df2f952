#!/usr/bin/env bash
# Installs what a task of this repository needs and the machine lacks, on Debian or Ubuntu. Says nothing and changes nothing
# where everything is there. Never starts a system service: servers that tests need are private ones, started by the tests.
#   scripts/install.sh run|demo|lint|ocmod|bench|test|opencart
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

goal="${1:?run, demo, lint, ocmod, bench, test or opencart}"
say() { printf '\033[2minstall:\033[0m %s\n' "$*" >&2; }

if ! command -v dotnet >/dev/null; then
  say "the .NET SDK $(sed -n 's/.*"version": "\([0-9]*\.[0-9]*\).*/\1/p' global.json) is missing: https://learn.microsoft.com/dotnet/core/install/linux"
  exit 1
fi

# A package is asked for only when the thing it brings is not there: Node, say, comes from many places.
missing=()
need() { # need PACKAGE TEST...
  local package="$1"
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
has() { command -v "$1"; }
has_file() { compgen -G "$1"; }
has_php() { php -r "exit(extension_loaded('$1') ? 0 : 1);"; }

need_node() {
  need nodejs has node
  need npm has npm
}
need_php() {
  need php-cli has php
  for extension in curl bcmath mbstring; do need "php-$extension" has_php "$extension"; done
  need php-google-protobuf has_file /usr/share/php/Google/Protobuf
  need php-parser has_file /usr/share/php/PhpParser
  need protobuf-compiler has protoc
  need libprotobuf-dev has_file /usr/include/google/protobuf/timestamp.proto
}
need_demo() {
  need curl has curl
  need jq has jq
}
need_browser() {
  need chromium has chromium
  need fonts-dejavu-core has_file '/usr/share/fonts/truetype/dejavu/*'
}
need_opencart() {
  need mariadb-server has mariadbd
  for extension in mysqli gd zip xml; do need "php-$extension" has_php "${extension/#xml/dom}"; done
  need php-fpm has_file '/usr/sbin/php-fpm*'
  need nginx-light has nginx
}

case "$goal" in
  run) need_node ;;
  demo) need_demo ;;
  lint)
    need_node
    need_php
    need shellcheck has shellcheck
    ;;
  ocmod)
    need_php
    need php-zip has_php zip
    need zip has zip
    need unzip has unzip
    ;;
  bench) need postgresql has_file '/usr/lib/postgresql/*/bin/initdb' ;;
  test | opencart)
    need_node
    need_php
    need postgresql has_file '/usr/lib/postgresql/*/bin/initdb'
    need redis-server has redis-server
    need php-zip has_php zip
    need php-mysqli has_php mysqli
    need mariadb-server has mariadbd
    need zip has zip
    need unzip has unzip
    need strace has strace
    need_demo
    need procps has ps
    need python3-minimal has python3
    need_browser
    if [[ "$goal" == opencart ]]; then need_opencart; fi
    ;;
  *)
    say "unknown goal $goal"
    exit 2
    ;;
esac

root=()
if [[ $(id -u) -ne 0 ]]; then root=(sudo); fi

apt_install() {
  if ! command -v apt-get >/dev/null; then
    say "not a Debian or Ubuntu machine; please install: $*"
    exit 1
  fi
  if [[ ${#root[@]} -gt 0 ]] && ! command -v sudo >/dev/null; then
    say "needs root; please run: apt-get install $*"
    exit 1
  fi

  # Debian's own switch for "start nothing while installing"; taken away afterwards if it was not there before.
  if [[ ! -e /usr/sbin/policy-rc.d ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee /usr/sbin/policy-rc.d >/dev/null
    "${root[@]}" chmod 755 /usr/sbin/policy-rc.d
    trap '"${root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
  fi

  local log apt
  log="$(mktemp)"
  apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
  say "apt: $*"
  "${apt[@]}" update >"$log" 2>&1 || say "apt-get update failed; going on with the lists that are here"
  for attempt in 1 2 3; do
    if "${apt[@]}" install --no-install-recommends "$@" >"$log" 2>&1; then
      rm -f "$log"
      return
    fi
    # Some images delete downloaded packages between two calls of dpkg, which stops a large install half-way.
    say "apt stopped half-way (attempt $attempt), mending"
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive dpkg --configure -a >>"$log" 2>&1 || true
    "${apt[@]}" -f install >>"$log" 2>&1 || true
  done
  tail -n 30 "$log" >&2
  say "apt could not install: $*"
  exit 1
}

if [[ ${#missing[@]} -gt 0 ]]; then
  mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
  apt_install "${missing[@]}"
fi

# buf and playwright-core, at the versions of the lock file.
if [[ "$goal" != ocmod && "$goal" != bench && "$goal" != demo ]]; then
  stamp=tests/browser/node_modules/.lock
  if ! cmp -s tests/browser/package-lock.json "$stamp"; then
    say "npm ci: buf, playwright-core"
    npm ci --prefix tests/browser --no-audit --no-fund --loglevel=error >&2
    cp tests/browser/package-lock.json "$stamp"
  fi
fi
