# Everything happens in .venv and var; nothing else on the machine is touched.
PYTHON ?= python3.11
PORT ?= 8000
export REGULARS_HOME ?= var
BIN = .venv/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet

.DELETE_ON_ERROR:
.PHONY: run test check bench shell clean lock messages

run: .venv/ok
	$(BIN)/regulars demo --port $(PORT)

test: .venv/dev check
	sh tests/packages.sh
	$(BIN)/python -m pytest

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev
	$(BIN)/python -m benchmarks

shell: .venv/ok
	DJANGO_SETTINGS_MODULE=regulars.settings $(BIN)/python -m django shell

clean:
	rm -rf .venv build *.egg-info

.venv/made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Regulars needs Python 3.11 or newer; set PYTHON=..." && exit 1)
	$(PYTHON) -m venv .venv 2>/dev/null || ($(PYTHON) -m venv --without-pip .venv && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip)
	touch $@

.venv/ok: .venv/made requirements.txt pyproject.toml
	$(PIP) install --require-hashes --only-binary :all: -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

.venv/dev: .venv/ok requirements-dev.txt
	$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.txt
	touch $@

# For maintainers: needs uv, and GNU gettext for the messages.
lock:
	uv pip compile pyproject.toml --extra pg --group build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements.txt
	uv pip compile pyproject.toml --extra pg --group build --group test -c requirements.txt --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements-dev.txt

messages: .venv/dev
	cd src/regulars && ../../$(BIN)/python -m django makemessages -l zh_Hans --no-location --no-wrap --settings regulars.settings
	sed -i '/^"POT-Creation-Date/d' src/regulars/locale/zh_Hans/LC_MESSAGES/django.po
	cd src/regulars && ../../$(BIN)/python -m django compilemessages --settings regulars.settings
