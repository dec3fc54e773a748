#include "random.h"

#include <math.h>

/* SplitMix64 (Steele, Lea, Flood 2014): any two states are far apart after one step. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);

struct mn_random mn_random_of(uint64_t seed, enum mn_random_purpose purpose, uint64_t index)
{
    uint64_t state = mix(seed + golden);
    state = mix(state ^ ((uint64_t)purpose + 1) * golden);
    return (struct mn_random){mix(state + (index + 1) * golden)};
}

uint64_t mn_random_bits(struct mn_random *random)
{
    random->state += golden;
    return mix(random->state);
}

double mn_random_unit(struct mn_random *random)
{
    return (double)(mn_random_bits(random) >> 11) * 0x1p-53;
}

double mn_random_between(struct mn_random *random, double low, double high)
{
    return low + (high - low) * mn_random_unit(random);
}

int mn_random_below(struct mn_random *random, int count)
{
    return (int)(((mn_random_bits(random) >> 32) * (uint64_t)count) >> 32);
}

bool mn_random_chance(struct mn_random *random, double probability)
{
    return mn_random_unit(random) < probability;
}

double mn_random_normal(struct mn_random *random)
{
    /* Box and Muller 1958; 1 - u, so that the logarithm is of no zero */
    double radius = sqrt(-2 * log(1 - mn_random_unit(random)));
    return radius * cos(2 * 3.14159265358979323846 * mn_random_unit(random));
}

/* Gamma(shape, 1), by Marsaglia and Tsang 2000; a shape below 1 is raised by 1 and corrected. */
static double gamma_variate(struct mn_random *random, double shape)
{
    double raised = shape < 1 ? shape + 1 : shape;
    double d = raised - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = mn_random_normal(random), v = 1 + c * x;
        v = v * v * v;
        if (v <= 0)
            continue;
        double u = 1 - mn_random_unit(random);
        if (log(u) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v * (shape < 1 ? pow(1 - mn_random_unit(random), 1 / shape) : 1);
    }
}

double mn_random_beta(struct mn_random *random, double alpha)
{
    double a = gamma_variate(random, alpha), b = gamma_variate(random, alpha);
    return a + b > 0 ? a / (a + b) : 0.5;
}

void mn_random_shuffle(struct mn_random *random, int *items, int count)
{
    for (int i = count - 1; i > 0; i--) {
        int other = mn_random_below(random, i + 1), item = items[i];
        items[i] = items[other];
        items[other] = item;
    }
}
