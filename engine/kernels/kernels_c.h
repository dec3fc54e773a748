/* Portable C's entries of the kernel table; contracts in kernels.h. */
#ifndef MN_KERNELS_C_H
#define MN_KERNELS_C_H

#include "kernels.h"

enum { MN_PANEL_C = 8 };

double mn_peak_c(long rounds);
void mn_conv3x3_c(const struct mn_conv_args *args);
void mn_depthwise3x3_c(const struct mn_conv_args *args);
void mn_pointwise_c(const struct mn_matmul_args *args);
void mn_pool_c(const float *input, float *output, int pixels, int channels);

#endif
