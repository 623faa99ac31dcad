# Everything sets itself up: `make run` and `make test` are all that a newcomer needs.

# The first Python that will do; say PYTHON=... to choose another.
PYTHON ?= $(shell boot/find_python.sh)
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test check bench fuzz models drawings test-tflite-runtime test-batches test-processes test-firmware test-page screenshots test-board test-box test-install board power-cuts release image clean help

run: $(VENV)/.runtime  ## play with it in the browser, with dry motors; ARGS='--turns 6': it plays by itself
	$(BIN)/ghostnote demo $(ARGS)

test: $(VENV)/.everything  ## all tests
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.everything  ## style, types and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.everything  ## all benchmarks; results in bench/results
	$(BIN)/python -m bench.model_step
	$(BIN)/python -m bench.humanise
	$(BIN)/python -m bench.call_end
	$(BIN)/python -m bench.cold_start
	$(BIN)/python -m bench.meter
	$(BIN)/python -m bench.striker_start
	$(BIN)/python -m bench.striker_lateness
	$(BIN)/python -m bench.calibration
	$(BIN)/python -m bench.clock
	$(BIN)/python -m bench.thru
	$(BIN)/python -m bench.panic
	$(BIN)/python -m bench.panel
	$(BIN)/python -m bench.fault_campaign
	$(BIN)/python -m bench.arduino_chain

models: $(VENV)/.everything  ## train and convert the shipped models again: DATA=folder of the Groove MIDI Dataset, CHORALES=of the JS Fakes, FREEDOOM=its musics
	models/make.sh $(BIN) "$(DATA)" "$(CHORALES)" "$(FREEDOOM)"

drawings: $(VENV)/.everything  ## draw the wiring and the code card again, from the settings and the codes
	$(BIN)/python -m hw.drawings
	$(BIN)/python -m docs.make_code_card

fuzz: $(VENV)/.everything  ## a million events of every kind against the rooms, in virtual time
	$(BIN)/python -m bench.fuzz $(ARGS)

# tflite-runtime needs numpy 1 and no ai-edge-litert, so it has an environment of its own, without TensorFlow. Its last
# wheel is for Python 3.11.
test-tflite-runtime: .venv-tflite/.tflite  ## the appliance's tests with tflite-runtime as interpreter
	.venv-tflite/bin/python -m pytest --ignore tests/converter $(ARGS)

# They count a lamp's flashes in real time: a machine busy with other tests would make them wait, or late.
test-processes: $(VENV)/.everything  ## every status code, caused in real processes
	GHOSTNOTE_PROCESSES=1 $(BIN)/python -m pytest tests/status/test_codes_process.py $(ARGS)

# The compiled firmware in a simulator of its processor; it needs root where its tools are not installed yet.
FIRMWARE_TOOLS = make gcc gcc-avr avr-libc libsimavr-dev libelf-dev
test-firmware: $(VENV)/.everything  ## the Arduino's firmware on a simulated AVR (Debian; root to install the tools)
	dpkg -s $(FIRMWARE_TOOLS) >/dev/null 2>&1 || apt-get install -y --no-install-recommends $(FIRMWARE_TOOLS)
	GHOSTNOTE_FIRMWARE=1 $(BIN)/python -m pytest tests/firmware $(ARGS)

# The page in a real browser; it needs root where Chromium is not installed yet. Of the last package only its copy of
# axe-core (MPL-2.0) is used: it finds what keeps people out. It is never shipped.
BROWSER = chromium chromium-driver fonts-dejavu-core
$(VENV)/.browser: $(VENV)/.everything
	dpkg -s $(BROWSER) >/dev/null 2>&1 || apt-get install -y --no-install-recommends $(BROWSER)
	$(PIP) --no-deps 'axe-playwright-python==0.1.8'
	@touch $@

test-page: $(VENV)/.browser  ## the panel's page in headless Chromium (Debian; root to install it)
	$(BIN)/python -m pytest tests/panel_page $(ARGS)

screenshots: $(VENV)/.browser  ## pictures of every view of the panel, into docs/panel
	$(BIN)/python -m docs.make_panel_pictures

# Three laws of safety, ten thousand scripts each: random batches, late pins, cancels and panics, on three kinds of kit.
test-batches: $(VENV)/.everything  ## ten thousand random batches of strokes: no bridge is burnt
	GHOSTNOTE_EXAMPLES=10000 $(BIN)/python -m pytest -k "burns or burnt" tests/strike tests/drivers $(ARGS)

