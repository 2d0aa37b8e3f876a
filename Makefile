# Everything runs from .venv, which the first target that needs it creates.
#
#   PYTHON    the interpreter that creates .venv (3.11 or newer)
#   PIP_ARGS  passed to every `pip install`, e.g. an index that serves the CPU build of torch
#   APP_ARGS  passed to `streamlit run`, e.g. --server.port=8600
#   PACK_ARGS passed to `python -m dashboard.pack`, e.g. --app https://icl.example.org
#   WORKERS   how many tests run side by side
#   HALL_ARGS passed to `make hall`, e.g. --processes 4 --address 0.0.0.0
#   LOAD_ARGS passed to `make load`, e.g. --viewers 60
#   IMAGE_ARGS passed to `make image`, e.g. --torch "--index-url <index of CPU builds>"

PYTHON ?= $(firstword $(foreach name,python3.11 python3,$(shell command -v $(name))))
PIP_ARGS ?=
APP_ARGS ?=
PACK_ARGS ?=
WORKERS ?= 2
HALL_ARGS ?=
LOAD_ARGS ?=
IMAGE_ARGS ?=

# A browser window opens only where there is a screen.
HEADLESS := $(if $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname))),false,true)

VENV := .venv
RUN := $(VENV)/bin/python

# One thread a process: two processes with two threads each on two cores are far slower.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: help app hall pack image test test-fast faults fuzz lint audit format bench load lock pictures zoo browser clean

help:
	@echo "make app        set up and open the dashboard on http://127.0.0.1:8501"
	@echo "make hall       as many processes as cores behind nginx, for many viewers"
	@echo "make pack       the lectures and the Prompt lab as a static folder and a zip, in dist/"
	@echo "make image      the dashboard as a container image, tried out"
	@echo "make test       set up and run every test"
	@echo "make test-fast  the tests without the slow and the browser ones"
	@echo "make lint       ruff, pyright, bandit, and pip-audit where its service answers"
	@echo "make format     let ruff format the code and mend what it can"
	@echo "make faults     the tests that break something on purpose"
	@echo "make fuzz       10,000 hostile links and files"
	@echo "make load       200 viewers at once, measured"
	@echo "make bench      the benchmarks, each against its peer"
	@echo "make lock       write constraints.txt anew: the versions of all that the requirements bring"
	@echo "make pictures   take the documents' pictures anew"
	@echo "make zoo        train the models that the shipped library lacks"

app: $(VENV)/run.stamp
	$(RUN) -m streamlit run app.py --server.headless=$(HEADLESS) $(APP_ARGS)

hall: $(VENV)/run.stamp
	$(RUN) -m deploy.hall $(HALL_ARGS)

pack: $(VENV)/run.stamp
	$(RUN) -m dashboard.pack $(PACK_ARGS)

image: $(VENV)/run.stamp
	$(RUN) -m deploy.image $(IMAGE_ARGS)

test: $(VENV)/dev.stamp browser
	$(RUN) -m pytest -n $(WORKERS) --dist loadgroup

test-fast: $(VENV)/dev.stamp
	$(RUN) -m pytest -n $(WORKERS) --dist loadgroup -m "not slow and not browser"

faults: $(VENV)/dev.stamp browser
	$(RUN) -m pytest -v -m faults

fuzz: $(VENV)/dev.stamp
	$(RUN) -m pytest -n $(WORKERS) --dist loadgroup tests/fuzz --hypothesis-profile=fuzz

lint: $(VENV)/dev.stamp
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m pyright --pythonpath $(RUN)
	$(RUN) -m bandit -q -r -c pyproject.toml .
	$(RUN) -m deploy.audit

audit: $(VENV)/dev.stamp
	$(RUN) -m deploy.audit --strict

format: $(VENV)/dev.stamp
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

bench: $(VENV)/bench.stamp
	$(RUN) -m benchmarks

load: $(VENV)/run.stamp
	$(RUN) -m benchmarks.hall.load $(LOAD_ARGS)

pictures: $(VENV)/dev.stamp browser
	$(RUN) -m docs.pictures

zoo: $(VENV)/run.stamp
	$(RUN) -m icl_core zoo

# The browser tests use the Chromium that is there. Where it is missing, root on a machine with apt gets it;
# elsewhere the tests say in one line that they were skipped (or fail, under CI=true).
browser:
	@command -v chromium || command -v chromium-browser || command -v google-chrome || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get; then \
	    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium fonts-noto-cjk \
	      || echo "apt-get could not install Chromium"; \
	  fi; }

# Every package that the pinned ones bring, as the index has it today. torch's builds differ by index.
lock: $(VENV)/dev.stamp
	$(RUN) -m pip install $(PIP_ARGS) pip-tools
	$(RUN) -m piptools compile --quiet --strip-extras --no-header --no-annotate --no-emit-index-url \
	  --no-emit-trusted-host --no-emit-find-links --upgrade --output-file $(VENV)/lock.txt \
	  requirements-dev.txt requirements-bench.txt
	{ sed -n '/^#/p' constraints.txt; sed '/^#/d; /^torch==/d; /^$$/d' $(VENV)/lock.txt; } > $(VENV)/constraints.txt
	mv $(VENV)/constraints.txt constraints.txt

clean:
	rm -rf $(VENV)

$(RUN):
	@test -n "$(PYTHON)" || { echo "No Python found: install Python 3.11, or name one by 'make PYTHON=...'"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt constraints.txt | $(RUN)
	$(RUN) -m pip install $(PIP_ARGS) -c constraints.txt -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt constraints.txt | $(RUN)
	$(RUN) -m pip install $(PIP_ARGS) -c constraints.txt -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

$(VENV)/bench.stamp: requirements-bench.txt requirements.txt constraints.txt | $(RUN)
	$(RUN) -m pip install $(PIP_ARGS) -c constraints.txt -r requirements-bench.txt
	@touch $@ $(VENV)/run.stamp
