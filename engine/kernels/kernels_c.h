/* Portable C's entries of the kernel table; contracts in kernels.h. */
#ifndef MN_KERNELS_C_H
#define MN_KERNELS_C_H

#include "kernels.h"

double mn_peak_c(long rounds);

void mn_conv3x3_c(const struct mn_conv_args *args);
size_t mn_conv3x3_packed_size_c(int in_channels, int out_channels);
void mn_conv3x3_pack_c(const float *weight, int in_channels, int out_channels, float *packed);

void mn_depthwise3x3_c(const struct mn_conv_args *args);
size_t mn_depthwise3x3_packed_size_c(int channels);
void mn_depthwise3x3_pack_c(const float *weight, int channels, float *packed);

void mn_pointwise_c(const struct mn_matmul_args *args);
size_t mn_pointwise_packed_size_c(int in_channels, int out_channels);
void mn_pointwise_pack_c(const float *weight, int in_channels, int out_channels, float *packed);

void mn_pool_c(const float *input, float *output, int pixels, int channels);

#endif
