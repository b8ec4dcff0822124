# Every target makes what it needs: a machine with Python 3.11 or newer, pip and make is enough.

PYTHON ?= python3
BIN := .venv/bin

FUZZ := $(addprefix tests/server/,database/test_hostile.py database/test_nested.py database/test_attacks.py \
	database/test_attacks_postgres.py database/test_bounds.py database/test_queries.py database/test_parsing.py \
	database/test_growth.py database/test_posing.py database/test_faults.py database/test_file_faults.py \
	database/test_postgres_sessions.py \
	database/test_duckdb_schemas.py database/test_hostile_elsewhere.py database/test_hostile_schemas.py \
	database/test_bombs.py lsp/test_soak.py lsp/test_malformed.py feedback/test_kills.py test_at_once.py \
	test_hostile_workspace.py) \
	tests/trainer/test_retrain.py tests/tui/test_retraining.py tests/real_model/test_learning.py

.PHONY: demo test fuzz check bench vsix dist site pictures constraints clean

demo: .venv/asking  ## Five questions on the sample database, with the real model where it can be fetched
	-$(BIN)/sqloop model get qwen2.5-coder-0.5b
	$(BIN)/python docs/demo.py

# What a first process has compiled, the hundreds after it load: also where the environment forbids to keep it.
test: .venv/installed  ## Every test; those of servers need the Debian packages mariadb-server and postgresql
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

fuzz: .venv/installed  ## All of the hostile statements, texts, messages and kills of which `make test` tries a sample
	SQLOOP_FUZZ=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile $(FUZZ)

check: .venv/installed  ## Style, types, the direction of imports, nothing twice, folders that can be looked over
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/arid server trainer tui tests docs
	$(BIN)/python -m pytest tests/test_house.py
	$(BIN)/hadolint Dockerfile

bench: .venv/installed  ## Measure this machine; writes tests/benchmarks/results
	$(BIN)/python tests/benchmarks/run.py

# The extension carries the wheel that its *Install SQLoop* installs.
vsix: extension/node_modules/.package-lock.json extension/wheel/.built  ## The VS Code extension, dist/sqloop.vsix; needs Node 20 and npm
	mkdir -p dist
	cd extension && npm run --silent package -- --out ../dist/sqloop.vsix

# The wheel is built from the sdist, and tried where nothing but what it asks for is installed.
dist: .venv/installed  ## Wheel and sdist in dist, checked, and asked a question in an environment of their own
	rm -f dist/sqloop-*
	$(BIN)/python -m build --outdir dist
	$(BIN)/python -m twine check --strict dist/sqloop-*
	$(BIN)/python docs/try_wheel.py dist/sqloop-*.whl

site: .venv/installed  ## The documentation in .site; a warning is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

pictures: .venv/installed  ## The pictures of the README, the console and VS Code, from the real model on the real thing
	$(BIN)/python docs/picture.py
	$(BIN)/python docs/screenshots.py
	$(BIN)/python docs/editor_pictures.py

constraints: .venv/installed  ## Write constraints.txt anew from what .venv holds
	( echo "# The versions that CI tests with; written by \`make constraints\`, never by hand."; \
	  $(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' ) > constraints.txt

clean:  ## Remove the environment and every cache
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist
	find server trainer tests docs -name __pycache__ -type d -prune -exec rm -rf {} +

extension/node_modules/.package-lock.json: extension/package.json extension/package-lock.json
	cd extension && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

extension/wheel/.built: pyproject.toml README.md $(shell find server trainer tui -type f -not -name '*.pyc')
	rm -rf extension/wheel
	$(PYTHON) -m pip wheel --quiet --no-deps --wheel-dir extension/wheel .
	touch $@

# Debian's Python comes without ensurepip unless python3-venv is there: pip outside can fill the venv too.
.venv/bin/python:
	$(PYTHON) -m venv .venv || { \
	  $(PYTHON) -m venv --clear --without-pip .venv && \
	  $(PYTHON) -m pip --python .venv/bin/python install -c constraints.txt pip; }

# What asking needs is a fifth of what training and the tests need.
.venv/asking: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	touch $@

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@
