# Needs Python 3.11+ and make, nothing else. `make help` tells the targets.

.DEFAULT_GOAL := help
.PHONY: help run test attacks check browser delivery client-tools schemathesis html axe pseudo lighthouse face-tools bench format lock install install-dev

PORT ?= 8000
WORKERS ?= auto
EXAMPLES ?= 50
CHROMIUM ?= $(firstword $(foreach name,chromium chromium-browser google-chrome google-chrome-stable,$(shell command -v $(name) 2>/dev/null)))

# Some machines forbid Python to keep its compiled files; compiling anew would take most of a start.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
FACE_TOOLS := tests/face/node_modules
CLIENT_TOOLS := tests/interoperation/node_modules
PYTEST := $(BIN)/python -m pytest

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

run: install ## the demo on http://127.0.0.1:8000 (PORT=8001 for another port)
	@exec $(BIN)/forum serve --prepare --port $(PORT)

test: install-dev ## the whole suite but for the browser (WORKERS=0 for one process)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory client-tools; fi
	@$(PYTEST) -n $(WORKERS) --maxprocesses 8 --dist worksteal $(ARGS)

browser: install-dev ## the tests in a real Chromium
	@test -n "$(CHROMIUM)" || { echo "No Chromium was found: install it (Debian: apt-get install chromium), or name it: make browser CHROMIUM=/path/to/chromium" >&2; exit 1; }
	@CHROMIUM="$(CHROMIUM)" $(PYTEST) -m browser tests $(ARGS)

delivery: install-dev ## the proof of delivery: servers killed, lines cut, nothing lost (ARGS=--short for a minute of it)
	@$(BIN)/python -m tests.delivery $(ARGS)

attacks: install-dev ## every attack string through the renderer, for a parser and in a real Chromium
	@test -n "$(CHROMIUM)" || { echo "No Chromium was found: install it (Debian: apt-get install chromium), or name it: make attacks CHROMIUM=/path/to/chromium" >&2; exit 1; }
	@$(PYTEST) -n $(WORKERS) --maxprocesses 8 tests/markup/test_attacks.py tests/markup/test_walls.py $(ARGS)
	@CHROMIUM="$(CHROMIUM)" $(PYTEST) -m browser tests/browser/test_attacks.py $(ARGS)

schemathesis: install-dev ## schemathesis over all of /api/v1, as everybody (EXAMPLES=50 for each operation)
	@SCHEMATHESIS_EXAMPLES=$(EXAMPLES) $(PYTEST) -s tests/fuzz $(ARGS)

html: install-dev ## every page, as everybody, through the Nu HTML checker (needs Java and npm)
	@command -v java >/dev/null || { echo "make html needs Java (Debian: apt-get install default-jre-headless)." >&2; exit 1; }
	@$(MAKE) --no-print-directory face-tools
	@VNU_JAR="$(CURDIR)/$(FACE_TOOLS)/vnu-jar/build/dist/vnu.jar" $(PYTEST) -s -m face tests/face/test_html.py $(ARGS)

pseudo: install-dev ## every page, as everybody, in a language made by program: all words, both directions
	@test -n "$(CHROMIUM)" || { echo "No Chromium was found: install it (Debian: apt-get install chromium), or name it: make pseudo CHROMIUM=/path/to/chromium" >&2; exit 1; }
	@CHROMIUM="$(CHROMIUM)" $(PYTEST) -rP -n $(WORKERS) --maxprocesses 8 -m face tests/face/test_pseudo_language.py tests/face/test_mirrored.py $(ARGS)

axe: install-dev ## every page, as everybody, wide and on a phone, light and dark, through axe
	@test -n "$(CHROMIUM)" || { echo "No Chromium was found: install it (Debian: apt-get install chromium), or name it: make axe CHROMIUM=/path/to/chromium" >&2; exit 1; }
	@CHROMIUM="$(CHROMIUM)" $(PYTEST) -rP -n $(WORKERS) --maxprocesses 8 -m face tests/face/test_axe.py $(ARGS)

lighthouse: install-dev ## home, a topic and sign-in on a simulated phone: a table; fails below 95 (needs npm)
	@test -n "$(CHROMIUM)" || { echo "No Chromium was found: install it (Debian: apt-get install chromium), or name it: make lighthouse CHROMIUM=/path/to/chromium" >&2; exit 1; }
	@$(MAKE) --no-print-directory face-tools
	@CHROMIUM="$(CHROMIUM)" LIGHTHOUSE="$(CURDIR)/$(FACE_TOOLS)/.bin/lighthouse" $(PYTEST) -s -m face tests/face/test_lighthouse.py $(ARGS)

face-tools:
	@command -v npm >/dev/null || { echo "This needs npm (Debian: apt-get install npm)." >&2; exit 1; }
	@cmp -s tests/face/package-lock.json $(FACE_TOOLS)/.as-locked || { npm ci --prefix tests/face --ignore-scripts --no-audit --no-fund --loglevel=error && cp tests/face/package-lock.json $(FACE_TOOLS)/.as-locked; }

client-tools: ## socket.io's own client for JavaScript, which the suite connects with where there is npm
	@command -v npm >/dev/null || { echo "This needs npm (Debian: apt-get install npm)." >&2; exit 1; }
	@cmp -s tests/interoperation/package-lock.json $(CLIENT_TOOLS)/.as-locked || { npm ci --prefix tests/interoperation --ignore-scripts --no-audit --no-fund --loglevel=error && cp tests/interoperation/package-lock.json $(CLIENT_TOOLS)/.as-locked; }

check: install-dev ## format, lint, types, floors, templates, migrations, locks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(PYTEST) -q tests/house
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && export INSTANCE_PATH="$$folder" DATABASE_URL="sqlite:///$$folder/check.db" && \
		echo "forum db upgrade && forum db check" && $(BIN)/forum db upgrade && $(BIN)/forum db check

bench: install-dev ## the benchmarks: a table, and bench/results.json
	@$(BIN)/python -m bench $(ARGS)

format: install-dev ## put the code in the project's form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

# The run-time lock follows the development lock, so that both hold the same versions and one .venv serves both.
lock: ## pin the packages anew (needs uv; UPGRADE=--upgrade takes newer versions)
	@command -v uv >/dev/null || { echo "make lock needs uv." >&2; exit 1; }
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(UPGRADE) --extra dev --extra build pyproject.toml -o requirements/dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --extra build -c requirements/dev.lock pyproject.toml -o requirements/run.lock

install:
	@requirements/install run

install-dev:
	@requirements/install dev
