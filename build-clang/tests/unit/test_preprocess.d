build-clang/tests/unit/test_preprocess.o: tests/unit/test_preprocess.c \
  tests/unit/../preprocess_reference.h tests/unit/../support.h \
  tests/unit/../../engine/image/preprocess.h \
  tests/unit/../../engine/image/../error.h \
  tests/unit/../../engine/image/image.h \
  tests/unit/../../engine/kernels/kernels.h \
  tests/unit/../../engine/kernels/packing.h \
  tests/unit/../golden/pillow_resize.h

tests/unit/../preprocess_reference.h:

tests/unit/../support.h:

tests/unit/../../engine/image/preprocess.h:

tests/unit/../../engine/image/../error.h:

tests/unit/../../engine/image/image.h:

tests/unit/../../engine/kernels/kernels.h:

tests/unit/../../engine/kernels/packing.h:

tests/unit/../golden/pillow_resize.h:
