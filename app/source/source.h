/* Where frames come from: one contract for camera, pictures, clips and the demo.
 *
 * A source is used by one thread (the capture thread), but the frames it gave may be dropped on any
 * thread, also after close(): close() gives up the source's own use, and what frames still borrow
 * lives until the last of them is dropped. */
#ifndef CAMLABEL_SOURCE_H
#define CAMLABEL_SOURCE_H

#include <stdbool.h>

#include "../../engine/base/error.h"
#include "frame.h"

enum source_status {
    SOURCE_FRAME, /* *frame is the caller's use of a new frame */
    SOURCE_END,   /* no more frames will come (only with `once`, or of a pipe) */
    SOURCE_WOKEN, /* wake_fd became readable before a frame was there */
    SOURCE_ERROR, /* *error says what happened; no more frames will come */
};

struct source {
    char description[160]; /* for the user: "Simulated UVC camera, 640x480 MJPG, 30 fps" */
    /* Waits for the next frame, or until wake_fd (any pollable descriptor) is readable; never
     * longer. Does not read wake_fd. */
    enum source_status (*next)(struct source *source, int wake_fd, struct frame **frame,
                               struct mn_error *error);
    void (*close)(struct source *source);
};

/* How sources that are not cameras keep time. */
struct source_pacing {
    double framerate;         /* frames a second; 0: the source's own */
    bool as_fast_as_possible; /* do not wait: the taker sets the pace */
    bool once;                /* end after the last frame instead of starting again */
    double patience_s;        /* with a pipe until its first frame; 0: any */
};

#endif
