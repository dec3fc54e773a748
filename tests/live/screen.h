/* What the tests of the window share: a window, something to show in it, and its screenshots.
 * Whatever goes wrong in here fails the test. */
#ifndef TESTS_LIVE_SCREEN_H
#define TESTS_LIVE_SCREEN_H

#include "../../app/screen/window.h"
#include "../../engine/image/bitmap.h"

enum { SCREEN_WIDTH = 640, SCREEN_HEIGHT = 480, SCREEN_MAX_BARS = 10 };

#define SCREEN_ASSETS "assets"
#define SCREEN_REGULAR "assets/DejaVuSans.ttf"
#define SCREEN_BOLD "assets/DejaVuSans-Bold.ttf"

/* Five classes from "military uniform" (0.9) to "academic gown" (0.08), steadied: "teapot". */
struct overlay_content screen_content(void);

struct window *screen_open(int width, int height);

void screen_show(struct window *window, const struct mn_image *video,
                 const struct overlay_content *content);

/* What window_screenshot() writes, as RGB24. */
void screen_shoot(struct window *window, struct mn_bitmap *shot);

/* R, G, B */
const uint8_t *screen_pixel(const struct mn_bitmap *shot, int x, int y);

/* A picture of one grey, RGB24. */
void screen_fill(struct mn_bitmap *picture, int width, int height, int level);

/* Lengths of the bars of a screenshot of SCREEN_WIDTH x SCREEN_HEIGHT, from top to bottom: the
 * longest run of a bar's colour in each group of neighbouring rows. Between headline and status
 * line only the bars have these colours. Returns how many there are. */
int screen_find_bars(const struct mn_bitmap *shot, int lengths[SCREEN_MAX_BARS]);

#endif
