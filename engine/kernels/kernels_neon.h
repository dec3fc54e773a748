/* NEON's entries of the kernel table, for AArch64 and for 32-bit Arm with VFPv4; contracts in
 * kernels.h. */
#ifndef MN_KERNELS_NEON_H
#define MN_KERNELS_NEON_H

#include "kernels.h"

enum { MN_VECTOR_NEON = 4, MN_PANEL_NEON = 8 };

/* Depthwise keeps a panel's nine taps in registers: AArch64 has 32 of them, 32-bit Arm 16. */
#ifdef __aarch64__
enum { MN_DEPTHWISE_PANEL_NEON = 8 };
#else
enum { MN_DEPTHWISE_PANEL_NEON = 4 };
#endif

double mn_peak_neon(long rounds);
void mn_conv3x3_neon(const struct mn_conv_args *args);
void mn_depthwise3x3_neon(const struct mn_conv_args *args);
void mn_pointwise_neon(const struct mn_matmul_args *args);
void mn_pool_neon(const float *input, float *output, int pixels, int channels);

#endif
