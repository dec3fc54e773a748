/* A frame: a counted loan of pixels.
 *
 * Whoever produced the pixels (a camera's buffer, a decoded picture) lends them; every thread that
 * keeps the frame holds one use of it. When the last use ends, the pixels go back to their
 * producer. Nothing is copied. */
#ifndef CAMLABEL_FRAME_H
#define CAMLABEL_FRAME_H

#include <stdatomic.h>
#include <stdint.h>

#include "../../engine/image/image.h"

struct frame {
    struct mn_image image; /* read only */
    uint64_t number;       /* counts from 0 at the source; gaps are frames that never reached us */
    int64_t captured_ns;   /* CLOCK_MONOTONIC: when the picture was taken, or would have been */
    int64_t pts_ns;    /* the same on the source's own clock: a clip's goes by its frames, however
                          fast they are read. Above 0, and growing */
    const char *truth; /* what it shows, where the source knows (the demo); else NULL. Static */
    const char *file;  /* of a picture; else NULL. The source's */
    atomic_int uses;   /* 1 when it comes from source->next() */
    void (*release)(
        struct frame *frame); /* gives pixels and frame back; called once, on any thread */
    void *owner;              /* the producer's */
};

struct frame *frame_hold(struct frame *frame); /* one more use; returns frame */
void frame_drop(struct frame *frame);          /* one use less; NULL is fine */

#endif
