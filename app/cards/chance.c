#include "chance.h"

/* splitmix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014 */
uint64_t chance_bits(struct chance *chance)
{
    uint64_t z = (chance->state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

struct chance chance_seed(uint64_t seed, uint64_t purpose)
{
    struct chance chance = {seed};
    chance.state = chance_bits(&chance) ^ purpose;
    chance.state = chance_bits(&chance);
    return chance;
}

float chance_between(struct chance *chance, float low, float high)
{
    float unit = (float)(chance_bits(chance) >> 40) / 16777216.0f; /* 24 bits are exact */
    return low + (high - low) * unit;
}

int chance_below(struct chance *chance, int count)
{
    return (int)(((chance_bits(chance) >> 32) * (uint64_t)count) >> 32);
}

int chance_of(struct chance *chance, float probability)
{
    return chance_between(chance, 0, 1) < probability;
}

/* One channel of HSV to RGB: the distance of the hue (in sixths of the circle) from this channel's.
 */
static uint32_t hue_channel(float hue, float centre, float saturation, float value)
{
    float away = hue - centre;
    if (away < 0)
        away = -away;
    if (away > 3)
        away = 6 - away;
    float pure = away < 1 ? 1 : away < 2 ? 2 - away : 0;
    return (uint32_t)(255 * value * (1 - saturation + saturation * pure) + 0.5f);
}

uint32_t chance_colour(struct chance *chance, float saturation_low, float saturation_high,
                       float value_low, float value_high)
{
    float hue = chance_between(chance, 0, 6);
    float saturation = chance_between(chance, saturation_low, saturation_high);
    float value = chance_between(chance, value_low, value_high);
    return hue_channel(hue, 0, saturation, value) << 16 |
           hue_channel(hue, 2, saturation, value) << 8 | hue_channel(hue, 4, saturation, value);
}

static int32_t floor_to_int(float x)
{
    int32_t whole = (int32_t)x;
    return (float)whole > x ? whole - 1 : whole;
}

static float lattice(uint32_t seed, int32_t x, int32_t y)
{
    uint32_t h = seed ^ (uint32_t)x * 0x8da6b343u ^ (uint32_t)y * 0xd8163841u;
    h = (h ^ (h >> 15)) * 0x2c1b3c6du;
    h = (h ^ (h >> 12)) * 0x297a2d39u;
    return (float)(h >> 16) / 65535.0f;
}

static float ease(float x)
{
    return x * x * (3 - 2 * x);
}

/* The lattice column at x, between the two rows around y. */
static float lattice_between(uint32_t seed, int32_t x, int32_t row, float down)
{
    float north = lattice(seed, x, row), south = lattice(seed, x, row + 1);
    return north + (south - north) * down;
}

void chance_noise(uint32_t seed, float step, float y, float *value, int count)
{
    int32_t row = (int32_t)y, column = 0;
    float down = ease(y - (float)row);
    float west = lattice_between(seed, 0, row, down), east = lattice_between(seed, 1, row, down);
    for (int i = 0; i < count; i++) {
        float x = (float)i * step - (float)column;
        if (x >= 1) {
            column++;
            x -= 1;
            west = east;
            east = lattice_between(seed, column + 1, row, down);
        }
        value[i] = west + (east - west) * ease(x);
    }
}

float chance_sine(float turns)
{
    float t = turns - (float)floor_to_int(turns); /* [0, 1) */
    if (t > 0.75f)
        t -= 1;
    else if (t > 0.25f)
        t = 0.5f - t; /* the sine is symmetric about a quarter turn: [-1/4, 1/4] */
    float a = 6.2831853f * t, a2 = a * a;
    /* Taylor up to a^9: the next term is (pi/2)^11 / 11! = 3.6e-6 */
    return a * (1 - a2 / 6 * (1 - a2 / 20 * (1 - a2 / 42 * (1 - a2 / 72))));
}

float chance_cosine(float turns)
{
    return chance_sine(turns + 0.25f);
}
