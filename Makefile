# Thin calls of what each part can do by itself; `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin

# make demo: DATA=<zip or folder of CSV> takes real data, SERVE=0 stops before
# the servers, CLIENTS=<n> sets the size of the generated sample.
DATA ?=
SERVE ?= 1
CLIENTS ?= 5000
# make test: REPORTS=<folder> writes JUnit's and coverage's files there.
REPORTS ?=
# make package, make release: MODEL=<folder of an artefact> in place of the champion.
MODEL ?=
# make docs: the candidates that note and slides tell of.
COMPARED := dummy scorecard forest lightgbm-class-weights \
	lightgbm-under-sampling lightgbm-imputed lightgbm-smote
# make serve: SERVE_OPTIONS="--address 0.0.0.0 …", as python -m demo.serve --help says.
SERVE_OPTIONS ?=

.DEFAULT_GOAL := help
.PHONY: help setup spark demo serve test lint format docs notebook \
	bench package audit sbom release lock clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup:  ## make .venv from the hashed lock
	@$(PYTHON) tools/environment.py

spark:  ## .venv/spark, in which the dbt project runs on Spark (needs Java 17)
	@$(PYTHON) tools/environment.py --spark

demo: setup  ## from nothing to the two servers (DATA=, SERVE=0, CLIENTS=)
	@exec $(BIN)/python -m demo --clients $(CLIENTS) \
		$(if $(DATA),--data "$(DATA)") $(if $(filter 0,$(SERVE)),--no-serve)

serve: setup  ## both servers, the dashboard over TLS for other desks (SERVE_OPTIONS=)
	@exec $(BIN)/python -m demo.serve $(SERVE_OPTIONS)

test:  ## the whole suite: real PostgreSQL, HTTP server and browser
	@$(PYTHON) tools/environment.py --browser $(if $(shell command -v java),--spark)
	@# two processes share the cores: OpenMP threads in each would wait for each other
	@OMP_NUM_THREADS=1 exec $(BIN)/python -m pytest --numprocesses 2 --dist loadgroup --no-loadscope-reorder \
		$(if $(REPORTS),--junitxml $(REPORTS)/junit.xml --cov --cov-report xml:$(REPORTS)/coverage.xml)

lint: setup  ## ruff, mypy, import rules, sqlfluff, containers, pipeline
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	tools/lint_sql.sh
	tools/lint_delivery.sh

format: setup  ## rewrite code in the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup  ## all documents into build/docs: site, note, slides (DATA=, CLIENTS=)
	@$(BIN)/python -m demo --no-serve --clients $(CLIENTS) \
		$(if $(DATA),--data "$(DATA)",--missing-only)
	@eval "$$($(BIN)/python -m database env)" && \
		$(BIN)/dbt --quiet docs generate --static --project-dir dbt_project
	@$(BIN)/python -m training candidates --seeds 0 $(COMPARED:%=--only %)
	@$(BIN)/python -m tools.documents
	@$(BIN)/python -m tools.docs_site

notebook: setup  ## run the notebook on what the warehouse holds, into build/notebook
	@$(BIN)/python -m database start
	@$(BIN)/python -m tools.run_notebook

bench: setup  ## measure against peers and limits (after make demo SERVE=0)
	@$(BIN)/python -m database start
	@$(BIN)/python -m benchmarks ratios build/sample-$(CLIENTS)
	@$(BIN)/python -m benchmarks serving

package: setup  ## dist/function: what Azure runs (MODEL=models/champion)
	@$(BIN)/python tools/package_function.py $(if $(MODEL),--model "$(MODEL)")

audit: setup  ## known weaknesses of the locked packages (asks the package index)
	@$(BIN)/python tools/audit.py

sbom: setup  ## build/sbom: what each lock holds, as CycloneDX
	@$(BIN)/python tools/sbom.py

release: setup  ## tag the version and make dist/: package, bills of material, checksums (MODEL=)
	@$(BIN)/python tools/release.py $(if $(MODEL),--model "$(MODEL)")

lock:  ## compile requirements.txt and requirements/ anew from pyproject.toml
	@$(PYTHON) tools/lock.py

clean:  ## remove what was built; the warehouse and the models stay
	rm -rf build dist dbt_project/target dbt_project/logs logs
