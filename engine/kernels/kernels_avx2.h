/* AVX2's entries of the kernel table (with FMA); contracts in kernels.h. */
#ifndef MN_KERNELS_AVX2_H
#define MN_KERNELS_AVX2_H

#include "kernels.h"

enum { MN_VECTOR_AVX2 = 8, MN_PANEL_AVX2 = 16 };

double mn_peak_avx2(long rounds);
void mn_conv3x3_avx2(const struct mn_conv_args *args);
void mn_depthwise3x3_avx2(const struct mn_conv_args *args);
void mn_pointwise_avx2(const struct mn_matmul_args *args);

#endif
