/* Which rectangle of a picture becomes the training picture. */
#ifndef MN_CROP_H
#define MN_CROP_H

#include <stdbool.h>

#include "../base/random.h"

/* In px of the picture; may be mirrored on the way. */
struct mn_box {
    double left, top, width, height;
    bool hflip, vflip;
};

/* The largest square in the middle. */
struct mn_box mn_box_centre(int width, int height);
/* That square, moved by whole px, at most `pad` either way: it may reach out of the picture. */
struct mn_box mn_box_moved(struct mn_random *random, int pad, int width, int height);
/* A rectangle of a random area and aspect ratio (Szegedy et al. 2014), the middle where ten tries
 * give none that fits. */
struct mn_box mn_box_resized(struct mn_random *random, const double scale[2], const double ratio[2],
                             int width, int height);

#endif
