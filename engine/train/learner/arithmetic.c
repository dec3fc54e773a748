#include "arithmetic.h"

#include "../../kernels/cpu.h"
#include "arithmetic_levels.h"

const struct mn_arithmetic *mn_arithmetic(void)
{
#ifdef __x86_64__
    if (mn_cpu_has(MN_ISA_AVX512))
        return mn_arithmetic_avx512();
    if (mn_cpu_has(MN_ISA_AVX2))
        return mn_arithmetic_avx2();
#endif
    return mn_arithmetic_c();
}
