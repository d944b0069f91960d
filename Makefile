# The short verbs. `make demo` and `make test` do all the set-up they need; neither needs root.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
JOBS ?= 2
EXAMPLE := examples/submission-repository/.github/workflows

.PHONY: help setup environment demo test check bench dist clean

help:
	@echo "make demo   grade the sample submissions of the churn assignment"
	@echo "make test   run the test suite"
	@echo "make check  lint, types, import contracts, the GitHub Action"
	@echo "make bench  measure the grader's overhead against running the work by hand, and time each example"

setup: .venv/.ready

.venv/.ready: pyproject.toml uv.lock tools/bootstrap.py
	@$(PYTHON) tools/bootstrap.py
	@touch $@

environment: setup
	@$(BIN)/grader sandbox build

demo: environment
	@$(BIN)/grader grade assignments/churn/examples/*/ --assignment churn --sandbox bubblewrap --jobs $(JOBS) --output grading/demo

test: environment
ifdef PYTEST
	@$(BIN)/pytest $(PYTEST)
else
	@$(BIN)/pytest -n $(JOBS) tests/unit
	@$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --ignore tests/unit
endif

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml $(EXAMPLE)/*.yml
	$(BIN)/zizmor --offline --no-progress --quiet --strict-collection action.yml .github/workflows $(EXAMPLE)

bench: environment
	@$(BIN)/python benchmarks/overhead.py
	@$(BIN)/python benchmarks/warm.py
	@$(BIN)/python benchmarks/kill_to_gone.py
	@$(BIN)/python benchmarks/cost_of_traces.py
	@$(BIN)/python benchmarks/examples.py

dist: setup
	@$(BIN)/uv build --no-build-isolation --python $(BIN)/python --clear

clean:
	rm -rf .venv .cache grading .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
