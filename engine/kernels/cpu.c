/* On x86 the compiler's own question to the CPU, which also asks whether the system saves the
 * registers (XGETBV); on Arm the system's list of what programs may use. */
#include "cpu.h"

#ifdef __arm__
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

bool mn_cpu_has(enum mn_isa isa)
{
#ifdef __x86_64__
    if (isa == MN_ISA_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (isa == MN_ISA_AVX512)
        return mn_cpu_has(MN_ISA_AVX2) && __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq");
#endif
#ifdef __aarch64__
    if (isa == MN_ISA_NEON)
        return true; /* part of the architecture */
#endif
#ifdef __arm__
    if (isa == MN_ISA_NEON)
        return (getauxval(AT_HWCAP) & HWCAP_NEON) && (getauxval(AT_HWCAP) & HWCAP_VFPv4);
#endif
    return isa == MN_ISA_C;
}
