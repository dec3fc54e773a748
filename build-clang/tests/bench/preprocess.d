build-clang/tests/bench/preprocess.o: tests/bench/preprocess.c \
  tests/bench/../../engine/image/preprocess.h \
  tests/bench/../../engine/image/../error.h \
  tests/bench/../../engine/image/image.h \
  tests/bench/../../engine/kernels/kernels.h \
  tests/bench/../../engine/kernels/packing.h

tests/bench/../../engine/image/preprocess.h:

tests/bench/../../engine/image/../error.h:

tests/bench/../../engine/image/image.h:

tests/bench/../../engine/kernels/kernels.h:

tests/bench/../../engine/kernels/packing.h:
