/* What is drawn over the video: top-5 with bars, the steadied label, model, rates, age of the
 * answer.
 *
 *     ┌──────────────────────────────────────┐
 *     │ steadied label  97 %                 │
 *     │                                      │
 *     │ ───────────── notice ─────────────── │
 *     │ label   ▇▇▇▇▇▇▇▇▇▇▇▇    97.1 %       │
 *     │ label   ▇                2.0 %       │
 *     │ …                                    │
 *     │ model · source    three rates    age │
 *     └──────────────────────────────────────┘
 *
 * Everything stands on dark plates, so that it reads on any video. Sizes follow the window's
 * height. First the content is turned into the words that will stand there (and nothing of it is
 * kept), then the words are drawn, as often as wanted. */
#ifndef CAMLABEL_OVERLAY_H
#define CAMLABEL_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "../../engine/base/error.h"
#include "../pipeline/result.h"
#include "../pipeline/stats.h"

struct overlay_content {
    const char *model;    /* "mobilenet_v1_0.25_128" */
    const char *source;   /* "Demo, 640x480, 30 fps" */
    bool has_result;      /* false until the first answer: says "waiting for the first answer" */
    struct result result; /* also the answer's age: from picture taken to answer given, as age_ms */
    char *const *labels;  /* by class, UTF-8; NULL: "class 7" is shown */
    struct stats_snapshot stats; /* three rates */
    const char *notice;          /* a line across the window ("wrote camlabel-7.png"), or NULL */
};

/* The rest is between window and overlay. */

struct SDL_Renderer;
struct sdl;
struct overlay;

enum { OVERLAY_STATUS_MS = 250 /* rates and age change no more often, so that they can be read */ };

/* `folder` holds the fonts. On MN_OK *overlay is the caller's; sdl and renderer are borrowed
 * and must outlive it. */
enum mn_status overlay_open(struct overlay **overlay, const struct sdl *sdl,
                            struct SDL_Renderer *renderer, const char *folder,
                            struct mn_error *error);
/* Finds fonts for these class names: the first of them that cannot be written, or NULL. */
const char *overlay_unwritable(struct overlay *overlay, char *const *labels, int count);
void overlay_close(struct overlay *overlay); /* NULL is fine */

/* Takes over what the content says; now_ms is any clock that runs. */
void overlay_update(struct overlay *overlay, const struct overlay_content *content,
                    uint64_t now_ms);

enum overlay_parts {
    OVERLAY_CLASSES = 1, /* headline, rows, status */
    OVERLAY_HELP = 2,    /* the keys */
};

/* Draws what was last taken over (nothing before that) into a picture of width x height px. `parts`
 * is a sum of overlay_parts; the notice is always drawn. */
void overlay_draw(struct overlay *overlay, int width, int height, unsigned parts);

#endif
