# camlabel. `make` builds, `make run` runs, `make test` tests; `make help` lists the rest.
#
# Sources are found by folder: engine/ becomes libmobilenet.a, app/ the program, each tests/*/test_*.c a test program,
# each tests/fuzz/fuzz_*.c a fuzz target. Compiler flags for an instruction set follow the file's suffix (_avx2.c,
# _avx512.c, _neon.c); no other file gets any, and nothing is built for the machine it is built on.

VERSION := 0.1.0
PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build
ifneq ($(words $(CURDIR) $(BUILD)),2)
$(error make cannot work where a path has a space: $(CURDIR), BUILD=$(BUILD))
endif
# One name, however the folder is given: the lists of dependencies name objects as they were named when they were made.
override BUILD := $(patsubst $(CURDIR)/%,%,$(abspath $(BUILD)))
ifneq ($(filter $(BUILD)/%,$(CURDIR)/.),)
$(error BUILD=$(BUILD) has the sources in it: `make clean` would remove them)
endif
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
CFLAGS  ?= -O3 -g
MODEL   ?=
ARGS    ?=
# Only what is made is shown; `make V=1` shows the commands.
SHOW     = $(if $(V),,@echo '  $@' && )

help:
	@echo 'make                          build $(BUILD)/camlabel and $(BUILD)/camlabel-train'
	@echo 'make deps                     install the Debian packages that are missing'
	@echo 'make run [MODEL=FILE]         the camera, or the demo where there is none'
	@echo 'make test                     all tests'
	@echo 'make demo-model               train models/cards.safetensors anew, from drawn pictures'
	@echo 'make bench                    time the network beside this core'"'"'s limit'
	@echo 'make bench-preprocess         time preprocessing beside libswscale'
	@echo 'make bench-peers [ARGS=--help] the engine beside LiteRT, ONNX Runtime, OpenVINO, ncnn and MNN (Python, PyPI)'
	@echo 'make bench-augment            what each kind of augmentation costs'
	@echo 'make bench-training           the trainer beside PyTorch (Python, PyPI)'
	@echo 'make bench-frozen             retraining the head alone: memory and time [ARGS="--weights FILE"]'
	@echo 'make kills                    kill and resume a training twenty times: the same bytes'
	@echo 'make bench-compilers          clang'"'"'s build beside gcc'"'"'s'
	@echo 'make bench-arm                what Arm'"'"'s cores would make of the kernels (llvm-mca)'
	@echo 'make cross                    build for Arm, 64 and 32 bits, and old x86; test under qemu'
	@echo 'make golden                   compare with independent implementations (Python, PyPI)'
	@echo 'make lint                     clang-format, cppcheck, clang-tidy, include floors'
	@echo 'make asan | tsan | mutations  tests and parsers under the sanitizers'
	@echo 'make emulated                 the AVX-512 kernels, instruction by instruction in C, on any x86'
	@echo 'make camera-vm                the camera source against the kernel'"'"'s drivers, in a guest'
	@echo 'make install DESTDIR= PREFIX='
	@echo 'make clean'

ifneq ($(filter deps,$(MAKECMDGOALS)),)
# The packages decide what pkg-config finds below, so the other goals are left to a second make, one after the other.
deps:
	@sh packaging/deps.sh build test
	@for goal in $(filter-out deps,$(MAKECMDGOALS)); do $(MAKE) --no-print-directory -j$(shell nproc) $$goal || exit 1; done
$(filter-out deps,$(MAKECMDGOALS)): deps
	@:
.PHONY: deps $(MAKECMDGOALS)
else

.DEFAULT_GOAL := all

