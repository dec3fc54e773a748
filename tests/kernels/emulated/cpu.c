/* In the place of engine/kernels/cpu.c where AVX-512 is emulated: a CPU that has it, and nothing
 * else, so that the program's best level is the one under test. */
#include "../../../engine/kernels/cpu.h"

bool mn_cpu_has(enum mn_isa isa)
{
    return isa == MN_ISA_C || isa == MN_ISA_AVX512;
}
