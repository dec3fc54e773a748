/* Seeded chance. There is no generator that runs through a training: every use has one of its own,
 * made of the seed, what it is for and a number (epoch, picture, step). So a run that is resumed,
 * or has other threads, draws the same, and nothing of it needs to be saved. */
#ifndef MN_RANDOM_H
#define MN_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct mn_random {
    uint64_t state;
};

enum mn_random_purpose {
    MN_RANDOM_WEIGHTS, /* index: layer */
    MN_RANDOM_SPLIT,   /* index: class */
    MN_RANDOM_ORDER,   /* index: epoch */
    MN_RANDOM_SIZE,    /* index: step since the beginning */
    MN_RANDOM_PICTURE, /* index: position since the beginning, so epoch * pictures + place; of kept
                          features: step since the beginning */
    MN_RANDOM_MIX,     /* index: step since the beginning */
    MN_RANDOM_DROPOUT, /* index: step since the beginning */
    MN_RANDOM_TEST,
};

struct mn_random mn_random_of(uint64_t seed, enum mn_random_purpose purpose, uint64_t index);

uint64_t mn_random_bits(struct mn_random *random);
double mn_random_unit(struct mn_random *random); /* uniform in [0, 1) */
double mn_random_between(struct mn_random *random, double low, double high);
int mn_random_below(struct mn_random *random, int count); /* 0 … count - 1, count >= 1 */
bool mn_random_chance(struct mn_random *random, double probability);
double mn_random_normal(struct mn_random *random);             /* mean 0, standard deviation 1 */
double mn_random_beta(struct mn_random *random, double alpha); /* Beta(alpha, alpha), alpha > 0 */
void mn_random_shuffle(struct mn_random *random, int *items, int count);

#endif