PKG_CONFIG ?= pkg-config
PACKAGES   := libv4l2 libjpeg libpng jansson
# Loaded only where they are used (engine/base/library.h): the program needs their headers, tests link them.
HDF5       := $(shell $(PKG_CONFIG) --exists hdf5 2>/dev/null && echo hdf5)
LOADED     := sdl2 SDL2_ttf $(HDF5)
# The name that libhdf5 is loaded by differs between distributions: the linker knows the file, the file its name.
HDF5_FILE  := $(if $(HDF5),$(shell $(CC) -shared -x c /dev/null $$($(PKG_CONFIG) --libs hdf5) -Wl,--trace -o /dev/null | grep libhdf5))
HDF5_NAME  := $(if $(HDF5_FILE),$(shell readelf -d $(HDF5_FILE) | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p'))
# The trainer's matrix products. Without it there is no camlabel-train.
OPENBLAS   := $(shell $(PKG_CONFIG) --exists openblas 2>/dev/null && echo openblas)
BLAS_LIBS  := -Wl,--as-needed $(if $(OPENBLAS),$(shell $(PKG_CONFIG) --libs openblas))
MISSING    := $(filter-out help clean,$(or $(MAKECMDGOALS),all))
ifneq ($(MISSING),)
ifneq ($(shell $(PKG_CONFIG) --exists $(PACKAGES) $(LOADED) 2>/dev/null && echo yes),yes)
$(error libraries are missing: run `make deps` first (needed: $(PACKAGES) $(LOADED)))
endif
endif

WARN := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
        -Wno-missing-field-initializers
# _GNU_SOURCE: eventfd, ppoll, thread names. 64 bits: clips of more than 2 GB on 32-bit Arm. No contraction, so that every
# compiler rounds alike.
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -pthread -ffp-contract=off $(WARN) $(CFLAGS) -MMD -MP \
              $(shell $(PKG_CONFIG) --cflags $(PACKAGES) $(LOADED) $(OPENBLAS)) \
              $(if $(HDF5_NAME),-DMN_HAVE_HDF5 -DMN_HDF5_LIBRARY='"$(HDF5_NAME)"') \
              -DCAMLABEL_VERSION='"$(VERSION)"'
# libatomic: 64-bit atomics of ARMv6, which Raspberry Pi OS compiles for where it has 32 bits.
LIBS       := $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -lm -ldl -Wl,--push-state,--as-needed -latomic -Wl,--pop-state
LOADED_LIBS := $(shell $(PKG_CONFIG) --libs $(LOADED))
LINK       := $(CC) $(CFLAGS) -pthread $(LDFLAGS)

X86        := $(findstring x86_64,$(shell $(CC) -dumpmachine))
ENGINE_SRC := $(filter-out engine/train/%,$(wildcard engine/*.c engine/*/*.c))
TRAIN_SRC  := $(if $(OPENBLAS),$(wildcard engine/train/*.c engine/train/*/*.c))
ARM        := $(findstring aarch64,$(shell $(CC) -dumpmachine))$(findstring arm,$(shell $(CC) -dumpmachine))
FOREIGN    := $(if $(X86),,%_avx2.c %_avx512.c) $(if $(ARM),,%_neon.c)
ENGINE_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(FOREIGN),$(ENGINE_SRC)))
TRAIN_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(FOREIGN),$(TRAIN_SRC)))
APP_OBJ    := $(patsubst %.c,$(BUILD)/%.o,$(filter-out app/main.c app/train/main.c $(if $(OPENBLAS),,app/train/%),$(wildcard app/*.c app/*/*.c)))
PROGRAMS   := $(BUILD)/camlabel $(if $(OPENBLAS),$(BUILD)/camlabel-train)
TEST_OBJ   := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(wildcard tests/*/test_*.c),$(wildcard tests/*.c tests/unit/*.c tests/kernels/*.c tests/golden/*.c tests/live/*.c tests/train/*.c)))
TESTS      := $(patsubst %.c,$(BUILD)/%,$(filter-out $(if $(OPENBLAS),,tests/train/%) $(WITHOUT),$(wildcard tests/*/test_*.c)))
FUZZERS    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
LIBRARIES  := $(BUILD)/libapp.a $(BUILD)/libtrain.a $(BUILD)/libmobilenet.a

all: $(PROGRAMS)
ifeq ($(OPENBLAS),)
	@echo 'note: no OpenBLAS here, so this build has no camlabel-train'
endif
ifeq ($(HDF5_NAME),)
	@echo 'note: no libhdf5 here, so this build does not read Keras .h5 files'
endif

# Written anew when compiler, flags or libraries are others than last time: then all objects are old.
$(BUILD)/flags: force
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' >$@

$(BUILD)/%.o: %.c Makefile $(BUILD)/flags
	@mkdir -p $(@D)
	$(SHOW)$(CC) $(ALL_CFLAGS) $(ISA_CFLAGS) -c $< -o $@

