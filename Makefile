.DEFAULT_GOAL := help

# The tools' versions stand in tools/go.mod, apart from what the program needs.
TOOL := go tool -modfile=tools/go.mod

# What a release is built for, and what `make cross` compiles beside this machine's own.
VERSION ?= $(shell git describe --tags --always --dirty)
RELEASES := linux/amd64 linux/arm64 darwin/arm64 windows/amd64
CROSS := darwin/arm64 windows/amd64

# What a test says that has golden files.
UPDATES := Bool("update"

# folders prints those with a test that says $(1).
folders = $(shell git grep --untracked -lF '$(1)' -- '*_test.go' | sed 's|^|./|; s|/[^/]*$$||' | sort -u)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: check
check: fmt-diff lint test generate-diff ## all that must hold before a commit: format, lint, tests, generated files

.PHONY: test
test: ## run all tests with -race; PACKAGES=./internal/webhook/... narrows them
	@scripts/test

.PHONY: test-pg
test-pg: ## run the tests that need PostgreSQL; fails if there is none
	@APPDOCK_CI=1 PACKAGES="$(call folders,APPDOCK_TEST_POSTGRES)" scripts/test -count=1

.PHONY: fuzz
fuzz: ## fuzz every target for 30 s; FUZZTIME=5m for longer
	@scripts/with-postgres scripts/fuzz

.PHONY: fuzz-search
fuzz-search: ## fuzz the reading of records against a reference for 10 m; FUZZTIME=1h for longer
	@FUZZTIME=$${FUZZTIME:-10m} scripts/with-postgres scripts/fuzz '^FuzzSearch'

.PHONY: deadline
deadline: ## ask a shop of 100 000 products for what takes longer than there is time for
	@APPDOCK_TEST_DEADLINE=$${PRODUCTS:-100000} go test -count=1 -timeout=60m -v -run '^TestNoCriteriaOutlastTheDeadline$$' ./internal/server

.PHONY: malformed
malformed: ## send every malformed body to every route of the Admin API
	@APPDOCK_TEST_MALFORMED=all go test -count=1 -timeout=30m -v -run '^TestMalformedRequests$$' ./internal/server

.PHONY: cover
cover: ## run all tests and write the coverage report to bin/cover.html
	@mkdir -p bin
	@scripts/test -coverpkg=./... -coverprofile=bin/cover.out
	@go tool cover -html=bin/cover.out -o bin/cover.html
	@go tool cover -func=bin/cover.out | tail -n 1

.PHONY: e2e
e2e: ## run the end-to-end suites against other people's code; needs Node.js and npm
	@scripts/e2e

.PHONY: kills
kills: ## kill a host 50 times while it writes and delivers, and count what is lost
	@APPDOCK_TEST_KILLS=50 go test -count=1 -v -timeout 15m -run TestKilledHostLosesNothing ./internal/server

.PHONY: healing
healing: ## live through 5000 seeds of random trouble with deliveries; each must end by itself
	@APPDOCK_TEST_HEALING=5000 go test -count=1 -timeout 60m -run TestEverythingEnds ./internal/webhook

.PHONY: backlog
backlog: ## start a host that has a million deliveries to make, by the bars of time and memory
	@APPDOCK_TEST_BACKLOG=1000000 go test -count=1 -v -timeout 60m -run TestStartWithABacklog ./internal/server

.PHONY: bench-delivery
bench-delivery: ## measure deliveries against a bare loop; BENCH="-full" for the long run, -help for more
	@mkdir -p bin
	@go -C bench/delivery build -o ../../bin/bench-delivery .
	@bin/bench-delivery $(BENCH)

.PHONY: bench-start
bench-start: ## measure the first and the second start of a host with the demo shop
	@go test -run '^$$' -bench Start -benchtime 10x ./internal/server

.PHONY: dev
dev: ## run a host with a demo shop and the example app, in a temporary folder
	@go run ./cmd/appdock dev --temp

.PHONY: golden
golden: ## rewrite the golden files; read the difference before committing it
	@go test $(call folders,$(UPDATES)) -update

.PHONY: generate
generate: ## rewrite the generated files
	@go generate ./...

.PHONY: generate-diff
generate-diff: # fail if a generated file is not as it would be generated
	@scripts/unchanged $(MAKE) --no-print-directory generate

.PHONY: fmt
fmt: ## format the sources
	@$(TOOL) golangci-lint fmt

.PHONY: fmt-diff
fmt-diff: # show what fmt would change, and fail if that is anything
	@$(TOOL) golangci-lint fmt --diff

.PHONY: lint
lint: ## run the linters of .golangci.yml
	@$(TOOL) golangci-lint run --max-issues-per-linter=0 --max-same-issues=0

.PHONY: build
build: ## build bin/appdock for this machine
	CGO_ENABLED=0 go build -trimpath -o bin/ ./cmd/appdock

.PHONY: release
release: ## build the binaries of a release into bin/release
	@set -e; for target in $(RELEASES); do \
		os=$${target%/*}; arch=$${target#*/}; suffix=; \
		if [ "$$os" = windows ]; then suffix=.exe; fi; \
		out="bin/release/appdock-$$os-$$arch$$suffix"; \
		echo "$$out"; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags='-s -w -X main.version=$(VERSION)' -o "$$out" ./cmd/appdock; \
	done

.PHONY: cross
cross: ## compile everything, tests included, for macOS and Windows, and what has a go.mod of its own
	@set -e; for target in $(CROSS); do \
		echo "go vet for $$target"; \
		CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/} go vet ./...; \
	done
	@go -C bench/delivery vet ./...
	@go -C bench/api vet ./...

.PHONY: bench-api
bench-api: ## measure the Admin API beside PocketBase; BENCH="-products 30000" for a smaller shop, -help for more
	@mkdir -p bin
	@go -C bench/api build -o ../../bin/bench-api .
	@bin/bench-api $(BENCH)

.PHONY: bench-rest
bench-rest: ## measure a list of products at /rest/v1 beside the same search of the Admin API
	@go test -run '^$$' -bench ProductLists -benchtime 7x -cpu 2 ./internal/server

.PHONY: bench-oauth
bench-oauth: ## measure the token endpoint, with its clients beside it, and the check of an access token
	@go test -run '^$$' -bench 'TokenEndpoint|Bearer' -benchtime 5s -cpu 2 ./internal/server

.PHONY: bench-validate
bench-validate: ## time app validate as a process: over one app, and over a hundred
	@go test ./cmd/appdock -run '^$$' -bench ValidateProcess -benchtime 50x

.PHONY: twig-report
twig-report: ## print how well twig agrees with the reference, by area
	@go test ./twig -count=1 -run 'TestFixtures|TestGenerated' -v

.PHONY: differ-twig
differ-twig: ## render 20 000 templates made by chance with twig and with PHP's (php-cli and php-twig), and compare
	@go run ./bench/twig/differ -seed $${SEED:-1}

.PHONY: bench-twig
bench-twig: ## time twig, against html/template and, if php-cli and php-twig are there, PHP
	@bench/twig/compare
	@bench/twig/counting
