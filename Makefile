PYTHON ?= python3
LAB_FLAGS ?=
COURSE = .venv/bin/course

# Set for another Python, or for another program, they keep the course's own from starting.
unexport PYTHONHOME
unexport PYTHONOPTIMIZE

.PHONY: setup run test test-all build lab site lock spell audit
setup: ; @$(PYTHON) course_tools/setup/bootstrap.py
run: setup ; @$(COURSE) run
test: setup ; @$(COURSE) test
test-all: setup ; @$(COURSE) test --all
build: setup ; @$(COURSE) build
lab: setup ; @.venv/bin/jupyter lab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(LAB_FLAGS)
site: setup ; @$(COURSE) site
lock: ; @$(PYTHON) course_tools/setup/lock.py
# These two need pipx and the network.
spell: ; @pipx run codespell==2.4.3
audit: ; @pipx run pip-audit==2.10.1 --strict --disable-pip --no-deps --requirement requirements-lock.txt --requirement requirements-publish.txt