# An amd64 machine in QEMU with a real kernel and simulated GPIO lines; it needs root and Debian 12's packages.
test-board:  ## the drivers on an emulated board (root, Debian 12 amd64, QEMU)
	tests/board/run.sh

# The card's root in a container, with its own systemd: services, updates, good and bad. Root, Debian 12 amd64.
BOX = $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ghostnote-appliance-board/box
# The emulated board's processor, for `make board`: amd64, or a Pi's own, arm64.
BOARD ?= amd64
BOARD_BOX = $(BOX)$(if $(filter-out amd64,$(BOARD)),-$(BOARD))
test-box: $(VENV)/.everything  ## a whole box under its own systemd: services that die, updates that are bad (root)
	PYTHON=$(BIN)/python tests/appliance_board/prepare.sh $(BOX)
	dpkg -s systemd-container >/dev/null 2>&1 || apt-get install -q -y --no-install-recommends systemd-container
	GHOSTNOTE_BOX=$(BOX) $(BIN)/python -m pytest -s tests/appliance_board $(ARGS)

test-install: $(VENV)/.everything  ## install into a plain Debian of ARCH=arm64 or amd64, play there, take it away (root)
	PYTHON=$(BIN)/python tests/boot/plain_root.sh

# The same card in QEMU, with pins, a pad and a watchdog. A start takes a minute or so.
board: $(VENV)/.everything  ## an emulated board, BOARD=amd64 or arm64: power on, and it plays; whatever dies, it plays on (root, QEMU)
	PYTHON=$(BIN)/python ARCH=$(BOARD) tests/appliance_board/prepare.sh $(BOARD_BOX)
	GHOSTNOTE_BOARD=$(BOARD_BOX) GHOSTNOTE_BOARD_ARCH=$(BOARD) $(BIN)/python -m pytest -s tests/appliance_board/test_board.py $(ARGS)

# ARGS="--cuts 200 --seed 1"; with --where QEMU of the emulated board, which takes hours.
power-cuts: $(VENV)/.everything  ## pull the plug of a box, again and again (root)
	@tests/appliance_board/possible.sh
	PYTHON=$(BIN)/python tests/appliance_board/prepare.sh $(BOX)
	dpkg -s systemd-container >/dev/null 2>&1 || apt-get install -q -y --no-install-recommends systemd-container
	$(BIN)/python -m bench.power_cuts $(BOX) $(ARGS)

# It runs on the minor version of Python that the board has: 3.11 for Debian 12.
MACHINE ?= aarch64
release: $(VENV)/.runtime  ## build and sign a release into dist: KEY=your private key (ssh-keygen -t ed25519); of models or settings: KIND=models NUMBER=1.2.0 FILES="a.tflite b.tflite"
	@test -n "$(KEY)" || { echo "say whose key signs: make release KEY=~/.ssh/ghostnote_release"; exit 1; }
	$(BIN)/python boot/make_release.py --machine $(MACHINE) --key "$(KEY)" -o dist \
		$(if $(KIND),--kind $(KIND) --number $(NUMBER) $(FILES))

image: $(VENV)/.runtime  ## build the card's image from a release: RELEASE=dist/ghostnote-....release (root, Debian 12)
	@test -n "$(RELEASE)" || { echo "say which release it starts with: make image RELEASE=dist/..."; exit 1; }
	PYTHON=$(BIN)/python boot/image/build.sh "$(RELEASE)" dist/ghostnote.img

clean:  ## remove environments and caches
	rm -rf .venv .venv-* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*##/\t/' | expand -t 22

$(VENV)/bin/python:
	boot/make_venv.sh "$(PYTHON)" $(VENV)

$(VENV)/.runtime: pyproject.toml | $(VENV)/bin/python
	@echo "installing Ghostnote into $(VENV) ..."
	$(PIP) --editable '.[runtime,panel]'
	@touch $@

$(VENV)/.everything: pyproject.toml | $(VENV)/bin/python
	@echo "installing Ghostnote, TensorFlow and the tests' tools into $(VENV): about 2 GB ..."
	$(PIP) --editable '.[converter,dev]'
	@touch $@ $(VENV)/.runtime

.venv-tflite/.tflite: pyproject.toml
	boot/make_venv.sh "$(PYTHON)" .venv-tflite
	.venv-tflite/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[tflite-runtime,dev]'
	@touch $@
