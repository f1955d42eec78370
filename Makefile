# `make` alone says what there is. Everything lands in .venv and build/; nothing outside this folder is touched, except
# that `make test` installs the servers' packages where it may (deploy/install-services.sh says which and how).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first Python that is new enough and able to make virtual environments. Another: make PYTHON=/path/to/python run
PYTHON ?= $(shell for candidate in python3.11 python3.12 python3.13 python3; do \
	"$$candidate" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && echo "$$candidate" && break; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
RUNTIME := $(VENV)/.runtime-is-installed
DEVELOPMENT := $(VENV)/.development-is-installed

# What `make run` and `make demo` say to the command line.
RUN ?= demo --stay
DEMO ?= demo
# What `make test` hands to pytest, for example: make test PYTEST="-k receipts tests/unit"
PYTEST ?=
# Tests run on this many processes; those that share something stay together.
WORKERS ?= 2

.PHONY: help
help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: run
run: $(RUNTIME) ## start the gateway with sample agencies and keep it running (no root, no servers needed)
	@$(BIN)/gateway $(RUN)

.PHONY: demo
demo: $(RUNTIME) ## one signed round trip, told step by step
	@$(BIN)/gateway $(DEMO)

.PHONY: test
test: $(DEVELOPMENT) services ## every test, against real servers too
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(PYTEST)

.PHONY: services
services: ## the packages of the servers that the tests start
	@deploy/install-services.sh --check >/dev/null || deploy/install-services.sh || { \
		[ "$${CI:-}" != true ] && \
		echo "*** Without these packages the tests against real servers are skipped. ***" >&2; }

# Each check is a target of its own, so that `make --keep-going lint` tells everything that is wrong at once.
LINTS := lint-style lint-format lint-types lint-imports lint-shell lint-texts
.PHONY: lint $(LINTS)
lint: $(LINTS) ## style, types, architecture, texts
	@echo "lint: clean"
$(LINTS): $(DEVELOPMENT)
lint-style:
	@echo "ruff check" && $(BIN)/ruff check --quiet --output-format concise .
lint-format:
	@echo "ruff format --check" && $(BIN)/ruff format --check --output-format concise .
lint-types:
	@echo "mypy" && $(BIN)/mypy --no-error-summary
lint-imports:
	@echo "lint-imports" && mkdir -p build
	@$(BIN)/lint-imports --no-cache >build/imports.txt || { sed -n '/^Contracts:/,$$p' build/imports.txt; exit 1; }
lint-shell:
	@echo "shell syntax" && for script in .ci/run deploy/*.sh tests/interop/gsoap/build.sh; do bash -n "$$script"; done
lint-texts:
	@echo "texts" && $(BIN)/python .ci/check_texts.py

.PHONY: bench
bench: $(DEVELOPMENT) ## measure, each figure beside its bound; one family: make bench BENCH=<name>
	@$(BIN)/python -m tests.bench $(BENCH)

.PHONY: attacks
attacks: $(DEVELOPMENT) services ## the attack corpus against the product; one entry: make attacks ATTACKS="--only B046"
	@$(BIN)/python -m tests.attacks $(ATTACKS)

# Seconds of CPU time that `make fuzz` takes, and `make prove` on each store.
SECONDS ?= 60
.PHONY: fuzz
fuzz: $(DEVELOPMENT) ## changed messages without end: make fuzz SECONDS=600
	@$(BIN)/python -m tests.attacks.fuzz --seconds $(SECONDS)

.PHONY: prove
prove: $(DEVELOPMENT) services ## random sequences on cases, on both stores: make prove SECONDS=600
	@PROVE_SECONDS=$(SECONDS) $(BIN)/pytest -q -n 0 -s tests/suites/test_case_properties.py

.PHONY: lock
lock: ## pin the newest versions that pyproject.toml allows, with their hashes
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/pip install --quiet --quiet --disable-pip-version-check 'uv>=0.9,<1'
	@compile="build/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		--no-emit-index-url --upgrade"; \
	$$compile pyproject.toml --output-file requirements.lock; \
	$$compile pyproject.toml --group dev --output-file requirements-dev.lock --constraint requirements.lock; \
	$$compile --group build --output-file requirements-build.lock --constraint requirements-dev.lock

.PHONY: clean
clean: ## remove what was built, not the environment and not the gateway's data
	@rm -rf build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	@find . -name __pycache__ -type d -not -path './.venv*' -prune -exec rm -rf {} +

# -- environments ---------------------------------------------------------------------------------------------------

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "No Python 3.11, 3.12 or 3.13 with venv found. On Debian:" \
		"apt-get install python3 python3-venv; elsewhere: make PYTHON=/path/to/python …" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

# Nothing is installed that a lock file does not pin by its hash, not even to build the packages that are published
# as source only; the lock files name every package, so none is looked for beside them. The project itself is installed
# in place, so that `gateway` runs what is in this folder.
INSTALL := $(PIP) install --no-deps --require-hashes --no-build-isolation --only-binary :all: --no-binary spyne,font-roboto

$(RUNTIME): requirements.lock requirements-build.lock pyproject.toml | $(BIN)/python
	@mkdir -p build
	@echo "Installing what the gateway needs to run (less than a minute, once)"
	@$(INSTALL) -r requirements-build.lock
	@$(INSTALL) -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(RUNTIME)
	@echo "Installing what developers need"
	@$(INSTALL) -r requirements-dev.lock
	@touch $@
