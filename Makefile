# Everything a contributor types. `make` alone prints this list.

SHELL := bash
.DEFAULT_GOAL := help
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GO_BUILD := CGO_ENABLED=0 go build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/tandem ./cmd/tandem
FUZZTIME ?= 30s

.PHONY: help run test monitoring web-test screenshots check lint fmt e2e chaos bench bench-full fuzz build setup clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## set up what is missing, start the whole stack, place a call; ONCE=1 ends after the call
	@scripts/setup.sh run
	@$(MAKE) --no-print-directory build
	@exec bin/tandem play $(if $(ONCE),--once)

test: ## set up what is missing, run every test: unit, database, end to end, console
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory build
	go test -race -shuffle=on -timeout 30m ./...
	@$(MAKE) --no-print-directory monitoring
	@$(MAKE) --no-print-directory e2e
	@$(MAKE) --no-print-directory web-test

e2e: ## end to end on a real Asterisk, MariaDB and simulated carriers
	@scripts/setup.sh test
	go test -tags e2e -count=1 -timeout 15m ./e2e/...

# What it reads lies outside its module: go would not see that it changed.
monitoring: ## the alert rules, tested, and the dashboard, by Prometheus' own engine
	cd monitoring/check && go test -count=1 ./...

web-test: ## the console: its own tests, then a real Chromium on a whole stack
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory build
	npm --prefix web test
	npm --prefix web run e2e

screenshots: ## docs/images from the demo's data
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory build
	npm --prefix web run screenshots

chaos: ## kill, stop and restart everything under calls, then count the money; MINUTES=1 SEED=n
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory build
	@bin/tandem chaos --json --minutes $(or $(MINUTES),1) --seed $(or $(SEED),0)

check: ## all that a change must pass: tidy, lint, tests
	go mod tidy -diff
	cd monitoring/check && go mod tidy -diff
	@$(MAKE) --no-print-directory lint test

lint: ## golangci-lint, import arrows included
	$(GOLANGCI) run ./...

fmt: ## gofumpt and import order
	$(GOLANGCI) fmt ./...

bench: ## figures with their anchors in the same run, small: under 5 minutes
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory build
	bin/tandem bench agi --seconds 10
	bin/tandem bench decide --rates 100000 --seconds 5
	bin/tandem bench import --rates 100000
	bin/tandem bench swap --rates 500000 --seconds 5 --rounds 2
	bin/tandem bench holds --seconds 0.6
	bin/tandem bench records --rounds 1
	bin/tandem bench api --seconds 0.6 --calls 50000
	bin/tandem bench live --seconds 5 --talk 5s
	bin/tandem bench reports --attempts 50000 --days 1
	bin/tandem bench calls --seconds 12 --max-cps 0

bench-full: ## what is published: docs/performance.md, docs/benchmarks.md (RUNS=3); an hour and a half
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory build
	go test -run '^$$' -bench . -benchmem ./routing ./billing/rate ./agi ./callflow
	bin/tandem bench agi --json
	bin/tandem bench calls --json
	scripts/bench_decks.sh
	scripts/bench_money.sh
	scripts/bench_console.sh

fuzz: ## every fuzz target for FUZZTIME (30s)
	@for package in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for target in $$(grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z]+' $$package | awk '{print $$2}' | sort -u); do \
			echo "== $$package $$target"; go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

build: ## bin/tandem, with the console in it where there is Node
	@$(GO_BUILD)
	@built=$$(scripts/console.sh bin/tandem) && if [[ -n $$built ]]; then $(GO_BUILD); fi

setup: ## only the set-up
	@scripts/setup.sh test

clean: ## remove what was built and set up
	rm -rf bin var web/node_modules web/dist/*
