# One command each; every target sets up what it needs. `make help` lists them.
PYTHON ?= python3
PORT ?= 8001
BIN := .venv/bin

help: ## list the targets
	@grep -hE '^[a-z.-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

.venv: .venv/.complete ## build the virtual environment from the lock file

.venv/.complete: .venv/.locked pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "harvest needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

run: .venv/.complete ## harvest PubMed, then serve at http://127.0.0.1:8001 (PORT=...); the sample home where PubMed is out of reach
	@if trouble=$$($(BIN)/harvest check --home db --reach 2>&1); then $(BIN)/harvest run --home db; fi; \
	if $(BIN)/harvest status --home db --line; then \
	    if [ -n "$$trouble" ]; then echo "$$trouble" >&2; fi; \
	    exec $(BIN)/datasette db --port $(PORT); \
	else \
	    echo "$${trouble:-no studies came}; serving sample data instead" >&2; \
	    exec $(MAKE) --no-print-directory demo; \
	fi

demo: .venv/.complete ## harvest the sample corpus from a local PubMed, then serve it (PORT=...)
	@exec $(BIN)/python -m tests.demo sample-home --port $(PORT)

test: .venv/.complete ## the fast tests, under 5 minutes
	$(BIN)/pytest -m "not slow"

test-slow: .venv/.complete ## the slow tests alone
	$(BIN)/pytest -m slow

test-all: test test-slow ## every test

bench: .venv/.complete ## measure speed on 30,000 generated records (some minutes)
	$(BIN)/python -m tests.bench

check: .venv/.complete ## style, types, lock file
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

mutation: .venv/.complete .venv/mutation/bin/cosmic-ray ## change the program in many places, list what no test notices (half an hour)
	$(BIN)/python -m tests.mutation --cosmic-ray .venv/mutation/bin/cosmic-ray

.venv/mutation/bin/cosmic-ray: .venv/.complete
	$(PYTHON) -m venv --clear .venv/mutation
	.venv/mutation/bin/pip install --quiet --disable-pip-version-check cosmic-ray==8.7.0

lock: ## renew requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --output-file requirements.lock --quiet

.PHONY: help .venv run demo test test-slow test-all bench check mutation lock
