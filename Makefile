# PYTHON makes the virtual environments; TensorFlow 2.15 needs 3.10 or 3.11.
PYTHON ?= python3
VENV ?= .venv
VENV_ADDONS ?= .venv-addons
DEMO ?= demo
# Damaged inputs of each target that `make fuzz` tries.
CASES ?= 10000
# Files of tests side by side; each process holds a TensorFlow of its own.
PYTEST ?= -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile
export TF_CPP_MIN_LOG_LEVEL ?= 2

# What touches Keras, and one smoke of the rest.
KERAS ?= $(addprefix tests/dgnet_tf/,layers models training inference exporting) \
	tests/tuning/test_hypermodel.py tests/end_to_end

# What `make package` makes environments for: bare, extras, or all of them in one.
ENVIRONMENTS ?= bare,train

.PHONY: demo test test-slow test-addons fuzz lint docs package

demo: $(VENV)/installed
	$(VENV)/bin/python -m preprocessing.demo --output=$(DEMO)

test: $(VENV)/installed
	$(VENV)/bin/python $(PYTEST) -m "not slow"

test-slow: $(VENV)/installed
	$(VENV)/bin/python $(PYTEST) -m slow

test-addons: $(VENV_ADDONS)/installed
	$(VENV_ADDONS)/bin/python $(PYTEST) -m "addons or not slow" $(KERAS)

fuzz: $(VENV)/installed
	PYTHONPATH=tests $(VENV)/bin/python -m fuzzing --cases=$(CASES)

lint: $(VENV)/installed
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/python -m pytest --noconftest -p no:xdist tests/test_layout.py
	PYTHONPATH=tests $(VENV)/bin/python -m public_types

# Not with --quiet, under which it is no longer strict.
docs: $(VENV)/installed
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build

package: $(VENV)/installed
	PYTHONPATH=tests $(VENV)/bin/python -m installation \
		--environments=$(ENVIRONMENTS) --python=$(PYTHON)

$(VENV)/installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --requirement requirements.txt
	touch $@

$(VENV_ADDONS)/installed: requirements-addons.txt
	$(PYTHON) -m venv $(VENV_ADDONS)
	$(VENV_ADDONS)/bin/python -m pip install --quiet --requirement requirements-addons.txt
	touch $@
