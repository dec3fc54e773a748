/* The demo: scenes that our own code draws, with known truth; for whoever has no camera. */
#ifndef CAMLABEL_DEMO_H
#define CAMLABEL_DEMO_H

#include "source.h"

struct demo_settings {
    uint64_t seed;               /* the same seed shows the same frames, however they are paced */
    int width, height;           /* px, 32 … 4096; 0: 640 and 480 */
    struct source_pacing pacing; /* its own rate is 30 frames a second; `once`: all twelve
                                    pictograms once */
};

/* Frames are RGB24 and carry their truth, a name of cards.h. On MN_OK *source is the caller's, to
 * be closed with source->close(). MN_BAD_INPUT for a size that cannot be, MN_FAILED for
 * memory. */
enum mn_status demo_open(struct source **source, const struct demo_settings *settings,
                         struct mn_error *error);

#endif
