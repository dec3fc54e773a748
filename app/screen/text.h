/* Text on the screen: strings become textures through SDL2_ttf and are kept while they are in use.
 *
 * All strings are rendered white and tinted while drawing, so one texture serves every colour. The
 * cache is small and forgets what was not drawn for longest: labels stay, and the few numbers that
 * change from frame to frame pass through. Belongs to the window's thread. */
#ifndef CAMLABEL_TEXT_H
#define CAMLABEL_TEXT_H

#include <stdbool.h>

#include "sdl.h"

#include "../../engine/base/error.h"

enum { TEXT_BYTES = 256 }; /* of a string with its end: longer ones are cut */

enum text_face { TEXT_REGULAR, TEXT_BOLD, TEXT_FACES };

struct text_style {
    enum text_face face;
    int size_px; /* of the em square */
    SDL_Color colour;
};

struct text;

/* Fonts come from `folder` and are held in memory. On MN_OK *text is the caller's. The renderer is
 * borrowed and must outlive it. */
enum mn_status text_open(struct text **text, const struct sdl *sdl, SDL_Renderer *renderer,
                         const char *folder, struct mn_error *error);
void text_close(struct text *text); /* NULL is fine */

/* Copies a string that came from a file into out: what is not UTF-8 becomes U+FFFD, control
 * characters become spaces, and what is too long ends in "…". */
void text_clean(char out[TEXT_BYTES], const char *string);

/* Are there glyphs for all of this clean string? Where the fonts of `folder` lack one, well-known
 * fonts of the system are looked for, and the first that has all is kept for this and all later
 * strings. */
bool text_provide(struct text *text, const char *string);

/* Height of a line, and width of a string, in px. The strings here and below are clean, and shorter
 * than TEXT_BYTES. */
int text_height(struct text *text, const struct text_style *style);
int text_width(struct text *text, const struct text_style *style, const char *string);

/* Draws with the upper left corner at x, y; what is wider than max_width_px is elided with "…".
 * Returns the width drawn, 0 where there is nothing to draw (or no room, or no memory). */
int text_draw(struct text *text, const struct text_style *style, const char *string, int x, int y,
              int max_width_px);

#endif
