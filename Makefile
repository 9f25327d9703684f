# Everything a person types, each doing its own set-up. `make help` lists it.
# Needs make and Python 3.11 or newer; the rest is set up by scripts/setup.py.

.DEFAULT_GOAL := help
SHELL := /bin/sh
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
V := .venv/bin/python
PYTEST := $(V) scripts/test.py

.PHONY: help run setup python dev test quick check bench verify probe demo lock snapshot golden clean

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: python ## set everything up and start Cradle (HOST, PORT, CRADLE_DATA honoured); Ctrl-C stops it
	@$(PYTHON) scripts/setup.py run
	@exec $(V) scripts/serve.py

setup: python ## set everything up without starting anything
	@$(PYTHON) scripts/setup.py run

test: dev ## the whole suite: SQLite, PostgreSQL, Redis and Chromium, all real
	@$(V) scripts/test.py all

quick: dev ## everything but browser, contract and PostgreSQL: under three minutes
	@$(V) scripts/test.py quick

check: dev ## lint, types, architecture, templates, spelling, migrations, deployment settings, links
	@$(V) scripts/check.py

golden: dev ## published studies reproduced
	@$(V) scripts/test.py golden

bench: dev ## the benchmarks, as a table
	@$(V) scripts/test.py bench

verify: setup ## recompute a published report: make verify FILE=report.pdf (or its JSON)
	@$(V) -m lca.engine verify "$(FILE)"

probe: python ## add torch and its companions, whatever they weigh, so that this machine can measure
	@$(PYTHON) scripts/setup.py probe

demo: setup ## load the demo data (again); remove it with: .venv/bin/python manage.py demo remove
	@$(V) manage.py demo load

snapshot: dev ## write the OpenAPI document that the tests compare with
	@DJANGO_SETTINGS_MODULE=tests.settings $(V) manage.py openapi

lock: dev ## resolve the dependencies of pyproject.toml anew into the lock files
	@$(V) scripts/lock.py

clean: ## remove the virtual environment; the data folder var/ stays
	rm -rf .venv

dev: python
	@$(PYTHON) scripts/setup.py test

python:
	@if [ -z "$(PYTHON)" ] || ! $(PYTHON) -c '$(NEW_ENOUGH)'; then \
		echo "Cradle needs Python 3.11 or newer, and found: $$(python3 --version 2>&1 || echo none)."; \
		echo "    Install one (Debian, Ubuntu: sudo apt-get install python3.11 python3.11-venv; macOS: brew install python@3.13)"; \
		echo "    or name it: make run PYTHON=/path/to/python3.11"; exit 1; fi
