/* What is drawn over the video: top-5 with bars, the steadied label, model, rates, age of the
 * frame. */
#ifndef CAMLABEL_OVERLAY_H
#define CAMLABEL_OVERLAY_H

#include <stdbool.h>

#include "../pipeline/result.h"
#include "../pipeline/stats.h"

struct overlay_content {
    const char *model;  /* "mobilenet_v1_0.25_128" */
    const char *source; /* "Demo, 640x480, 30 fps" */
    bool has_result;    /* false until the first answer: says "waiting for the first answer" */
    struct result result;
    char *const *labels;         /* by class; NULL: the class number is shown */
    struct stats_snapshot stats; /* three rates */
    double frame_age_ms;         /* capture to screen of the frame on screen */
    const char *notice; /* a line across the window, or NULL ("camera unplugged, waiting") */
};

#endif