$(BUILD)/%_avx2.o: ISA_CFLAGS := -mavx2 -mfma
$(BUILD)/%_avx512.o: ISA_CFLAGS := $(or $(AVX512_CFLAGS),-mavx512f -mavx2 -mfma)
# AArch64 has NEON anyway; Debian's 32-bit Arm promises less, and Raspberry Pi OS's compiler less than that.
$(BUILD)/%_neon.o: ISA_CFLAGS := $(if $(filter arm-%,$(shell $(CC) -dumpmachine)),-march=armv7-a -mfpu=neon-vfpv4)

$(BUILD)/libmobilenet.a: $(ENGINE_OBJ)
$(BUILD)/libtrain.a: $(TRAIN_OBJ)
$(BUILD)/libapp.a: $(APP_OBJ)
$(BUILD)/libtest.a: $(TEST_OBJ)
$(BUILD)/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(SHOW)$(AR) rcs $@ $^

$(BUILD)/camlabel: $(BUILD)/app/main.o $(LIBRARIES)
	$(SHOW)$(LINK) $^ $(LIBS) -o $@

$(BUILD)/camlabel-train: $(BUILD)/app/train/main.o $(LIBRARIES)
	$(SHOW)$(LINK) $^ $(LIBS) $(BLAS_LIBS) -o $@

$(TESTS): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/libtest.a $(LIBRARIES)
	$(SHOW)$(LINK) $^ $(LIBS) $(LOADED_LIBS) -lcmocka $(BLAS_LIBS) -o $@

$(FUZZERS): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/tests/fuzz/mutate.o $(LIBRARIES)
	$(SHOW)$(LINK) $^ $(LIBS) -o $@

# Without a screen live prints JSON lines until it is told to stop; ten seconds of them are enough to see.
run: $(BUILD)/camlabel
	$< live $(if $(MODEL),--model $(MODEL)) $(if $(DISPLAY)$(WAYLAND_DISPLAY),,--duration 10) $(ARGS)

test: $(PROGRAMS) $(TESTS)
	@sh tests/run.sh $(TESTS)

bench: $(BUILD)/camlabel
	@for width in 1 0.75 0.5 0.25; do for size in 224 192 160 128; do \
	    $< bench --width $$width --resolution $$size || exit 1; done; done

bench-preprocess: $(BUILD)/tests/bench/preprocess
	@$< $(ARGS)

$(BUILD)/tests/bench/preprocess: $(BUILD)/tests/bench/preprocess.o $(LIBRARIES)
	$(SHOW)$(LINK) $^ $(LIBS) $(shell $(PKG_CONFIG) --libs libswscale libavutil) -o $@

$(BUILD)/tests/bench/peers/contender: $(BUILD)/tests/bench/peers/contender.o $(BUILD)/libmobilenet.a
	$(SHOW)$(LINK) -Wl,--as-needed $^ $(LIBS) -o $@

# The model of the demo, from nothing but this repository. The pictures stay in $(BUILD)/cards.
demo-model: $(BUILD)/camlabel-train
	rm -rf $(BUILD)/cards $(BUILD)/cards-run
	$< generate cards $(BUILD)/cards --count 2000 --val 100 --size 128
	$< fit --data-dir $(BUILD)/cards --recipe models/cards.recipe --storage float16 --output $(BUILD)/cards-run
	cp $(BUILD)/cards-run/model.safetensors models/cards.safetensors

$(BUILD)/tests/bench/training/step: $(BUILD)/tests/bench/training/step.o $(BUILD)/libtrain.a $(BUILD)/libmobilenet.a
	$(SHOW)$(LINK) $^ $(LIBS) $(BLAS_LIBS) -o $@

bench-augment: $(BUILD)/tests/bench/augment
	@$< $(ARGS)

$(BUILD)/tests/bench/augment: $(BUILD)/tests/bench/augment.o $(BUILD)/libtrain.a $(BUILD)/libmobilenet.a
	$(SHOW)$(LINK) $^ $(LIBS) $(BLAS_LIBS) -o $@

bench-training: $(BUILD)/tests/bench/training/step $(BUILD)/camlabel
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/bench/training/run.py $(BUILD) $(ARGS)

bench-frozen: $(BUILD)/camlabel-train $(BUILD)/camlabel
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/bench/training/frozen.py $(BUILD) $(ARGS)

# The clang build is the one that .ci/run tests.
bench-compilers: $(BUILD)/camlabel $(BUILD)/tests/bench/training/step
	@$(MAKE) --no-print-directory CC=clang HDF5= BUILD=$(BUILD)/clang $(BUILD)/clang/camlabel \
	    $(BUILD)/clang/tests/bench/training/step
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/bench/compilers.py $(BUILD) $(BUILD)/clang

