build-clang/tests/kernels/test_resample.o: tests/kernels/test_resample.c \
  tests/kernels/../../engine/kernels/kernels.h \
  tests/kernels/../../engine/kernels/packing.h \
  tests/kernels/../support.h tests/kernels/guard.h

tests/kernels/../../engine/kernels/kernels.h:

tests/kernels/../../engine/kernels/packing.h:

tests/kernels/../support.h:

tests/kernels/guard.h:
