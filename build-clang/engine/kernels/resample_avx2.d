build-clang/engine/kernels/resample_avx2.o: \
  engine/kernels/resample_avx2.c engine/kernels/resample.h \
  engine/kernels/kernels.h engine/kernels/packing.h

engine/kernels/resample.h:

engine/kernels/kernels.h:

engine/kernels/packing.h:
