# PYTHON makes the virtual environments; TensorFlow 2.15 needs 3.10 or 3.11.
PYTHON ?= python3
VENV ?= .venv
VENV_ADDONS ?= .venv-addons
DEMO ?= demo
# Files of tests side by side; each process holds a TensorFlow of its own.
PYTEST ?= -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile
export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: demo test test-addons lint

demo: $(VENV)/installed
	$(VENV)/bin/python -m preprocessing.demo --output=$(DEMO)

test: $(VENV)/installed
	$(VENV)/bin/python $(PYTEST)

test-addons: $(VENV_ADDONS)/installed
	$(VENV_ADDONS)/bin/python $(PYTEST)

lint: $(VENV)/installed
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

$(VENV)/installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --requirement requirements.txt
	touch $@

$(VENV_ADDONS)/installed: requirements-addons.txt
	$(PYTHON) -m venv $(VENV_ADDONS)
	$(VENV_ADDONS)/bin/python -m pip install --quiet --requirement requirements-addons.txt
	touch $@
