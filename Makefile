# `make` lists what there is. Nothing to prepare but Python 3.11 or newer.
.DEFAULT_GOAL := help
.PHONY: help run demo install install-dev test check lint bench lock messages screenshots python

PY := .venv/bin/python
PORT ?=
ARGS ?=
# What `manage.py check --deploy` and the migrations check see: an installation set up as the README says.
LIKE_PRODUCTION := PLM_PRODUCTION=1 PLM_BASE_URL=https://plm.example.com PLM_HOSTS=plm.example.com \
  PLM_SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ

# The one in use, else the newest that runs, is new enough and can make a virtual environment; a name on the path may be a
# stand-in that fails. Without venv in any of them the second round finds one that says so.
FIND_PYTHON = for need in 'sys, ensurepip' 'sys'; do \
    for name in $(PY) python3.13 python3.12 python3.11 python3.14 python3 python; do \
      if [ -z "$$found" ] && $$name -c "import $$need; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1; \
        then found=$$name; fi; \
    done; \
  done; \
  if [ -z "$$found" ]; then \
    echo "Python 3.11 or newer is needed and was not found: install it (Debian, Ubuntu: apt install python3-venv)." >&2; \
    exit 1; \
  fi

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: install ## start the whole program with a demo product (PORT=8001 for another port); Ctrl-C stops it
	@exec $(PY) manage.py start $(if $(PORT),--port $(PORT)) $(ARGS)

install: ## make .venv and install what running needs
	@$(FIND_PYTHON); exec $$found plm/management/install.py app

install-dev: ## the same with what tests and checks need
	@$(FIND_PYTHON); exec $$found plm/management/install.py dev

demo: install ## load the demo product into the database (ARGS="--items 100000" for another size)
	@$(PY) manage.py migrate --no-input --verbosity 0
	@exec $(PY) manage.py demo $(ARGS)

test: install-dev ## run all tests on SQLite, then on PostgreSQL and Redis (ARGS="-k idea" for some)
	@exec $(PY) -m tests.run $(ARGS)

lint: install-dev ## format, lint, types, contracts between the modules, migrations, deployment settings
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy .
	.venv/bin/lint-imports
	$(LIKE_PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) manage.py makemigrations --check --dry-run

check: lint test ## what CI runs (PLM_CI=1: nothing may be left out)

bench: install-dev ## the benchmarks, each against a ceiling measured in the same run
	@exec $(PY) -m tests.bench $(ARGS)

messages: install-dev ## bring the portal's catalogues (ideas/locale) up to what the sources say, and compile them
	@exec $(PY) -m tests.messages

screenshots: install-dev ## take pictures of the pages into var/screenshots (needs Chromium)
	@exec $(PY) -m tests.screenshots $(ARGS)

lock: install-dev ## write requirements/*.txt anew from pyproject.toml (ARGS=--upgrade for newer versions)
	@$(PY) -m pip install --quiet uv
	$(PY) -m uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	  --python-version 3.11 $(ARGS) pyproject.toml --output-file requirements/app.txt
	$(PY) -m uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	  --python-version 3.11 $(ARGS) pyproject.toml --group dev --constraint requirements/app.txt \
	  --output-file requirements/dev.txt
