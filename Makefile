# `make demo` and `make test` need Python 3.11, make and a package registry, nothing else.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := $(VENV)/.peers
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-annotate

.PHONY: demo test check bench bench-full constraints clean

demo: $(READY)
	$(BIN)/tillit demo

test: check
	$(BIN)/python -m pytest -q -n auto

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/basedpyright

bench: $(PEERS)
	$(BIN)/python -m benchmarks

bench-full: $(PEERS)
	$(BIN)/python -m benchmarks --full

$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r constraints.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@

# Apart, so that whoever tries or tests Tillit need not fetch what others made and what draws.
$(PEERS): benchmarks/constraints.txt $(READY)
	$(INSTALL) --require-hashes -r benchmarks/constraints.txt
	touch $@

# Every version and hash that the tests and the benchmarks ran with; no address of any registry.
constraints: $(READY)
	$(COMPILE) --extra postgres --extra witness --extra dev --output-file constraints.txt pyproject.toml constraints.in
	$(COMPILE) --extra postgres --extra bench --constraint constraints.txt \
		--output-file benchmarks/constraints.txt pyproject.toml

clean:
	rm -rf $(VENV)
