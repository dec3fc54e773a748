/* Every level's resampling entries of the kernel table; contracts in kernels.h. */
#ifndef MN_RESAMPLE_H
#define MN_RESAMPLE_H

#include "kernels.h"

void mn_resample_rows_c(const uint8_t *const *rows, const float *taps, int tap_count, float *output,
                        int count);
void mn_resample_columns_c(const struct mn_resample_args *args);

void mn_resample_rows_avx2(const uint8_t *const *rows, const float *taps, int tap_count,
                           float *output, int count);
void mn_resample_columns_avx2(const struct mn_resample_args *args);

void mn_resample_rows_neon(const uint8_t *const *rows, const float *taps, int tap_count,
                           float *output, int count);
void mn_resample_columns_neon(const struct mn_resample_args *args);

#endif
