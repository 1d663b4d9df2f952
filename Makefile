# The interface to this repository. Every target installs what it needs and the machine lacks (Debian, Ubuntu).
.DEFAULT_GOAL := help
SHELL := /bin/bash
.PHONY: help build run demo test soak test-opencart ocmod docs bench lint

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

build: ## build everything
	dotnet build MesChain.Grpc.sln -v q

run: ## start server, marketplace sandbox and a demo shop; Ctrl-C ends them
	@# With job control Ctrl-C reaches the script and not make, which would call a clean end a failure.
	@if [ -t 0 ]; then set -m; scripts/run.sh; else exec scripts/run.sh; fi

demo: ## play a shop's first week against a server of its own; fails where something differs from its promise
	@scripts/demo.sh

test: ## run every test; ends with "N passed, N failed, N skipped"
	@scripts/test.sh

soak: ## the seeded tests at full counts; writes artifacts/soak.json
	@scripts/soak.sh

test-opencart: ## real stores: make test-opencart OPENCART_4_SRC=<unpacked release> OPENCART_3_SRC=<…>
	@scripts/test-opencart.sh

ocmod: ## build the OpenCart packages into dist/
	@scripts/install.sh ocmod
	@php opencart-ocmod/build.php

docs: ## write the pages that are made from protos and program
	@dotnet build tests/MesChain.Tests -v q
	@MESCHAIN_WRITE_DOCS=1 dotnet test --project tests/MesChain.Tests --no-build --filter-namespace "MesChain.Tests.Docs"

bench: ## print "bench <name> <value> <unit>" lines; BENCH="queue sqlite" runs a part
	@scripts/bench.sh $(BENCH)

lint: ## formatters, analyzers, buf, php -l, shellcheck
	@scripts/lint.sh
