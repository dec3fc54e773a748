/* 16-bit floating point numbers of model files, widened to float32. Both are exact. */
#ifndef MN_HALF_H
#define MN_HALF_H

#include <stdint.h>

/* IEEE 754 binary16 */
float mn_half_to_float(uint16_t bits);

/* bfloat16: the upper half of a float32 */
float mn_bfloat16_to_float(uint16_t bits);

#endif
