# make run     the program with demonstration data on http://127.0.0.1:8000
# make test    every check and every test, on SQLite and PostgreSQL
# make check   linters, types and layers alone
# make docs    docs/reference/ from the code
# make pictures docs/images/ from a fresh demonstration
# make bench   the measured promises, into build/bench.json
# make lock    requirements/*.in -> hashed requirements/*.txt; with UPGRADE=--upgrade to the newest

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
PYTEST_ARGS ?=
UPGRADE ?=

COMPILE := uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes \
  --no-header --no-emit-index-url --no-emit-find-links

VENV := .venv
BIN := $(VENV)/bin
# Python compiles what it imports; compiling all of it beforehand would double the time of a first start.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile

.DEFAULT_GOAL := help
.PHONY: help install install-test install-bench run test check format docs pictures bench lock clean

help:
	@sed -n 's/^# //p' Makefile

# Stamps lie in the virtual environment: a second `make run` starts at once, a changed lock installs again.
$(VENV)/.base:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "accessflow needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.base requirements/run.txt pyproject.toml
	$(PIP) --require-hashes -r requirements/run.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	$(PIP) --require-hashes -r requirements/test.txt
	@# Where warnings are errors, a library's own must have been given before, while compiling.
	$(BIN)/python -m compileall -q -j 0 $(VENV)/lib
	@touch $@

$(VENV)/.bench: $(VENV)/.run requirements/bench.txt requirements/bench-alone.txt
	$(PIP) --require-hashes -r requirements/bench.txt
	$(PIP) --require-hashes --no-deps -r requirements/bench-alone.txt
	@touch $@

install: $(VENV)/.run

install-test: $(VENV)/.test

install-bench: $(VENV)/.bench

run: install
	$(BIN)/accessflow serve --demo --host $(HOST) --port $(PORT)

check: install-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Another make, so that a missing Debian package is told before minutes of work.
test:
	scripts/system-packages test
	@$(MAKE) --no-print-directory check
	$(BIN)/pytest -n auto --maxprocesses 4 $(PYTEST_ARGS)

docs: install
	$(BIN)/python -m scripts.make_docs

pictures: install-test
	$(BIN)/python -m scripts.take_pictures

bench: install-bench
	scripts/system-packages bench
	@mkdir -p build
	$(BIN)/python benchmarks/run.py

lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --upgrade uv
	for part in run test bench; do \
	  build/lock/bin/$(COMPILE) --output-file requirements/$$part.txt requirements/$$part.in || exit 1; \
	done
	build/lock/bin/$(COMPILE) --no-deps --output-file requirements/bench-alone.txt requirements/bench-alone.in

# The data in var/ stays.
clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find accessflow tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
