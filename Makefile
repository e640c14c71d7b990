# Two commands for a newcomer: `make demo` and `make test`. Both install what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DAGSTER_DISABLE_TELEMETRY := 1

.PHONY: demo docs laws test lint lint-python lint-sql format install scenarios compare mutation mutation-python bench lock clean

ROWS ?= 1000000
ORGS ?= 500
SEED ?= 1

demo: install
	$(BIN)/cxledger demo

test: lint
	$(BIN)/python -m pytest tests --numprocesses auto --dist loadfile --no-loadscope-reorder

lint: install
	$(MAKE) --no-print-directory --jobs 2 lint-python lint-sql

lint-python: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

lint-sql: install
	$(BIN)/python tests/lint_sql.py lint --processes 2 --disable-progress-bar dbt/models

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix --processes 2 dbt/models

scenarios: install
	$(BIN)/python tests/scenarios/check.py --cxledger $(BIN)/cxledger

# The rulebook as a page, from dagster_project/rulebook; a test says when it is stale.
docs: install
	$(BIN)/python -m dagster_project.rulebook.page

# Random organizations, line by line against the independent reference in tests/reference.
compare: install
	PYTHONPATH=. $(BIN)/python tests/reference/compare.py --orgs $(ORGS) --seed $(SEED) \
		--data data/compare --cxledger "$(BIN)/cxledger"

# The long form of what `make test` samples: the laws with more organizations of another seed, and
# more examples; runs and issuing killed at more points; neighbours beside the unit tests, and mutants
# that are argued to be equivalent, of every model.
laws: install
	LAWS_PAIRS=12 LAWS_SEED=$(SEED) LAWS_EXAMPLES=2000 KILLED_RUNS=12 KILLED_ISSUES=50 \
		NEIGHBOURS_ONE_IN=1 ARGUED_ONE_IN=1 $(BIN)/python -m pytest tests/laws tests/peers tests/dbt \
		tests/defs/test_runs.py tests/issuing --numprocesses auto --dist loadfile

# How many small wrong changes of the rules' SQL do their unit tests find? MODEL="a b" for some only.
mutation: install
	PYTHONPATH=. $(BIN)/python tests/mutation/score.py \
		$(if $(MODEL),--survivors --model $(MODEL),--write)

# The same of the readers and contract checks, with mutmut: every Nth mutant of a module, for all
# of them take hours. ONE_IN=1 for all.
ONE_IN ?= 40

mutation-python: install
	PYTHONPATH=. $(BIN)/python tests/mutation/score_python.py --one-in $(ONE_IN) --write

# The budgets of speed and memory, and the same month by other means. All of it at ten million calls
# takes hours: ROWS, ORGS_TOGETHER, MONTHS, SESSIONS and ONLY say how much (ONLY=first,repeat).
ONLY ?= first,repeat,start_up,late_day,history,demo,concurrency,small_organizations,organizations,small_memory,peers
ORGS_TOGETHER ?= 200
MONTHS ?= 10
SESSIONS ?= 5000000

bench: install
	PYTHONPATH=. $(BIN)/python -m tests.benchmarks.bench --rows $(ROWS) --orgs $(ORGS_TOGETHER) \
		--months $(MONTHS) --sessions $(SESSIONS) --only $(ONLY) --json bench.json

install: $(INSTALLED)

# Bytecode is compiled here, once and by all cores: it halves every start-up afterwards.
$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-compile --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q -j 0 $(VENV)/lib dagster_project expectations
	$(BIN)/python -c "from dagster_project.blank import blank_warehouse; blank_warehouse()"
	touch $@

# For maintainers: pins everything with hashes, for every platform, without a registry address.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
		--no-emit-index-url --no-header --no-annotate --all-extras pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) dbt/target dbt/logs
