# `make` or `make help` lists what there is. HOST, PORT, DATABASE_URL and the other settings are taken
# from the environment, the command line (make run PORT=9000) or .env.
.DEFAULT_GOAL := help
.PHONY: help run test serve worker check lint format schema lock build up migrate-up stop bench bench-scale

# The first interpreter that is new enough; PYTHON=/path/to/python chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: .venv/.runtime .env ## Install what is missing, migrate, first login and demo data, development server
	@bin/run

test: .venv/.development ## The suite on SQLite, then on PostgreSQL (TEST_DATABASE_URL or a temporary server)
	@bin/test

serve: .venv/.runtime .env ## The production server on this machine (DEBUG off unless the environment says so)
	@bin/build-static
	@exec env DEBUG=$${DEBUG:-false} bin/serve --migrate

worker: .venv/.runtime .env ## What sends notices and keeps house, beside `make serve`
	@exec env DEBUG=$${DEBUG:-false} bin/worker

check: .venv/.development ## Everything a machine can judge: style, types, imports, migrations, API file
	@bin/check

lint: .venv/.development ## Style only
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: .venv/.development ## Repair the style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

schema: .venv/.development .env ## Regenerate openapi.yaml
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file openapi.yaml

lock: .venv/.development ## Pin requirements*.in into requirements*.txt, with hashes
	$(BIN)/uv pip compile --generate-hashes --python-version 3.11 --universal \
		requirements.in -o requirements.txt
	$(BIN)/uv pip compile --generate-hashes --python-version 3.11 --universal \
		requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile --generate-hashes --python-version 3.11 --universal \
		benchmarks/requirements.in -o benchmarks/requirements.txt

bench: .venv/.runtime .venv-bench/.installed ## What a request costs, beside a peer (BENCH_DATABASE_URL, BENCH="--rounds 5")
	@$(BIN)/python -m benchmarks.bench $(BENCH)

bench-scale: .venv/.runtime ## How that grows from ten thousand to a million customers (BENCH="--keep")
	@$(BIN)/python -m benchmarks.scale $(BENCH)

build: ## Build the container image
	docker compose build

up: ## Start the containers: web, worker and PostgreSQL, on port 8000
	docker compose up --build --detach
	@echo "docker compose logs web   shows the address and, after the first start, the login"

migrate-up: ## Migrate the containers' database
	docker compose run --rm web python manage.py migrate

stop: ## Stop the containers; their data stays
	docker compose stop

# Each stamp says: this requirements file is installed.
.venv/.runtime: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python)." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.txt
	@touch $@

.venv/.development: requirements-dev.txt .venv/.runtime
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

# The same interpreter as .venv's: two builds of one Python differ by more than what is compared.
.venv-bench/.installed: benchmarks/requirements.txt .venv/.runtime
	$(BIN)/python -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --require-hashes --requirement benchmarks/requirements.txt
	@touch $@

.env:
	@$(PYTHON) bin/init-env
	@echo "Wrote .env with generated secrets."
