# The verbs of this project. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --warn-undefined-variables --no-builtin-rules

PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed
# Airflow's environment: it does not import dbt, its tasks call the commands of the other
AIRFLOW_VENV := .venv-airflow
AIRFLOW_INSTALLED := $(AIRFLOW_VENV)/.installed

# tools come from the clone's environment, and nothing is written outside the clone
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export UV_CACHE_DIR := $(CURDIR)/$(VENV)/cache
export PIP_NO_CACHE_DIR := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DO_NOT_TRACK := 1
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME
# dbt's own settings are those of this folder
unexport DBT_PROFILES_DIR DBT_PROJECT_DIR DBT_PROFILE DBT_TARGET DBT_TARGET_PATH DBT_LOG_PATH
DOCS_PORT ?= 8080
# arguments of `python -m serving serve`
SERVE ?=
# of `make online` and `make serve`: a moment of the past, which is materialized and served
AT ?=
# of `make airflow`: words of the command `airflow`, for the one that runs
CLI ?=
# of `make test-airflow`: arguments of pytest
TESTS ?=
# arguments of `python -m cost`
COST ?=

.DEFAULT_GOAL := help
.PHONY: help
help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: setup lake ## set up, land the demo lake, build and test everything on DuckDB, say what was made
	@dbt build
	@python ops/summary.py

.PHONY: test
test: setup lake lint build unit test-dags ## set up and run every check

.PHONY: setup
setup: $(INSTALLED) ## make .venv and install the locked requirements

$(INSTALLED): requirements/bootstrap.txt requirements/project.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
	    echo "Azekura needs Python 3.11, and $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo 'not a Python here'): try 'make PYTHON=python3.11 ...'." >&2; exit 1; }
	@echo "setting up $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv --clear $(VENV)
	@pip install --quiet --require-hashes -r requirements/bootstrap.txt
	@uv pip install --quiet --require-hashes -r requirements/project.txt || \
	    pip install --quiet --require-hashes -r requirements/project.txt
	@uv pip install --quiet --no-deps --no-build-isolation --editable .
	@rm -rf $(UV_CACHE_DIR)
	@touch $@

$(AIRFLOW_INSTALLED): requirements/airflow.txt | $(INSTALLED)
	@echo "setting up $(AIRFLOW_VENV) (once)"
	@uv venv --quiet --clear --python $(VENV)/bin/python $(AIRFLOW_VENV)
	@uv pip install --quiet --python $(AIRFLOW_VENV)/bin/python --require-hashes -r requirements/airflow.txt
	@rm -rf $(UV_CACHE_DIR)
	@touch $@

.PHONY: lake
lake: setup ## land the demo data in ./lake (not if AZEKURA_LAKE names a lake of your own)
	@if [ -n "$${AZEKURA_LAKE:-}" ]; then \
	    echo "AZEKURA_LAKE is $$AZEKURA_LAKE: the demo is not landed there (python -m ingest would)"; \
	else python -m ingest; fi

.PHONY: build
build: setup ## dbt build; a warning is an error
	@dbt --warn-error build

.PHONY: lint
lint: setup ## ruff and sqlfluff
	@ruff check .
	@ruff format --check .
	@sqlfluff lint

.PHONY: format
format: setup ## let ruff and sqlfluff mend what they can
	@ruff check --fix .
	@ruff format .
	@sqlfluff fix

.PHONY: unit
unit: setup ## pytest, one process per core
	@pytest --numprocesses auto --dist loadscope --no-loadscope-reorder

.PHONY: test-dags
test-dags: setup $(AIRFLOW_INSTALLED) ## the DAGs as Airflow reads them, and one whole day
	@$(AIRFLOW_VENV)/bin/python -m pytest --confcutdir tests/dags tests/dags

.PHONY: test-airflow
test-airflow: setup $(AIRFLOW_INSTALLED) ## a running Airflow: days, kills, notices, its page (half an hour)
	@pytest tests/airflow $(TESTS)

.PHONY: test-bigquery
test-bigquery: setup ## dbt build on the BigQuery target at a local emulator (Python 3.13)
	@pytest tests/end_to_end

.PHONY: golden
golden: setup ## write the golden BigQuery SQL anew; review it with git diff
	@pytest --quiet tests/bigquery --write-golden

.PHONY: vocabulary
vocabulary: setup ## write anew what is generated from the tables of ml/bqml_vocabulary
	@python -m bqml_vocabulary.generate

.PHONY: docs
docs: setup ## build dbt's documentation and serve it on 127.0.0.1 (DOCS_PORT, default 8080)
	@dbt docs generate
	@dbt docs serve --host 127.0.0.1 --port $(DOCS_PORT)

.PHONY: online
online: setup ## bring the online store up to date with what was built (AZEKURA_ONLINE_STORE, else SQLite); AT=<moment> as it was then
	@python -m serving materialize $(if $(AT),--full --until $(AT))

.PHONY: serve
serve: online ## serve features and their catalogue, by default on http://127.0.0.1:8484 (AT=2013-12-30T18:30:00Z, SERVE='--port 8000')
	@python -m serving lineage
	@python -m serving catalogue
	@python -m serving serve $(if $(AT),--at $(AT)) $(SERVE)

.PHONY: airflow
airflow: setup $(AIRFLOW_INSTALLED) ## start Airflow on 127.0.0.1 (AZEKURA_AIRFLOW_PORT, default 8585); Ctrl-C stops it
	@exec $(AIRFLOW_VENV)/bin/python ops/local_airflow.py $(CLI)

.PHONY: cost
cost: setup ## what a build on BigQuery would scan and cost, by the tables that `make run` made (COST='--form window')
	@python -m cost $(COST)

.PHONY: lock
lock: setup ## resolve requirements/*.in into the locked requirements/*.txt
	@for set in bootstrap project airflow; do \
	    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	        --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	        requirements/$$set.in --output-file requirements/$$set.txt; done
	@uv pip compile --quiet --universal --python-version 3.13 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	    --override requirements/emulator.override \
	    requirements/emulator.in --output-file requirements/emulator.txt

.PHONY: holidays
holidays: setup ## write the holidays that the engine knows, from the package holidays
	@python ops/write_holidays.py

.PHONY: clean
clean: ## remove what runs have made; the environment stays
	@rm -rf lake target logs .airflow azekura.duckdb azekura.duckdb.wal online.sqlite* .pytest_cache .ruff_cache .hypothesis
