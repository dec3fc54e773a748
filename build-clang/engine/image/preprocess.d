build-clang/engine/image/preprocess.o: engine/image/preprocess.c \
  engine/image/preprocess.h engine/image/../error.h engine/image/image.h \
  engine/image/../kernels/kernels.h engine/image/../kernels/packing.h \
  engine/image/taps.h

engine/image/preprocess.h:

engine/image/../error.h:

engine/image/image.h:

engine/image/../kernels/kernels.h:

engine/image/../kernels/packing.h:

engine/image/taps.h:
