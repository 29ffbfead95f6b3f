# The two commands of the house are `make demo` and `make test`; the rest serves those who develop.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVE ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test test-postgresql fuzz lint bench docs lock clean

help:  ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# The locks are whole: pip has nothing to resolve, and trips over extras when it tries.
$(VENV)/.run: requirements/run.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements/dev.txt
	touch $@

demo: $(VENV)/.run  ## load the demonstration, answer its question, serve it on 127.0.0.1:8000
	$(BIN)/traitdunion demo $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test: $(VENV)/.dev  ## set up and run every check and test
	scripts/install-system-packages chromium fonts-liberation fonts-dejavu-core pg_ctl=postgresql
	$(MAKE) --no-print-directory lint
	$(BIN)/traitdunion warm-up
	$(BIN)/pytest -n 2 --dist loadfile
	scripts/with-postgresql $(BIN)/pytest -m databases tests/catalogue tests/cooperation tests/databases

test-postgresql: $(VENV)/.dev  ## run every test but the browser's on a PostgreSQL of its own
	scripts/install-system-packages pg_ctl=postgresql
	scripts/with-postgresql $(BIN)/pytest -n 2 --dist loadfile -m "not browser"

fuzz: $(VENV)/.dev  ## read ten thousand mutated feeds (about ten minutes)
	FUZZ_FEEDS=10000 $(BIN)/pytest -q tests/reach/gtfs/test_mutations.py

lint: $(VENV)/.dev  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## measure against the named peer and write docs/reference/performance.md
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev  ## build the documentation, warnings are errors
	$(BIN)/mkdocs build --strict

lock: $(VENV)/.dev  ## resolve requirements anew (needs uv)
	scripts/lock

clean:
	rm -rf $(VENV) build dist site var
