#include "window.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../engine/image/picture_file.h"
#include "sdl.h"
#include "video.h"

enum {
    SMALLEST_WIDTH = 240, /* px; below, the overlay cannot be read */
    SMALLEST_HEIGHT = 180,
    USUAL_WIDTH = 640, /* px; until the first picture says better */
    USUAL_HEIGHT = 480,
    PIXELS_MAX = 32767 /* of a side; SDL's rectangles and screens end there */
};

struct window {
    struct sdl sdl;
    SDL_Window *window;
    SDL_Renderer *renderer;
    struct video video;
    struct overlay *overlay;
    Uint32 wake_event;        /* type of the event that window_wake() pushes */
    atomic_bool wake_pending; /* it is in SDL's queue */
    bool fit_first;           /* the first picture decides the window's size */
    bool has_picture;         /* window_show() was called */
    bool draw_again;          /* an answer WINDOW_WOKEN is due */
    bool hide_overlay, show_help, fullscreen;
};

/* --- opening --- */

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && value[0];
}

static void set_hints(const struct sdl *sdl, bool offscreen)
{
    /* Ctrl-C belongs to the program */
    sdl->SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    /* other windows keep their shadows */
    sdl->SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    /* presenting must not hold up the loop, which on a hidden window may be for ever */
    sdl->SetHint(SDL_HINT_RENDER_VSYNC, "0");
    sdl->SetHint(SDL_HINT_APP_NAME, "camlabel");
    /* Real screens only: left to itself SDL falls back on drivers that show nothing. Without
     * XDG_RUNTIME_DIR there is no Wayland, but its library complains. SDL_VIDEODRIVER in the
     * environment wins over the first kind of hint, not over the second. */
    if (offscreen)
        sdl->SetHintWithPriority(SDL_HINT_VIDEODRIVER, "dummy", SDL_HINT_OVERRIDE);
    else
        sdl->SetHint(SDL_HINT_VIDEODRIVER,
                     is_set("XDG_RUNTIME_DIR") ? "x11,wayland,KMSDRM" : "x11,KMSDRM");
}

bool window_possible(const char **why)
{
    struct sdl sdl;
    struct mn_error error;
    if (sdl_load(&sdl, &error)) {
        *why = "SDL2 and SDL2_ttf are not installed";
        return false;
    }
    set_hints(&sdl, false);
    /* Stays open: an X server without a session starts anew when its last client leaves, and for
     * that while window_open() would not find it. */
    if (sdl.InitSubSystem(SDL_INIT_VIDEO) == 0) {
        *why = NULL;
        return true;
    }
    if (is_set("SDL_VIDEODRIVER"))
        *why = "SDL's video driver named by SDL_VIDEODRIVER does not start";
    else if (is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"))
        *why = "the display named by DISPLAY or WAYLAND_DISPLAY does not answer";
    else
        *why = "neither DISPLAY nor WAYLAND_DISPLAY is set, and there is no console to draw on";
    return false;
}

/* Makes the size fit the desktop, and large enough for the overlay. */
static void fit_size(const struct sdl *sdl, int *width, int *height)
{
    double w = *width, h = *height;
    SDL_Rect desktop;
    while (w < SMALLEST_WIDTH || h < SMALLEST_HEIGHT)
        w *= 2, h *= 2;
    if (sdl->GetDisplayUsableBounds(0, &desktop) == 0 && desktop.w > 0 && desktop.h > 0) {
        double scale = SDL_min(0.95 * desktop.w / w, 0.9 * desktop.h / h); /* room for its frame */
        if (scale < 1)
            w *= scale, h *= scale;
    }
    *width = SDL_clamp((int)w, SMALLEST_WIDTH, PIXELS_MAX);
    *height = SDL_clamp((int)h, SMALLEST_HEIGHT, PIXELS_MAX);
}

/* A window without icon is no reason to fail. */
static void set_icon(const struct window *window, const char *assets)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/icon.bmp", assets);
    SDL_Surface *icon = window->sdl.LoadBMP_RW(window->sdl.RWFromFile(path, "rb"), 1);
    if (icon)
        window->sdl.SetWindowIcon(window->window, icon);
    window->sdl.FreeSurface(icon);
}

static enum mn_status create(struct window *window, const struct window_settings *settings,
                             struct mn_error *error)
{
    bool known = settings->width > 0 && settings->height > 0;
    int width = known ? settings->width : USUAL_WIDTH;
    int height = known ? settings->height : USUAL_HEIGHT;
    Uint32 flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;

