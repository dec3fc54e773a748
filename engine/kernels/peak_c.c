/* The most that portable C can do on this CPU: ten independent sums of four floats, which neither
 * memory nor the length of the multiply-add chain holds up. */
#include "tile_c.h"

double mn_peak_c(long rounds)
{
    enum { SUMS = 10 };
    const mn_float4 factor = {0.999999F, 0.999998F, 0.999997F, 0.999996F},
                    term = {1e-6F, 2e-6F, 3e-6F, 4e-6F};
    mn_float4 sums[SUMS] = {0};
    for (long round = 0; round < rounds; round++)
        for (int i = 0; i < SUMS; i++)
            sums[i] = sums[i] * factor + term;
    mn_float4 all = {0};
    for (int i = 0; i < SUMS; i++)
        all += sums[i];
    volatile float sink =
        all[0] + all[1] + all[2] + all[3]; /* or the compiler sees that nobody looks */
    (void)sink;
    return (double)rounds * SUMS * 8;
}
