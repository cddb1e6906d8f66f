# Commands for developers. `make help` lists the targets.

GO       ?= go
PYTHON   ?= python3
FUZZTIME ?= 10s
LONGFUZZ ?= 10m
ATTACK   ?= 30s

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build the program into ./mingce, without cgo
	CGO_ENABLED=0 $(GO) build -trimpath -o mingce ./cmd/mingce

.PHONY: test
test: ## Run the tests; needs Go only
	$(GO) test ./...

.PHONY: check
check: format vet staticcheck race fuzz-short attack-short generated ## Run every check that a commit must pass

.PHONY: format
format: # Fails, naming the files, if gofmt would change something.
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l) || exit 1; \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi

.PHONY: vet
vet:
	$(GO) vet ./...

.PHONY: staticcheck
staticcheck:
	$(GO) tool staticcheck ./...

# SQLite is C translated to Go, and works on memory of its own, which the detector does
# not watch. Leaving it out makes the tests five times as fast. A connection that two
# goroutines use is still found, by what our driver and modernc.org/libc keep of it.
UNWATCHED := -gcflags='modernc.org/...=-d=checkptr=0' -gcflags='modernc.org/sqlite/lib=-race=false -d=checkptr=0'

# Tests that measure memory: one request after the other, so there is nothing to race, and
# hundreds of megabytes of them, which the detector makes fifty times as slow.
MEASURING := ^Test(NoOperationRetainsItsRequest|RequestsAreNotRetained|RequestsAreNotRetainedOnPostgreSQL)$$

.PHONY: race
race: # The race detector needs cgo and a C compiler.
	CGO_ENABLED=1 $(GO) test -race $(UNWATCHED) -shuffle=on -timeout 30m -skip '$(MEASURING)' ./...
	$(GO) test -run '$(MEASURING)' ./internal/ops ./internal/server

.PHONY: fuzz-short
fuzz-short:
	@GO='$(GO)' ./.ci/fuzz $(FUZZTIME)

.PHONY: fuzz
fuzz: ## Fuzz every target for LONGFUZZ (10m) each
	@GO='$(GO)' ./.ci/fuzz $(LONGFUZZ)

.PHONY: attack
attack: build ## Run floods against the program, ATTACK (30s) each, and print how good calls perform
	cd attack && $(GO) vet ./... && $(GO) run . -program ../mingce -for $(ATTACK)

.PHONY: attack-short
attack-short:
	@$(MAKE) --no-print-directory attack ATTACK=1s

.PHONY: reproducible
reproducible: ## Build twice from scratch and compare
	@GO='$(GO)' ./.ci/reproducible

.PHONY: generate
generate: ## Regenerate files from the source
	$(GO) generate ./...

# A generated file that is not in the repository counts as a difference too.
.PHONY: generated
generated: generate
	@paths=$$(ls -d docs internal/console/dist 2>/dev/null); [ -n "$$paths" ] || exit 0; \
	git diff --exit-code -- $$paths || exit 1; \
	new=$$(git ls-files -o --exclude-standard -- $$paths); \
	if [ -n "$$new" ]; then echo "generated, but not in the repository:"; echo "$$new"; exit 1; fi

.PHONY: bench
bench: ## Measure next to other programs and write docs/benchmarks.md (BENCH=-quick, SIZE=1m)
	$(GO) test -run '^$$' -bench 'Contact|DeepPage|User|Department|Token|Grant|Tags' -benchtime 200x -timeout 3h ./internal/directory
	cd bench && $(GO) vet . && $(GO) run . $(BENCH) -out ../docs/benchmarks.md

.PHONY: bench-records
bench-records: ## Measure imports, exports and undo alone, and write docs/benchmarks-records.md (SIZE=1m)
	cd bench && $(GO) vet . && $(GO) run . -only records $(BENCH) -out ../docs/benchmarks-records.md

MAVEN      ?= mvn
E2E_JAVA   := e2e/java/target/.installed
E2E_NODE   := e2e/node/node_modules/.installed
E2E_PYTHON := e2e/python/.venv/.installed

.PHONY: e2e
e2e: $(E2E_JAVA) $(E2E_NODE) $(E2E_PYTHON) ## Run the vendors' own clients against the program
	cd e2e && $(GO) vet ./... && $$($(GO) -C .. tool -n staticcheck) ./...
	cd e2e && $(GO) test -count=1 -v ./...

# Remove the old classes first, so that renamed tests do not stay.
$(E2E_JAVA): e2e/java/pom.xml $(wildcard e2e/java/src/test/java/*/*.java)
	@command -v $(MAVEN) >/dev/null || [ -n "$$CI" ] || { echo "left out: $(MAVEN) is missing"; exit 0; }; \
	rm -rf e2e/java/target && $(MAVEN) -B -q -f e2e/java/pom.xml test-compile && touch $@

$(E2E_NODE): e2e/node/package.json e2e/node/package-lock.json
	cd e2e/node && npm ci --no-audit --no-fund
	@touch $@

$(E2E_PYTHON): e2e/python/requirements.txt
	$(PYTHON) -m venv --clear e2e/python/.venv
	e2e/python/.venv/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@