    if (settings->offscreen)
        window->sdl.Quit(); /* window_possible() may have found a screen */
    set_hints(&window->sdl, settings->offscreen);
    if (window->sdl.Init(SDL_INIT_VIDEO) != 0) /* no sound, no joysticks: they would be polled */
        return mn_fail(error, MN_FAILED, "no window: %s; use --headless", window->sdl.GetError());
    window->sdl.StopTextInput(); /* keys are keys, not input to a writing system */
    fit_size(&window->sdl, &width, &height);
    window->fit_first = !known;
    window->fullscreen = settings->fullscreen;
    window->window = window->sdl.CreateWindow(
        settings->title ? settings->title : "camlabel", SDL_WINDOWPOS_UNDEFINED,
        SDL_WINDOWPOS_UNDEFINED, width, height,
        flags | (settings->fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0));
    /* flags 0: the graphics card if there is one, else software */
    window->renderer = window->window ? window->sdl.CreateRenderer(window->window, -1, 0) : NULL;
    if (!window->renderer)
        return mn_fail(error, MN_FAILED, "no window: %s; use --headless", window->sdl.GetError());
    window->sdl.SetWindowMinimumSize(window->window, SMALLEST_WIDTH, SMALLEST_HEIGHT);
    window->sdl.ShowCursor(settings->fullscreen ? SDL_DISABLE : SDL_ENABLE);
    set_icon(window, settings->assets);
    window->video.sdl = &window->sdl;
    window->video.renderer = window->renderer;
    window->wake_event = window->sdl.RegisterEvents(1);
    if (window->wake_event == (Uint32)-1)
        return mn_fail(error, MN_FAILED, "SDL has no event left to wake the window; report this");
    return overlay_open(&window->overlay, &window->sdl, window->renderer, settings->assets, error);
}

enum mn_status window_open(struct window **out, const struct window_settings *settings,
                           struct mn_error *error)
{
    *out = NULL;
    struct window *window = calloc(1, sizeof *window);
    if (!window)
        return mn_fail(error, MN_FAILED, "no memory for the window; close other programs");
    if (sdl_load(&window->sdl, error)) {
        free(window);
        return error->status;
    }
    atomic_init(&window->wake_pending, false);
    if (create(window, settings, error)) {
        window_close(window);
        return error->status;
    }
    *out = window;
    return MN_OK;
}

void window_close(struct window *window)
{
    if (!window)
        return;
    overlay_close(window->overlay);
    video_close(&window->video);
    if (window->renderer)
        window->sdl.DestroyRenderer(window->renderer);
    if (window->window)
        window->sdl.DestroyWindow(window->window);
    window->sdl.Quit();
    free(window);
}

const char *window_unwritable(struct window *window, char *const *labels, int count)
{
    return overlay_unwritable(window->overlay, labels, count);
}

/* --- events --- */

void window_wake(struct window *window)
{
    if (atomic_exchange(&window->wake_pending, true))
        return;
    SDL_Event event = {.type = window->wake_event};
    if (window->sdl.PushEvent(&event) !=
        1) /* the queue is full, so window_wait() is awake: try again */
        atomic_store(&window->wake_pending, false);
}

static void toggle_fullscreen(struct window *window)
{
    bool wanted = !window->fullscreen;
    if (window->sdl.SetWindowFullscreen(window->window,
                                        wanted ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0) != 0)
        return;
    window->fullscreen = wanted;
    window->sdl.ShowCursor(wanted ? SDL_DISABLE : SDL_ENABLE);
}

/* What a key means to the caller; WINDOW_WOKEN where it only concerns the window. */
static enum window_event handle_key(struct window *window, const SDL_KeyboardEvent *key)
{
    if (key->repeat)
        return WINDOW_WOKEN;
    switch (key->keysym.sym) {
    case SDLK_q:
    case SDLK_ESCAPE:
        return WINDOW_QUIT;
    case SDLK_s:
        return WINDOW_SCREENSHOT;
    case SDLK_f:
        toggle_fullscreen(window);
        break;
    case SDLK_o:
        window->hide_overlay = !window->hide_overlay;
        break;
    case SDLK_h:
        window->show_help = !window->show_help;
        break;
    default:
        return WINDOW_WOKEN;
    }
    window->draw_again = true;
    return WINDOW_WOKEN;
}

static enum window_event handle(struct window *window, const SDL_Event *event)
{
    if (event->type == window->wake_event) {
        /* before the caller looks for news: what comes later pushes another event */
        atomic_store(&window->wake_pending, false);
        window->draw_again = true;
    } else if (event->type == SDL_QUIT) {
        return WINDOW_QUIT;
    } else if (event->type == SDL_KEYDOWN) {
        return handle_key(window, &event->key);
    } else if (event->type == SDL_WINDOWEVENT) {
        Uint8 what = event->window.event;
        if (what == SDL_WINDOWEVENT_CLOSE)
            return WINDOW_QUIT;
        if (what == SDL_WINDOWEVENT_EXPOSED || what == SDL_WINDOWEVENT_SIZE_CHANGED ||
            what == SDL_WINDOWEVENT_SHOWN || what == SDL_WINDOWEVENT_RESTORED)
            window->draw_again = true;
    }
    return WINDOW_WOKEN;
}

