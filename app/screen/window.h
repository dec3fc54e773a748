/* The window: video, overlay, keys. SDL stays inside app/screen. All calls from the thread that
 * opened it, but window_wake(). One window at a time. */
#ifndef CAMLABEL_WINDOW_H
#define CAMLABEL_WINDOW_H

#include <stdbool.h>

#include "../../engine/base/error.h"
#include "../../engine/image/image.h"
#include "overlay.h"

struct window;

struct window_settings {
    const char *title; /* NULL: "camlabel" */
    int width, height; /* px; of the first picture, fitted to the desktop. 0: as window_show()'s
                          first picture turns out. The user can resize the window */
    bool fullscreen;
    bool offscreen;     /* draw in memory, for screenshots where there is no screen */
    const char *assets; /* folder of font and icon */
};

enum window_event {
    WINDOW_WOKEN,      /* window_wake() was called, or the window must be drawn again */
    WINDOW_QUIT,       /* closed, or q or Escape pressed */
    WINDOW_SCREENSHOT, /* s pressed */
};

/* Is there a screen to open a window on: X11, Wayland, or a console with KMS? SDL_VIDEODRIVER,
 * where set, is believed. False otherwise; *why (static) then says what is missing. */
bool window_possible(const char **why);

/* On MN_OK *window is the caller's. Errors: MN_FAILED, with what SDL says or the font file that is
 * missing. */
enum mn_status window_open(struct window **window, const struct window_settings *settings,
                           struct mn_error *error);
void window_close(struct window *window); /* NULL is fine */

/* Finds fonts for these class names, also the system's: the first of them that still cannot be
 * written with all its characters, or NULL. */
const char *window_unwritable(struct window *window, char *const *labels, int count);

/* Sleeps until something happens. Keys that only concern the window (f: full screen, o: overlay on
 * and off, h: help) are handled inside, and answer WINDOW_WOKEN where a picture is to be drawn. */
enum window_event window_wait(struct window *window);

/* Makes window_wait() return WINDOW_WOKEN. Any thread; wakes collapse into one. */
void window_wake(struct window *window);

/* Draws the video (letterboxed) with the overlay, and shows it. Neither is kept. Does not wait for
 * the screen's refresh. */
enum mn_status window_show(struct window *window, const struct mn_image *video,
                           const struct overlay_content *content, struct mn_error *error);

/* Writes what window_show() showed last as PNG, in the window's size: it is drawn once more, so
 * only who asks for a screenshot pays for it. */
enum mn_status window_screenshot(struct window *window, const char *path, struct mn_error *error);

#endif
