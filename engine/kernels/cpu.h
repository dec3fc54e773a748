/* What this CPU, and this system on it, can run. */
#ifndef MN_CPU_H
#define MN_CPU_H

#include <stdbool.h>

#include "kernels.h"

/* The instruction set is there and the system saves its registers. A level means: avx2 with FMA;
 * avx512 F, VL, BW, DQ; neon with fused multiply-add. */
bool mn_cpu_has(enum mn_isa isa);

#endif
