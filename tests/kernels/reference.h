/* What a kernel should compute, in double precision and as plainly as it can be written. */
#ifndef TESTS_KERNEL_REFERENCE_H
#define TESTS_KERNEL_REFERENCE_H

#include "cases.h"

/* value[outputs]: before the clamp. magnitude[outputs]: the same sum of absolute values, the scale
 * of rounding errors. weight is not packed: [out][in][3][3], [channels][1][3][3] or [out][in]. */
void kernel_reference(const struct kernel_case *shape, const float *input, const float *weight,
                      const float *bias, double *value, double *magnitude);

#endif
