/* Is a line of text in a screenshot? A search that knows fonts and colours of the overlay, but not
 * its layout: the string is rendered in every size, and laid over every place of the picture. */
#ifndef TESTS_LIVE_FIND_TEXT_H
#define TESTS_LIVE_FIND_TEXT_H

#include <stdbool.h>

#include "../../engine/image/image.h"

/* picture: RGB24. Bright text on a dark plate is found in all of it, 9 … 40 px large. `font` is the
 * file of its face. */
bool find_text(const struct mn_image *picture, const char *font, const char *string);

#endif
