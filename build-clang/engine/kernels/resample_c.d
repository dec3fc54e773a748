build-clang/engine/kernels/resample_c.o: engine/kernels/resample_c.c \
  engine/kernels/resample.h engine/kernels/kernels.h \
  engine/kernels/packing.h

engine/kernels/resample.h:

engine/kernels/kernels.h:

engine/kernels/packing.h:
