/* Large pictures made smaller before they are kept: a network of 224 pixels sees no more of a photo
 * of 4000, and memory and decoding cost a tenth. */
#ifndef MN_SHRINK_H
#define MN_SHRINK_H

#include "../../image/bitmap.h"

/* Halves, thirds … an RGB24 or GREY picture, by whole blocks, as long as its shorter side stays at
 * least `side` px, and gives back memory that a much larger picture needed. 0: leaves it as it is.
 */
void mn_shrink(struct mn_bitmap *bitmap, int side);

#endif
