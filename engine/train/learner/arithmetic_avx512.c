#include "arithmetic_body.h"
#include "arithmetic_levels.h"

const struct mn_arithmetic *mn_arithmetic_avx512(void)
{
    return &table;
}
