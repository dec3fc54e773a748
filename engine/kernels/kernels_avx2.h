/* AVX2's entries of the kernel table (with FMA); contracts in kernels.h. */
#ifndef MN_KERNELS_AVX2_H
#define MN_KERNELS_AVX2_H

#include "kernels.h"

double mn_peak_avx2(long rounds);

void mn_conv3x3_avx2(const struct mn_conv_args *args);
size_t mn_conv3x3_packed_size_avx2(int in_channels, int out_channels);
void mn_conv3x3_pack_avx2(const float *weight, int in_channels, int out_channels, float *packed);

void mn_depthwise3x3_avx2(const struct mn_conv_args *args);

void mn_pointwise_avx2(const struct mn_matmul_args *args);
size_t mn_pointwise_packed_size_avx2(int in_channels, int out_channels);
void mn_pointwise_pack_avx2(const float *weight, int in_channels, int out_channels, float *packed);

#endif
