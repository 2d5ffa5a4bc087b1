# Everything lies under this folder: .venv/ holds the programs, instance/ what this installation keeps.
PORT ?= 8000
BIN = .venv/bin
LINTED = surveys scheduler tests benchmarks deploy wsgi.py

# Where the surroundings forbid compiled files, each of the tests' many processes would compile everything anew.
export PYTHONDONTWRITEBYTECODE =
export PYTHONPYCACHEPREFIX = $(CURDIR)/.venv/pycache

# The first Python that starts is enough to run the bootstrap; it looks for the newest suitable one.
define venv
for python in $$PYTHON python3 python3.13 python3.12 python3.11 python; do \
	"$$python" -c "" >/dev/null 2>&1 && { "$$python" deploy/venv.py $(1) || exit 1; found=yes; break; }; \
done; [ "$$found" ] || { echo "Python 3.11 or later with venv is needed: none was found." >&2; exit 1; }
endef

.PHONY: help venv run test test-fault bench lint format texts lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: ## make the virtual environment, nothing more
	@$(call venv,run)

run: ## start Följa with its demo project on http://127.0.0.1:8000 (other port: make run PORT=8123)
	@$(call venv,run); exec $(BIN)/folja demo run --port "$(PORT)"

test: ## lint, types and all tests: SQLite, PostgreSQL, mail server, browser
	@$(call venv,dev); \
	$(call lint) >.venv/lint.log 2>&1 & linting=$$!; \
	$(BIN)/python -m tests.support.chromium; \
	$(BIN)/python -m pytest -n 3 --dist loadgroup $(ARGS); tested=$$?; \
	wait $$linting || { cat .venv/lint.log >&2; echo "make test: lint or types failed" >&2; exit 1; }; \
	exit $$tested

test-fault: ## the long runs that kill real processes
	@$(call venv,dev); exec $(BIN)/python -m pytest -n 2 -m fault $(ARGS)

bench: ## measure beside a calibrator in the same run
	@$(call venv,dev); exec $(BIN)/python -m benchmarks $(ARGS)

lint: ## ruff (lint and format) and mypy
	@$(call venv,dev); $(call lint)

define lint
( status=0; \
$(BIN)/ruff check --quiet $(wildcard $(LINTED)) || status=1; \
$(BIN)/ruff format --quiet --check $(wildcard $(LINTED)) || { echo "not formatted: make format" >&2; status=1; }; \
$(BIN)/mypy --no-error-summary || status=1; exit $$status )
endef

format: ## lay the code out with ruff
	@$(call venv,dev); $(BIN)/ruff format $(wildcard $(LINTED)); $(BIN)/ruff check --fix $(wildcard $(LINTED))

texts: ## collect the texts people read and compile their translations
	@$(call venv,dev); $(BIN)/python -m tests.support.texts

# Locks say nothing about the machine they were made on: no settings, indexes or folders of it are read.
LOCKED = env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
	UV_NO_CONFIG=1 uv pip compile --quiet --no-header --upgrade --universal --generate-hashes --python-version 3.11

lock: ## resolve the dependencies anew (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on the PATH: pip install uv" >&2; exit 1; }
	@$(LOCKED) requirements.in --output-file requirements.lock
	@$(LOCKED) requirements-dev.in --output-file requirements-dev.lock

clean: ## remove what was built; instance/ stays
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
