/* The tables of arithmetic.h, one per instruction set; those of another processor are not built. */
#ifndef MN_ARITHMETIC_LEVELS_H
#define MN_ARITHMETIC_LEVELS_H

#include "arithmetic.h"

const struct mn_arithmetic *mn_arithmetic_c(void);
const struct mn_arithmetic *mn_arithmetic_avx2(void);
const struct mn_arithmetic *mn_arithmetic_avx512(void);

#endif
