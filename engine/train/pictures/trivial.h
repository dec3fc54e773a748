/* TrivialAugment, wide (Müller and Hutter 2021): one of fourteen operations at a random strength.
 */
#ifndef MN_TRIVIAL_H
#define MN_TRIVIAL_H

#include <stdint.h>

#include "../base/random.h"

enum { MN_TRIVIAL_OPERATIONS = 14, MN_TRIVIAL_STRENGTHS = 31 };

/* "identity", "shear x" … */
const char *mn_trivial_name(int operation);

/* One operation on rgb [size][size][3], in place; strength 0 … MN_TRIVIAL_STRENGTHS - 1, `negative`
 * for those that have two directions. `room` has the picture's size. */
void mn_trivial_apply(int operation, int strength, bool negative, uint8_t *rgb, uint8_t *room,
                      int size);

/* A random one. */
void mn_trivial(struct mn_random *random, uint8_t *rgb, uint8_t *room, int size);

#endif
