/* The compiler's own question to the CPU also asks whether the system saves the registers (XGETBV).
 */
#include "cpu.h"

bool mn_cpu_has(enum mn_isa isa)
{
#ifdef __x86_64__
    if (isa == MN_ISA_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (isa == MN_ISA_AVX512)
        return mn_cpu_has(MN_ISA_AVX2) && __builtin_cpu_supports("avx512f");
#endif
    return isa == MN_ISA_C;
}
