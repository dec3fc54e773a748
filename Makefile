# camlabel: `make` builds, `make run` runs, `make test` tests. See README.md.
#
# Sources are found by folder: engine/ becomes libmobilenet.a, app/ the program, and each tests/unit/test_*.c and
# tests/kernels/test_*.c a test program of its own. Compiler flags for an instruction set follow the file's
# suffix (_avx2.c, _avx512.c, _neon.c); no other file gets any.

PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build
CC      ?= gcc
CFLAGS  ?= -O3 -g
VERSION := 0.1.0
MODEL   ?=

PKG_CONFIG ?= pkg-config
PACKAGES   := libv4l2 sdl2 SDL2_ttf libjpeg libpng jansson
HDF5       := $(shell $(PKG_CONFIG) --exists hdf5 2>/dev/null && echo hdf5)

WARN     := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
# _GNU_SOURCE: eventfd, ppoll, thread names. Contraction is off so that every compiler rounds alike.
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -pthread -ffp-contract=off $(WARN) $(CFLAGS) $(PACKAGE_CFLAGS) -MMD -MP \
             -DCAMLABEL_DATA_FOLDER='"$(PREFIX)/share/camlabel"' -DCAMLABEL_VERSION='"$(VERSION)"'
PACKAGE_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null) $(if $(HDF5),-DMN_HAVE_HDF5 $(shell $(PKG_CONFIG) --cflags hdf5))
LIBS     := $(shell $(PKG_CONFIG) --libs $(PACKAGES) $(HDF5) 2>/dev/null) -lm

ENGINE_SRC := $(wildcard engine/*.c engine/*/*.c)
APP_SRC    := $(filter-out app/main.c,$(wildcard app/*.c app/*/*.c))
TEST_SRC   := $(wildcard tests/unit/test_*.c tests/kernels/test_*.c tests/golden/test_*.c tests/live/test_*.c)
FUZZ_SRC   := $(wildcard tests/fuzz/fuzz_*.c)
ENGINE_OBJ := $(ENGINE_SRC:%.c=$(BUILD)/%.o)
APP_OBJ    := $(APP_SRC:%.c=$(BUILD)/%.o)
TESTS      := $(TEST_SRC:%.c=$(BUILD)/%)
FUZZERS    := $(FUZZ_SRC:%.c=$(BUILD)/%)

all: $(BUILD)/camlabel

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

$(BUILD)/libmobilenet.a: $(ENGINE_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/libapp.a: $(APP_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/camlabel: $(BUILD)/app/main.o $(BUILD)/libapp.a $(BUILD)/libmobilenet.a
	$(CC) $(CFLAGS) -pthread $(LDFLAGS) $^ $(LIBS) -o $@

$(TESTS): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/libapp.a $(BUILD)/libmobilenet.a
	$(CC) $(CFLAGS) -pthread $(LDFLAGS) $^ $(LIBS) -lcmocka -o $@

.PHONY: all
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
