# Two commands: `make serve` and `make test`. All the rest is for those who work on egovkg.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test exhaustive lint check bench crash lock clean

serve: $(VENV)/.installed
	$(BIN)/egovkg serve --host $(HOST) --port $(PORT)

test: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

# The same with every entity and every link where `test` takes some of each kind.
exhaustive: lint
	EGOVKG_TEST_EXHAUSTIVE=1 $(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

check: $(VENV)/.installed
	$(BIN)/egovkg check

crash: $(VENV)/.tested
	$(BIN)/python -m tests.crashing 100

bench: $(VENV)/.tested
	$(BIN)/python -m benchmarks

$(VENV)/.installed: requirements.txt requirements-build.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.txt -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.tested: requirements-test.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	touch $@

# Pin anew, with hashes and without index addresses. Needs pip-tools.
lock:
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra fast --output-file requirements.txt pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra fast --extra test --constraint requirements.txt --output-file requirements-test.txt pyproject.toml
	printf "hatchling\neditables\n" | $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements-build.txt -

clean:
	rm -rf $(VENV) .egovkg build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