kills: $(BUILD)/camlabel-train
	@sh tests/train/kills.sh $(BUILD)

bench-peers: export PYTHONPYCACHEPREFIX := $(abspath $(BUILD))/peers/pycache
bench-peers: $(BUILD)/tests/bench/peers/contender
	@python3 tests/bench/peers/environment.py $(BUILD)/peers
	@$(BUILD)/peers/venv/bin/python tests/bench/peers/run.py $(BUILD) $(ARGS)

$(BUILD)/tests/fuzz/seeds: $(BUILD)/tests/fuzz/seeds.o $(BUILD)/libtest.a $(LIBRARIES)
	$(SHOW)$(LINK) $^ $(LIBS) -o $@

mutations: $(FUZZERS) $(BUILD)/tests/fuzz/seeds $(BUILD)/camlabel
	@sh tests/fuzz/run.sh $(BUILD)

golden: $(BUILD)/camlabel
	@sh tests/golden/run.sh $(BUILD)

camera-vm: $(BUILD)/camlabel
	@$(MAKE) --no-print-directory -C . $(BUILD)/tests/camera-vm/pattern $(BUILD)/tests/camera-vm/uvcsim
	@bash tests/camera-vm/run.sh $(BUILD) $(MODEL)

$(BUILD)/tests/camera-vm/%: $(BUILD)/tests/camera-vm/%.o $(LIBRARIES)
	$(SHOW)$(LINK) $^ $(LIBS) -o $@

# The other processors' own builds, tested under qemu-user.
cross:
	@for target in nehalem aarch64 armhf; do sh packaging/cross.sh $$target $(BUILD)/$$target || exit 1; done

# What Arm's cores would make of the kernels, by llvm-mca; needs no such core.
bench-arm:
	@python3 tests/bench/mca.py $(BUILD)

# The same sources, with the compiler's AVX-512 intrinsics replaced by functions in C: for machines, and sanitizers,
# without it. The functions stay calls, or tiles of 28 vectors of 16 lanes would take the compiler minutes.
EMULATED := $(addprefix $(BUILD)/emulated/tests/,kernels/test_kernels golden/test_layers unit/test_engine)
emulated:
	@$(MAKE) --no-print-directory $(EMULATED) BUILD=$(BUILD)/emulated \
	    AVX512_CFLAGS='-Itests/kernels/emulated -mavx2 -mfma -fno-inline' \
	    ENGINE_SRC='tests/kernels/emulated/cpu.c $(filter-out engine/kernels/cpu.c,$(ENGINE_SRC))'
	@sh tests/run.sh $(EMULATED)

# The sanitizers' own builds; leaks count as failures. asan takes undefined behaviour along. The kernels know no threads.
asan:
	@$(MAKE) --no-print-directory test mutations BUILD=$(BUILD)/asan \
	    CFLAGS='-O2 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'
tsan:
	@$(MAKE) --no-print-directory test BUILD=$(BUILD)/tsan WITHOUT=tests/kernels/% CFLAGS='-O2 -g -fsanitize=thread'

lint: export LINT_FLAGS = $(filter-out -MMD -MP -Werror,$(ALL_CFLAGS))
lint:
	@sh packaging/lint.sh $(BUILD)

# The program looks for its files beside its own folder: PREFIX is not built in.
install: $(PROGRAMS)
	for program in $(PROGRAMS); do install -Dm755 $$program "$(DESTDIR)$(PREFIX)/bin/$${program##*/}" || exit 1; done
	for file in $(filter-out assets/window.png assets/report.png,$(wildcard assets/*)) $(wildcard models/*.safetensors); do \
	    install -Dm644 $$file "$(DESTDIR)$(PREFIX)/share/camlabel/$$file" || exit 1; done
	for page in packaging/man/*.1; do install -Dm644 $$page "$(DESTDIR)$(PREFIX)/share/man/man1/$${page##*/}" || exit 1; done

clean:
	@test -e $(BUILD)/flags || test ! -e $(BUILD) || { echo '$(BUILD) was not made by this Makefile' >&2; exit 1; }
	rm -rf $(BUILD)

.PHONY: help all run test demo-model bench bench-peers bench-preprocess bench-training bench-frozen bench-augment bench-compilers bench-arm kills cross mutations golden emulated camera-vm asan tsan lint \
        install clean force
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' -type f 2>/dev/null)
endif
