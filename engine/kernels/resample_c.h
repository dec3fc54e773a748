/* Portable C's resampling entries of the kernel table; contracts in kernels.h. */
#ifndef MN_RESAMPLE_C_H
#define MN_RESAMPLE_C_H

#include <stdint.h>

void mn_resample_rows_c(const uint8_t *const *rows, const float *taps, int tap_count, float *output,
                        int count);
void mn_resample_columns_c(const float *row, const int *first, const float *taps, int tap_count,
                           int step, float *output, int width);

#endif
