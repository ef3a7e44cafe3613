# Keyshelf. `make up` serves it; `make check`, `make test` and `make test-long` prove it.
#
# KEYSHELF_DATA, KEYSHELF_PORT and KEYSHELF_ADMIN_PORT, and every other setting,
# reach the service from the environment or from the command line of make.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

# An empty HOME is none: programs then find the account's own.
ifeq ($(strip $(HOME)),)
unexport HOME
endif

BIN := .venv/bin
PYTEST := $(BIN)/pytest

.PHONY: help
help:
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name does; do \
		printf '  make %-9s %s\n' "$$name" "$$does"; done

.PHONY: setup
setup: ## set everything up in this folder: Python packages, the built page
	@scripts/setup.sh

.PHONY: up
up: setup ## serve Keyshelf at http://127.0.0.1:8080 and print a sign-in link
	@exec $(BIN)/keyshelf up

.PHONY: demo
demo: setup ## the same, with a small sample of media in the drive
	@exec $(BIN)/python examples/demo.py --serve

.PHONY: setup-tests
setup-tests:
	@scripts/setup.sh --tests
	@tests/install-debian-packages.sh
	@$(BIN)/python -m tests.servers.prepare

.PHONY: test
test: setup-tests ## run the test suite, real servers included
	$(PYTEST) -n 3 --dist worksteal -m 'not long' --durations=20
	@scripts/web.sh test

.PHONY: test-long
test-long: setup-tests ## run the tests that take long, and some again on Debian's PostgreSQL
	$(PYTEST) -n 2 --dist worksteal -m long --durations=20
	@tests/on-debian-postgresql.sh -n 2 -q tests/integration/database \
		--ignore tests/integration/database/test_embedded.py \
		tests/integration/jobs/test_working.py \
		tests/integration/drive/test_moves.py tests/integration/drive/test_trash.py

.PHONY: fast
fast: ## the quick half of the gate: format, lint, imports, tests without servers
	@scripts/setup.sh --tests
	@$(MAKE) format lint imports
	$(PYTEST) -q tests/unit tests/house

.PHONY: check
check: ## the gate: format, lint, imports, types, dead code, dependencies, the page
	@scripts/setup.sh --tests
	@$(MAKE) --keep-going format lint imports types dead-code dependencies page

.PHONY: format lint imports types dead-code dependencies page
format:
	$(BIN)/ruff format --check --quiet
lint:
	$(BIN)/ruff check --quiet
imports:
	$(BIN)/lint-imports
types:
	$(BIN)/pyright
dead-code:
	$(BIN)/vulture
dependencies:
	$(BIN)/deptry src
page:
	@scripts/web.sh check

BENCHMARKS := presign listing disk_store small_objects backfill folder_sizes lists lists_shown jobs page_scrolling \
	repository_bloom repository_speed repository_memory reconcile video_ladder images

.PHONY: bench
bench: ## run every benchmark and print its table
	@scripts/setup.sh --tests
	@for benchmark in $(BENCHMARKS); do \
		printf '\n== %s ==\n' "$$benchmark"; $(BIN)/python -m "benchmarks.$$benchmark"; done

.PHONY: clean
clean: ## remove what make made here; data is kept
	rm -rf .venv .tools web/node_modules .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src/keyshelf/api/static -mindepth 1 ! -name .gitkeep -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
