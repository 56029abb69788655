PYTHON ?= python3
LAB_FLAGS ?=
COURSE = .venv/bin/course

.PHONY: setup run test build lab lock
setup: ; @$(PYTHON) course_tools/bootstrap.py
run: setup ; @$(COURSE) run
test: setup ; @$(COURSE) test
build: setup ; @$(COURSE) build
lab: setup ; @.venv/bin/jupyter lab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(LAB_FLAGS)
lock: ; @$(PYTHON) course_tools/lock.py
