/* AVX-512's entries of the kernel table; contracts in kernels.h. */
#ifndef MN_KERNELS_AVX512_H
#define MN_KERNELS_AVX512_H

#include "kernels.h"

enum { MN_VECTOR_AVX512 = 16, MN_PANEL_AVX512 = 32 };

double mn_peak_avx512(long rounds);
void mn_conv3x3_avx512(const struct mn_conv_args *args);
void mn_depthwise3x3_avx512(const struct mn_conv_args *args);
void mn_pointwise_avx512(const struct mn_matmul_args *args);

#endif
