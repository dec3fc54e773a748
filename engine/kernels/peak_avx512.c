/* The most that AVX-512 can do on this CPU: twelve independent chains of multiply-adds on
 * registers. */
#include "vector_avx512.h"

#include "peak.h"

double mn_peak_avx512(long rounds)
{
    return run_peak(rounds);
}
