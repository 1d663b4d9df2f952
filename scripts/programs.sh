#!/usr/bin/env bash
# Sourced by scripts that run the server and the command line from artifacts/, at the root of the repository.

# A start without changes does not pay for a build that would do nothing.
build_programs() {
  local stamp=.run/built
  mkdir -p .run
  chmod 700 .run
  if [[ -x artifacts/bin/MesChain.Cli/debug/meschain && -e "$stamp" && -z "$(find src protos Directory.Build.props Directory.Packages.props global.json -newer "$stamp" -print -quit)" ]]; then return; fi
  echo "building"
  dotnet build src/MesChain.Server -v q --nologo
  dotnet build src/MesChain.Cli -v q --nologo
  touch "$stamp"
}
