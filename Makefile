.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Made when a lock is newer than what is installed by it.
RUNTIME := $(VENV)/runtime.stamp
DEVELOPMENT := $(VENV)/development.stamp
CLIENTS := $(VENV)/clients.stamp
BENCH := $(VENV)/bench.stamp
# An extra stays in the lock, as pip would else look for a newer release that has it.
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-strip-extras --no-annotate --no-header \
	--no-emit-index-url
NODE := .ci/node_modules/.package-lock.json

.PHONY: help install run load test check conformance clients format lock schema bench bench-large clean

help: ## show what can be made
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

# Tools that want other versions than the service have a venv of their own.
$(CLIENTS) $(BENCH): $(VENV)/%.stamp: .ci/%.lock | $(BIN)/python
	$(PYTHON) -m venv $(VENV)/$*
	$(VENV)/$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/$*.lock
	touch $@

$(NODE): .ci/package-lock.json
	npm ci --prefix .ci --no-progress --loglevel=error
	touch $@

install: $(RUNTIME) ## make the venv with what the lock says

run: $(RUNTIME) ## migrate, seed a new database, and serve on DOSSIER_HOST:DOSSIER_PORT
	$(BIN)/dossier serve

load: $(RUNTIME) ## load every bundle of seed/ into the database
	$(BIN)/dossier load seed/*/

test: $(DEVELOPMENT) ## run all tests on SQLite and on PostgreSQL, with the coverage of both together
	$(BIN)/python -m pytest --cov --cov-report= --cov-fail-under=0
	$(BIN)/python -m pytest --database=postgresql --cov --cov-append --cov-report=term

check: $(DEVELOPMENT) ## formatting, lint, types, layers, the Dockerfile, the seed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	DOSSIER_DATABASE_URL=sqlite:// $(BIN)/dossier check seed/*/
	$(BIN)/dossier schema | diff - docs/bundle.schema.json

conformance: $(DEVELOPMENT) $(NODE) ## OpenAPI linters, and a fuzzer against a running service
	.ci/conformance

clients: $(RUNTIME) $(CLIENTS) $(NODE) ## clients generated from OpenAPI, in TypeScript and Python, against a running service
	.ci/clients

format: $(DEVELOPMENT) ## format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

schema: $(RUNTIME) ## write the JSON Schema of analysis.yaml
	$(BIN)/dossier schema > docs/bundle.schema.json

lock: $(BIN)/python ## resolve the dependencies anew
	$(PIP) uv
	$(COMPILE) pyproject.toml --group build -o requirements.lock
	$(COMPILE) -c requirements.lock --group dev -o .ci/requirements.lock
	$(COMPILE) --group clients -o .ci/clients.lock
	$(COMPILE) --group bench -o .ci/bench.lock
	npm install --prefix .ci --package-lock-only
	node .ci/bare-lock.mjs

bench: $(DEVELOPMENT) $(BENCH) ## measure it against what one would pick instead; takes wrk, and writes docs/benchmarks.md
	$(BIN)/python -m tests.bench

bench-large: $(DEVELOPMENT) $(BENCH) ## the same, with a million records too
	$(BIN)/python -m tests.bench --sizes 1k,100k,1m

clean: ## remove what was made, but not the database
	rm -rf $(VENV) .ci/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