enum window_event window_wait(struct window *window)
{
    /* All that is queued is handled before anything is drawn, so a window dragged larger is drawn
     * once, not once for each step. */
    SDL_Event event;
    while (window->draw_again ? window->sdl.PollEvent(&event) : window->sdl.WaitEvent(&event)) {
        enum window_event answer = handle(window, &event);
        if (answer != WINDOW_WOKEN)
            return answer;
    }
    if (!window->draw_again)
        return WINDOW_QUIT; /* SDL_WaitEvent() failed: the screen is gone */
    window->draw_again = false;
    return WINDOW_WOKEN;
}

/* --- drawing --- */

static void compose(struct window *window, int width, int height)
{
    unsigned parts =
        (window->hide_overlay ? 0 : OVERLAY_CLASSES) | (window->show_help ? OVERLAY_HELP : 0);
    window->sdl.SetRenderDrawColor(window->renderer, 0, 0, 0, 255);
    window->sdl.RenderClear(window->renderer);
    video_draw(&window->video, width, height);
    overlay_draw(window->overlay, width, height, parts);
}

static void fit_to_picture(struct window *window, const struct mn_image *video)
{
    int width = video->turn.transposed ? video->height : video->width;
    int height = video->turn.transposed ? video->width : video->height;
    window->fit_first = false;
    fit_size(&window->sdl, &width, &height);
    if (!window->fullscreen)
        window->sdl.SetWindowSize(window->window, width, height);
}

/* Of what is drawn into, in its own pixels. */
static enum mn_status output_size(const struct window *window, int *width, int *height,
                                  struct mn_error *error)
{
    if (window->sdl.GetRendererOutputSize(window->renderer, width, height) == 0 && *width > 0 &&
        *height > 0)
        return MN_OK;
    return mn_fail(error, MN_FAILED, "the window's size is unknown: %s", window->sdl.GetError());
}

enum mn_status window_show(struct window *window, const struct mn_image *video,
                           const struct overlay_content *content, struct mn_error *error)
{
    int width, height;
    if (video_update(&window->video, video, error))
        return error->status;
    if (window->fit_first)
        fit_to_picture(window, video);
    overlay_update(window->overlay, content, window->sdl.GetTicks64());
    window->has_picture = true;
    if (output_size(window, &width, &height, error))
        return error->status;
    compose(window, width, height);
    window->sdl.RenderPresent(window->renderer);
    return MN_OK;
}

/* Draws into a texture of its own: what a window's hidden parts hold is for the graphics card to
 * decide. */
static int draw_aside(struct window *window, int width, int height, uint8_t *rgb)
{
    SDL_Texture *target = window->sdl.CreateTexture(window->renderer, SDL_PIXELFORMAT_ARGB8888,
                                                    SDL_TEXTUREACCESS_TARGET, width, height);
    int failed = target ? window->sdl.SetRenderTarget(window->renderer, target) : -1;
    if (!failed) {
        compose(window, width, height);
        failed = window->sdl.RenderReadPixels(window->renderer, NULL, SDL_PIXELFORMAT_RGB24, rgb,
                                              3 * width);
        window->sdl.SetRenderTarget(window->renderer, NULL);
    }
    if (target)
        window->sdl.DestroyTexture(target);
    return failed;
}

enum mn_status window_screenshot(struct window *window, const char *path, struct mn_error *error)
{
    int width, height;
    if (!window->has_picture)
        return mn_fail(error, MN_FAILED, "%s: no screenshot, because nothing was shown yet", path);
    if (output_size(window, &width, &height, error))
        return error->status;
    size_t bytes = width <= PIXELS_MAX && height <= PIXELS_MAX
                       ? mn_image_bytes(MN_PIXEL_RGB24, width, height)
                       : 0;
    uint8_t *rgb = bytes ? malloc(bytes) : NULL;
    if (!rgb)
        return mn_fail(error, MN_FAILED, "%s: no memory for a screenshot of %dx%d px", path, width,
                       height);
    enum mn_status status;
    if (draw_aside(window, width, height, rgb) != 0) {
        status = mn_fail(error, MN_FAILED, "%s: no screenshot: %s", path, window->sdl.GetError());
    } else {
        struct mn_image image;
        mn_image_wrap(&image, MN_PIXEL_RGB24, width, height, rgb, 0);
        status = mn_png_write(path, &image, error);
    }
    free(rgb);
    return status;
}
