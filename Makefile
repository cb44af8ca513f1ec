.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Each stamp is older than its lock if packages must be installed again.
RUNTIME := $(VENV)/runtime.stamp
DEVELOPMENT := $(VENV)/development.stamp
CLIENTS := $(VENV)/clients.stamp
BENCH := $(VENV)/bench.stamp
# Extras stay in the lock; otherwise pip would look for a newer release that has them.
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-strip-extras --no-annotate --no-header \
	--no-emit-index-url
NODE := .ci/node_modules/.package-lock.json
# Each processor gets a worker with databases of its own. A worker that has finished takes tests from the others.
PYTEST := $(BIN)/python -m pytest --quiet --numprocesses=auto --dist=worksteal
# The markers of tests that have a gate of their own; CONTRIBUTING.md explains them.
GATES := browser or faults or interop or packaging

.PHONY: help install run dist load test test-fast browser faults faults-full soak interop packaging coverage thorough check \
	conformance clients format lock schema images bench bench-large clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

$(DEVELOPMENT): .ci/requirements.lock $(RUNTIME)
	$(PIP) --require-hashes -r .ci/requirements.lock
	touch $@

# Tools that need other versions than the service have venvs of their own.
$(CLIENTS) $(BENCH): $(VENV)/%.stamp: .ci/%.lock | $(BIN)/python
	$(PYTHON) -m venv $(VENV)/$*
	$(VENV)/$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/$*.lock
	touch $@

$(NODE): .ci/package-lock.json
	npm ci --prefix .ci --no-progress --loglevel=error
	touch $@

install: $(RUNTIME) ## make the venv from the lock

run: $(RUNTIME) ## migrate, seed a new database, and serve on DOSSIER_HOST:DOSSIER_PORT
	$(BIN)/dossier serve

dist: $(RUNTIME) ## build a wheel, with the migrations and the seed, into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

load: $(RUNTIME) ## load every bundle of seed/ into the database
	$(BIN)/dossier load seed/*/

test: coverage ## run the unit and API tests on SQLite with coverage, then on PostgreSQL
	$(PYTEST) -m "not ($(GATES))" --database=postgresql

test-fast: $(DEVELOPMENT) ## run the unit and API tests on SQLite
	$(PYTEST) -m "not ($(GATES))"

coverage: $(DEVELOPMENT) ## the same with coverage
	$(PYTEST) -m "not ($(GATES))" --cov --cov-report=term

thorough: $(DEVELOPMENT) ## run the tests with generated examples with five times as many
	$(PYTEST) -m "hypothesis and not ($(GATES))" --hypothesis-profile=thorough

browser: $(DEVELOPMENT) $(NODE) ## test the pages in Chromium
	$(PYTEST) -m browser

faults: $(DEVELOPMENT) ## test with killed processes, damaged files and bundles, lost connections, odd requests
	$(PYTEST) -m faults
	$(PYTEST) -m faults --database=postgresql

faults-full: $(DEVELOPMENT) ## the same with 250 kills and 5,000 bundles, and write the figures to docs/faults.md
	$(BIN)/python -m pytest --quiet -m faults --full --figures=docs/faults.md
	$(BIN)/python -m pytest --quiet -m faults --full --figures=docs/faults.md --database=postgresql

soak: $(DEVELOPMENT) ## read and load for ten minutes: errors, memory and latency
	$(BIN)/python -m tests.soak

interop: $(DEVELOPMENT) ## compare with other programs: pandas, networkx, igraph, FollowTheMoney, rdflib
	$(PYTEST) -m interop

packaging: $(DEVELOPMENT) ## install the wheel, and extend a copy of the code as CONTRIBUTING.md shows
	$(PYTEST) -m packaging
	$(PYTEST) -m packaging --database=postgresql

check: $(DEVELOPMENT) ## check formatting, lint, types, imports, the Dockerfile and the seed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	DOSSIER_DATABASE_URL=sqlite:// $(BIN)/dossier check seed/*/
	$(BIN)/dossier schema | diff - docs/bundle.schema.json

conformance: $(DEVELOPMENT) $(NODE) ## lint the OpenAPI document, and fuzz a running service
	.ci/conformance

clients: $(RUNTIME) $(CLIENTS) $(NODE) ## run docs/examples against a service, with generated clients
	.ci/clients

format: $(DEVELOPMENT) ## format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

schema: $(RUNTIME) ## write the JSON Schema of analysis.yaml
	$(BIN)/dossier schema > docs/bundle.schema.json

images: $(DEVELOPMENT) ## draw the pictures in docs/images/ again; needs Chromium
	DRAW_IMAGES=1 $(BIN)/python -m pytest --quiet tests/test_reader_browser.py -k picture

lock: $(BIN)/python ## resolve the dependencies again
	$(PIP) uv
	$(COMPILE) pyproject.toml --group build -o requirements.lock
	$(COMPILE) -c requirements.lock --group dev -o .ci/requirements.lock
	$(COMPILE) --group clients -o .ci/clients.lock
	$(COMPILE) --group bench -o .ci/bench.lock
	npm install --prefix .ci --package-lock-only
	node .ci/bare-lock.mjs

bench: $(DEVELOPMENT) $(BENCH) ## compare the speed with alternatives, and write docs/benchmarks.md; needs wrk
	$(BIN)/python -m tests.bench

bench-large: $(DEVELOPMENT) $(BENCH) ## the same, also with a million records
	$(BIN)/python -m tests.bench --sizes 1k,100k,1m

clean: ## remove the venvs and caches, but not the database
	rm -rf $(VENV) .ci/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
