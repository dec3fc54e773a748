/* Frame n shows the scene at n / framerate, and not at the time of the clock: so a seed gives the
 * same frames on a machine that cannot keep up. */
#include "demo.h"

#include <stdio.h>
#include <stdlib.h>

#include "../cards/cards.h"
#include "frame_pool.h"
#include "player.h"

enum { DEFAULT_WIDTH = 640, DEFAULT_HEIGHT = 480 };

static const double DEFAULT_FRAMERATE = 30;

struct demo {
    struct player player; /* first */
    int width, height;
    double framerate;
    uint64_t number; /* of the next frame */
    uint64_t end;    /* the number after the last; 0: goes on for ever */
    struct cards_scene *scene;
    struct frame_pool *pool;
};

static enum source_status demo_produce(struct player *player, int wake_fd, struct frame **frame,
                                       struct mn_error *error)
{
    (void)wake_fd; /* drawing a frame is not long */
    struct demo *demo = (struct demo *)player;
    if (demo->end && demo->number == demo->end)
        return SOURCE_END;
    struct frame *taken = frame_pool_take(demo->pool);
    struct mn_bitmap *bitmap = taken ? frame_pool_bitmap(taken) : NULL;
    if (!taken || mn_bitmap_reserve(bitmap, MN_PIXEL_RGB24, demo->width, demo->height, error)) {
        frame_drop(taken);
        mn_fail(error, MN_FAILED, "demo: not enough memory for a frame; choose a smaller size");
        return SOURCE_ERROR;
    }
    double time_s = (double)demo->number / demo->framerate;
    taken->truth = cards_name(cards_scene_draw(demo->scene, time_s, bitmap->pixels));
    taken->image = bitmap->image;
    taken->number = demo->number++;
    *frame = taken;
    return SOURCE_FRAME;
}

static void demo_close(struct source *source)
{
    struct demo *demo = (struct demo *)source;
    player_close(&demo->player);
    frame_pool_close(demo->pool);
    cards_scene_free(demo->scene);
    free(demo);
}

static bool side_fits(int side)
{
    return side >= CARDS_MIN_SIDE && side <= CARDS_MAX_SIDE;
}

enum mn_status demo_open(struct source **source, const struct demo_settings *settings,
                         struct mn_error *error)
{
    int width = settings->width ? settings->width : DEFAULT_WIDTH;
    int height = settings->height ? settings->height : DEFAULT_HEIGHT;
    if (!side_fits(width) || !side_fits(height))
        return mn_fail(error, MN_BAD_INPUT,
                       "demo: cannot draw %dx%d pixels; choose a width and height from %d to %d",
                       width, height, CARDS_MIN_SIDE, CARDS_MAX_SIDE);
    struct demo *demo = calloc(1, sizeof *demo);
    if (!demo)
        return mn_fail(error, MN_FAILED, "demo: not enough memory");
    demo->player.source.close = demo_close;
    demo->player.produce = demo_produce;
    player_open(&demo->player, &settings->pacing, DEFAULT_FRAMERATE);
    demo->width = width;
    demo->height = height;
    demo->framerate = player_framerate(&settings->pacing, DEFAULT_FRAMERATE);
    if (settings->pacing.once) {
        demo->end = (uint64_t)(CARDS_ROUND_S * demo->framerate + 0.5);
        demo->end += demo->end == 0;
    }
    demo->scene = cards_scene_new(settings->seed, width, height);
    demo->pool = frame_pool_new();
    if (!demo->scene || !demo->pool) {
        demo_close(&demo->player.source);
        return mn_fail(error, MN_FAILED, "demo: not enough memory; choose a smaller size");
    }
    snprintf(demo->player.source.description, sizeof demo->player.source.description,
             "Demo, %dx%d, %.4g fps", width, height, demo->framerate);
    *source = &demo->player.source;
    return MN_OK;
}
