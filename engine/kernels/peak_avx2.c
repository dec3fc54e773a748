/* The most that AVX2 and FMA can do on this CPU: twelve independent chains of multiply-adds on
 * registers. */
#include "vector_avx2.h"

#include "peak.h"

double mn_peak_avx2(long rounds)
{
    return run_peak(rounds);
}
