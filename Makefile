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

serve-public: .venv/.complete ## serve a snapshot as the public may see it (PORT=...): no SQL, no database file, abstracts as the recipe allows
	@$(BIN)/harvest export public-home --public
	@exec $(BIN)/datasette "$$(ls -d public-home/*-[0-9]*/ | tail -n 1)" --port $(PORT)

demo: .venv/.complete ## harvest the sample corpus from a local PubMed, then serve it (PORT=...)
	@exec $(BIN)/python -m tests.demo sample-home --port $(PORT)

test: .venv/.complete ## the fast tests, under 5 minutes
	$(BIN)/pytest -m "not slow" -n auto

test-slow: .venv/.complete ## the slow tests alone; those of pages need chromium and java, and are skipped without
	$(BIN)/pytest -m slow

test-all: test test-slow ## every test

bench: .venv/.complete .venv/peers/.complete ## measure speed, also against other programs (half an hour)
	$(BIN)/python -m tests.bench

.venv/peers/.complete: .venv/.complete tests/bench/peers.txt
	$(PYTHON) -m venv --clear .venv/peers
	.venv/peers/bin/pip install --quiet --disable-pip-version-check --require-hashes -r tests/bench/peers.txt
	@touch $@

check: .venv/.complete ## style, types, and whether the reference says what is so
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m cogapp --check --diff --check-fail-msg "write it anew with: make docs" .github/REFERENCE.md

docs: .venv/.complete ## write .github/REFERENCE.md from schema, metadata, taxonomy and command line
	$(BIN)/python -m cogapp -r .github/REFERENCE.md

pictures: .venv/.complete ## take the pictures of the README (needs chromium)
	$(BIN)/python -m tests.pictures

mutation: .venv/.complete .venv/mutation/bin/cosmic-ray ## change the program in many places, list what no test notices (half an hour)
	$(BIN)/python -m tests.mutation --cosmic-ray .venv/mutation/bin/cosmic-ray

.venv/mutation/bin/cosmic-ray: .venv/.complete
	$(PYTHON) -m venv --clear .venv/mutation
	.venv/mutation/bin/pip install --quiet --disable-pip-version-check cosmic-ray==8.7.0

cron: .venv/.complete ## print the line of a crontab that harvests every day
	@$(BIN)/python -m harvest.schedule cron

cron-install: .venv/.complete ## put that line into your crontab, in place of an earlier one
	@new=$$(crontab -l 2>/dev/null | $(BIN)/python -m harvest.schedule cron --merge) && printf '%s\n' "$$new" | crontab -

UNITS ?= .venv/systemd

systemd: .venv/.complete ## write units for systemd that harvest every day and serve, and say how to install them
	@$(BIN)/python -m harvest.schedule systemd $(UNITS)

PAGES ?= notebooks/html

notebooks: .venv/.complete ## render the notebooks with their figures into notebooks/html, on HARVEST_HOME, db or the sample home
	$(if $(or $(HARVEST_HOME),$(wildcard db/*.db sample-home/*.db)),,@$(BIN)/python -m tests.demo sample-home --only-make)
	@HARVEST_HOME="$(HARVEST_HOME)" HARVEST_OUTPUT="$(abspath $(PAGES))" $(BIN)/jupyter-nbconvert --execute --to html --template classic --log-level WARN \
	    --HTMLExporter.require_js_url= --HTMLExporter.mathjax_url= --HTMLExporter.jquery_url= \
	    --output-dir "$(PAGES)" notebooks/*.ipynb

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet

lock: ## renew requirements.lock, and what bench compares with (needs uv)
	$(COMPILE) pyproject.toml --extra dev --extra notebooks --output-file requirements.lock
	printf '%s\n' biopython pubmed-parser | $(COMPILE) - --output-file tests/bench/peers.txt

.PHONY: help .venv run serve-public demo test test-slow test-all bench check docs pictures mutation cron cron-install systemd notebooks lock
