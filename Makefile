# `make demo` and `make test` need Python 3.11, make and a package registry, nothing else.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check bench constraints clean

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

bench: $(READY)
	$(BIN)/python -m benchmarks

$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# Every version and hash that the tests ran with; no address of any registry.
constraints: $(READY)
	$(BIN)/pip-compile --quiet --generate-hashes --all-extras --allow-unsafe --strip-extras --no-header \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-annotate \
		--output-file constraints.txt pyproject.toml constraints.in

clean:
	rm -rf $(VENV)
