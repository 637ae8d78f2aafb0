# The verbs of this repository; CI uses the same ones. `make help` lists them.
PYTHON ?= python3
JOBS   ?= 2
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test quick check golden corpus catalogue bench harm survive clean

help:            ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.stamp-demo        ## install with TensorFlow for CPU, explain examples/first.py
	@$(BIN)/whygrad run examples/first.py || test $$? -eq 1  # the program is meant to fail: 1 is its own exit status

test: $(VENV)/.stamp-test        ## all tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

quick: $(VENV)/.stamp-test       ## the tests that take seconds
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not slow"

check: $(VENV)/.stamp-test       ## format, lint, types, house rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_house.py

golden: $(VENV)/.stamp-test      ## write the expected reports and the README anew; review them as a diff
	WHYGRAD_GOLDEN=write $(BIN)/python -m pytest -q $$(grep -rliw golden tests --include='test_*.py')
	$(BIN)/python tools/readme.py

corpus: $(VENV)/.stamp-test      ## the score on the real mistakes of corpus/
	$(BIN)/python tools/score_corpus.py --jobs $(JOBS) --json corpus-score.json

catalogue: $(VENV)/.stamp-test   ## measure every function of the installed TensorFlow anew, and write docs/ops*
	$(BIN)/python -m tools.catalogue measure
	$(BIN)/python -m tools.catalogue page

# Keras's tests of `fit` import JAX, whichever backend they run on
harm: $(VENV)/.stamp-test        ## all tests that Keras ships, with everything recorded, and programs compared byte by byte
	$(PIP) jax
	WHYGRAD_HARM=all $(BIN)/python -m pytest -q tests/harm

survive: $(VENV)/.stamp-test     ## check on every file of the standard library and of all packages, and on 10,000 spoiled programs
	WHYGRAD_SURVIVE=all $(BIN)/python -m pytest -q -s tests/lint/test_survives.py

bench: $(VENV)/.stamp-test       ## measure what whygrad costs
	@for f in bench/[!_]*.py; do echo "== $$f"; $(BIN)/python $$f || exit 1; done

clean:           ## remove the environment and the caches
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis corpus-score.json

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.stamp-demo: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[tensorflow]'
	@touch $@

# tf_keras without its dependencies: they would bring the full TensorFlow beside the CPU build
$(VENV)/.stamp-test: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[test]'
	$(PIP) --no-deps "tf_keras~=$$($(BIN)/python tools/tensorflow_release.py)"
	@touch $@ $(VENV)/.stamp-demo
