# Everything happens in .venv, .venv-spark and var; nothing else on the machine is touched.
PYTHON ?= python3.11
PYTHON39 ?= python3.9
PORT ?= 8000
export REGULARS_HOME ?= var
BIN = .venv/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
SPARK = .venv-spark/bin/python
SPARK_PIP = $(SPARK) -m pip --disable-pip-version-check --quiet install --require-hashes --only-binary :all:

.DELETE_ON_ERROR:
.PHONY: run test test-spark check bench peers shell clean lock messages

run: .venv/ok
	$(BIN)/regulars demo --port $(PORT)

test: .venv/dev check
	sh tests/packages.sh
	$(BIN)/python -m pytest -n 2 --dist loadfile
	$(MAKE) --no-print-directory test-spark

test-spark: .venv-spark/ok
	REGULARS_NEEDS_SPARK=1 $(SPARK) -m pytest --disable-warnings --confcutdir=tests/insight $(wildcard tests/insight/test_*on_spark.py)

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev .venv-spark/ok
	$(BIN)/python -m benchmarks

# The libraries that benchmarks compare with, each in an environment of its own; nothing of ours depends on them.
peers: .venv-peers-lifetimes/ok .venv-peers-pymc/ok .venv-peers-post_office/ok

.venv-peers-lifetimes/ok: benchmarks/peers/lifetimes.txt
	$(PYTHON39) -m venv $(@D)
	$(@D)/bin/python -m pip --disable-pip-version-check --quiet install --only-binary :all: -r $<
	touch $@

.venv-peers-pymc/ok: benchmarks/peers/pymc.txt
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip --disable-pip-version-check --quiet install --only-binary :all: -r $<
	touch $@

.venv-peers-post_office/ok: benchmarks/peers/post_office.txt
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip --disable-pip-version-check --quiet install --only-binary :all: -r $<
	touch $@

shell: .venv/ok
	DJANGO_SETTINGS_MODULE=regulars.settings $(BIN)/python -m django shell

clean:
	rm -rf .venv .venv-spark .venv-peers-* build *.egg-info

.venv/made .venv-spark/made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Regulars needs Python 3.11 or newer; set PYTHON=..." && exit 1)
	$(PYTHON) -m venv $(@D) 2>/dev/null || ($(PYTHON) -m venv --without-pip $(@D) && $(PYTHON) -m pip --python $(@D)/bin/python install --quiet pip)
	touch $@

.venv/ok: .venv/made requirements.txt pyproject.toml
	$(PIP) install --require-hashes --only-binary :all: -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

.venv/dev: .venv/ok requirements-dev.txt
	$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.txt
	touch $@

# pyspark comes as a source archive only: what builds it is installed first, with its hash.
.venv-spark/ok: .venv-spark/made requirements-spark.txt
	sed -n '/^setuptools==/,/[^\\]$$/p' requirements-spark.txt > $(@D)/build.txt
	$(SPARK_PIP) -r $(@D)/build.txt
	$(SPARK_PIP) --no-binary pyspark --no-build-isolation -r requirements-spark.txt
	touch $@

# For maintainers: needs uv, and GNU gettext for the messages.
lock:
	uv pip compile pyproject.toml --extra pg --group build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements.txt
	uv pip compile pyproject.toml --extra pg --group build --group test -c requirements.txt --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements-dev.txt
	uv pip compile --group spark --group build -c requirements-dev.txt --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements-spark.txt

messages: .venv/dev
	cd src/regulars && ../../$(BIN)/python -m django makemessages -l zh_Hans --no-location --no-wrap --settings regulars.settings
	sed -i '/^"POT-Creation-Date/d' src/regulars/locale/zh_Hans/LC_MESSAGES/django.po
	cd src/regulars && ../../$(BIN)/python -m django compilemessages --settings regulars.settings
