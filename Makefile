# The two commands of the house are `make demo` and `make test`; the rest serves those who develop.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVE ?= 1
SEED := $(or $(SEED),$(shell date +%s))
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where an environment forbids it, each process compiles again all that it imports, and pytest rewrites
# every assertion: 30 s of processor at each start, instead of 11.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help audit demo pages pictures test test-quick test-any-day test-lists test-postgresql fuzz mutants warm-up lint bench docs lock clean

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

pages: $(VENV)/.dev  ## look at the main pages and states at 320, 360 and 1280 px: var/pages/index.html
	$(BIN)/traitdunion demo --no-serve
	$(BIN)/python scripts/pages

pictures: $(VENV)/.dev  ## take again the pictures of the README and of the guides: docs/images
	$(BIN)/traitdunion demo --no-serve
	$(BIN)/python scripts/pages --docs

# Drawn tables have a few rows, and two processes share the processors: threads wait for each other.
test test-quick: export POLARS_MAX_THREADS := 1
test: $(VENV)/.dev  ## set up and run every check and test
	scripts/install-system-packages chromium fonts-liberation fonts-dejavu-core haproxy pg_ctl=postgresql
	$(MAKE) --no-print-directory -j2 lint warm-up
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder
	FUZZ_FORMS=3 scripts/with-postgresql $(BIN)/pytest -m databases tests/accounts tests/catalogue tests/cooperation tests/databases tests/web/test_nothing_breaks_the_api.py

test-quick: $(VENV)/.dev  ## run the tests that need no browser and no slow twin
	$(BIN)/traitdunion warm-up
	$(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not browser and not slow and not databases"

# Random order, and moments that break habits: the month after, a 29 February, a new year's eve.
# `make test-any-day SEED=…` runs the same order again.
test-any-day: $(VENV)/.dev  ## run the suite in random order at three other moments
	for now in 2027-03-01T10:00 2028-02-29T10:00 2026-12-31T23:59; do \
		echo "TEST_NOW=$$now SEED=$(SEED)"; \
		TEST_NOW=$$now $(BIN)/pytest -q -n 2 --dist loadfile -p randomly --randomly-seed=$(SEED) \
			-m "not browser" || exit 1; \
	done

test-postgresql: $(VENV)/.dev  ## run every test but the browser's on a PostgreSQL of its own
	scripts/install-system-packages pg_ctl=postgresql
	scripts/with-postgresql $(BIN)/pytest -n 2 --dist loadfile -m "not browser"

test-lists: $(VENV)/.dev  ## ask every list for a thousand rows (make test asks for a hundred and twenty)
	LISTS_ROWS=1000 $(BIN)/pytest -q tests/accounts/test_every_list.py

fuzz: $(VENV)/.dev  ## read ten thousand mutated feeds, workbooks, CSV and JSON, and draw other examples (about half an hour)
	FUZZ_FEEDS=10000 $(BIN)/pytest -q tests/reach/gtfs/test_mutations.py
	FUZZ_FILES=10000 $(BIN)/pytest -q tests/catalogue/test_fuzz.py tests/sources/test_fuzz_of_every_room.py
	FUZZ_FORMS=60 FUZZ_API=2000 scripts/with-postgresql $(BIN)/pytest -q tests/accounts/test_nothing_breaks_a_form.py tests/web/test_nothing_breaks_the_api.py
	FUZZ_EXAMPLES=10 $(BIN)/pytest -q -m hypothesis --hypothesis-profile=fuzz

mutants: $(VENV)/.dev  ## change the code by small mutations, write those that no test notices in docs/ (about an hour)
	$(BIN)/traitdunion warm-up
	$(BIN)/python scripts/mutants --write

warm-up: $(VENV)/.dev
	$(BIN)/traitdunion warm-up

lint: $(VENV)/.dev  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python scripts/types
	$(BIN)/lint-imports

audit:  ## ask osv.dev for the known vulnerabilities of the locks; says so where it cannot be reached
	scripts/audit

bench: $(VENV)/.dev  ## measure against the named peer and write docs/reference/performance.md
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev  ## build the documentation, warnings are errors
	$(BIN)/mkdocs build --strict

lock: $(VENV)/.dev  ## resolve requirements anew (needs uv)
	scripts/lock

clean:
	rm -rf $(VENV) build dist site var
