# make demo    the whole main job on this machine (ARGS=--once checks it and ends)
# make test    linters, types, walls between the floors, and the whole test suite on SQLite and on PostgreSQL (ARGS=… goes to pytest)
# make test-long   the same with every example, and the long kill, fuzz and browser runs
# make run     the server, on the data folder DATA
# make bench   the figures of docs/performance.md
# make lint    linters, types and walls alone
# make audit   are holes known of what constraints.txt names? (asks the network; says so where it cannot)
# make messages    collect the sentences for translation, compile the catalogues

PYTHON ?= python3
VENV ?= .venv
DATA ?= listserv-data
ARGS ?=
# A test process for each processor and one more, for when others wait, each with a PostgreSQL server of its own; who has nothing left takes from
# the others (ARGS="-n 0" for a single one).
WORKERS ?= -n $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )) --maxprocesses 8 --dist worksteal
BIN := $(VENV)/bin
# What was compiled once is kept, whatever the environment says: else each test process would compile the program and rewrite every test anew.
unexport PYTHONDONTWRITEBYTECODE
BENCHES := $(filter-out benchmarks/common.py benchmarks/sink.py benchmarks/farsink.py benchmarks/traffic.py,$(wildcard benchmarks/*.py))
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# The slowest first: two of them run side by side.
LINTERS := lint-types lint-bandit lint-walls lint-ruff

.PHONY: demo test test-long run bench lint $(LINTERS) audit messages constraints clean

demo: $(VENV)/.plain
	$(BIN)/listserv demo $(ARGS)

run: $(VENV)/.plain
	$(BIN)/listserv --data $(DATA) serve $(ARGS)

lint: $(VENV)/.dev
	@$(MAKE) --no-print-directory --jobs 2 $(LINTERS)

lint-types:
	$(BIN)/mypy

lint-bandit:
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive listserv digests newsletters

lint-walls:
	$(BIN)/lint-imports --no-cache

lint-ruff:
	$(BIN)/ruff check .

audit: $(VENV)/.dev
	$(BIN)/python .ci/audit.py

test: lint
	$(BIN)/pytest $(WORKERS) -m "not long" $(ARGS)

test-long: lint
	$(BIN)/pytest $(WORKERS) $(ARGS)

bench: $(VENV)/.dev
	@for script in $(BENCHES); do echo "== $$script"; $(BIN)/python $$script $(ARGS) || exit 1; done

messages: $(VENV)/.dev
	$(BIN)/pybabel -q extract --mapping-file pyproject.toml --add-location file --sort-by-file --width 110 --output-file listserv.pot .
	$(BIN)/pybabel -q update --domain listserv --input-file listserv.pot --output-dir listserv/locale --no-fuzzy-matching --ignore-obsolete --width 110
	rm listserv.pot
	$(BIN)/pybabel compile --domain listserv --directory listserv/locale --statistics

constraints: $(VENV)/.dev
	$(PIP) uv
	{ sed -n 1p constraints.txt; $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-emit-index-url --no-header \
		--no-annotate --extra dev --extra postgresql pyproject.toml; } > constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit("listserv needs Python 3.11 or later; say make PYTHON=…" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'python3 cannot make a virtual environment here; on Debian: apt-get install python3-venv' >&2; exit 1; }

$(VENV)/.plain: pyproject.toml constraints.txt | $(VENV)/bin/pip
	$(PIP) -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/pip
	$(PIP) -e '.[dev,postgresql]'
	@touch $@ $(VENV)/.plain
