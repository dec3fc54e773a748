/* A list of names, and a pool of frames to decode into. A list of one name is decoded once: its
 * frame is kept, and lent again and again. */
#include "images.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../engine/image/picture_file.h"
#include "frame_pool.h"
#include "picture_list.h"
#include "player.h"

static const double FOLDER_FRAMERATE = 1, STILL_FRAMERATE = 25;

struct images {
    struct player player; /* first */
    struct frame_pool *pool;
    struct picture_list list;
    size_t position;     /* of the next picture in the list */
    size_t misses;       /* unreadable pictures since the last readable one */
    int told;            /* unreadable pictures that were named */
    uint64_t number;     /* of the next frame */
    struct frame *still; /* the decoded picture of a list of one; else NULL */
    bool once;
};

/* One more showing of the still: number and time of its own, pixels held from the still. */
struct showing {
    struct frame frame; /* first */
    struct frame *still;
};

static void end_showing(struct frame *frame)
{
    struct showing *showing = (struct showing *)frame;
    frame_drop(showing->still);
    free(showing);
}

static struct frame *show_still(struct frame *still)
{
    struct showing *showing = calloc(1, sizeof *showing);
    if (!showing)
        return NULL;
    showing->still = frame_hold(still);
    showing->frame.image = still->image;
    showing->frame.release = end_showing;
    atomic_init(&showing->frame.uses, 1);
    return &showing->frame;
}

/* Decodes one picture into a frame of the pool. */
static enum mn_status read_picture(struct images *images, const char *name, struct frame **frame,
                                   struct mn_error *error)
{
    struct frame *taken = frame_pool_take(images->pool);
    if (!taken)
        return mn_fail(error, MN_FAILED, "%s: not enough memory for a picture", name);
    struct mn_bitmap *bitmap = frame_pool_bitmap(taken);
    enum mn_status status = mn_picture_read(bitmap, name, error);
    if (status != MN_OK) {
        frame_drop(taken);
        return status;
    }
    taken->image = bitmap->image;
    *frame = taken;
    return MN_OK;
}

static enum source_status produce_still(struct images *images, struct frame **frame,
                                        struct mn_error *error)
{
    if (!images->still)
        read_picture(images, images->list.paths[0], &images->still, error);
    if (!images->still)
        return SOURCE_ERROR;
    *frame = show_still(images->still);
    if (!*frame) {
        mn_fail(error, MN_FAILED, "%s: not enough memory for a frame", images->list.paths[0]);
        return SOURCE_ERROR;
    }
    images->position++;
    (*frame)->number = images->number++;
    (*frame)->file = images->list.paths[0];
    return SOURCE_FRAME;
}

/* In the first round alone, and not a folder full of them. */
static void tell_skipped(struct images *images, const struct mn_error *why)
{
    enum { MOST = 10 };
    if (++images->told <= MOST)
        fprintf(stderr, "camlabel: %s; skipped\n", why->message);
    else if (images->told == MOST + 1)
        fputs("camlabel: and more pictures that cannot be read\n", stderr);
}

/* The next picture of a folder; an error is a picture to be skipped. */
static enum mn_status read_next(struct images *images, struct frame **frame, struct mn_error *error)
{
    const char *name = images->list.paths[images->position++];
    uint64_t number = images->number++;
    enum mn_status status = read_picture(images, name, frame, error);
    if (status != MN_OK) {
        images->misses++;
        if (number < images->list.count)
            tell_skipped(images, error);
        return status;
    }
    images->misses = 0;
    (*frame)->number = number;
    (*frame)->file = name;
    return MN_OK;
}

/* Says that all pictures failed, with the reason for the last of them. */
static enum source_status none_readable(const struct images *images, struct mn_error *error)
{
    struct mn_error last = *error;
    mn_fail(error, last.status, "none of the %zu pictures can be read, such as %.900s",
            images->list.count, last.message);
    return SOURCE_ERROR;
}

static enum source_status images_produce(struct player *player, int wake_fd, struct frame **frame,
                                         struct mn_error *error)
{
    struct images *images = (struct images *)player;
    for (;;) {
        if (images->position == images->list.count) {
            if (images->once)
                return SOURCE_END;
            images->position = 0;
        }
        if (images->list.count == 1)
            return produce_still(images, frame, error);
        if (read_next(images, frame, error) == MN_OK)
            return SOURCE_FRAME;
        if (images->misses >= images->list.count)
            return none_readable(images, error);
        if (wake_fd >= 0 && pace_woken(wake_fd))
            return SOURCE_WOKEN;
    }
}

static void images_close(struct source *source)
{
    struct images *images = (struct images *)source;
    player_close(&images->player);
    frame_drop(images->still);
    frame_pool_close(images->pool);
    picture_list_free(&images->list);
    free(images);
}

static void describe(struct images *images, const char *path, const struct source_pacing *pacing,
                     double framerate)
{
    char *text = images->player.source.description;
    size_t size = sizeof images->player.source.description;
    double rate = player_framerate(pacing, framerate);
    if (images->list.count == 1)
        snprintf(text, size, "%.120s, still, %.4g fps", images->list.paths[0], rate);
    else
        snprintf(text, size, "%.100s, %zu pictures, %.4g fps", path, images->list.count, rate);
}

static enum mn_status open_list(struct images *images, const char *path,
                                const struct source_pacing *pacing, struct mn_error *error)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: %s", path, strerror(errno));
    bool folder = S_ISDIR(status.st_mode);
    enum mn_status listed =
        (folder ? picture_list_folder : picture_list_one)(&images->list, path, error);
    if (listed != MN_OK)
        return listed;
    images->pool = frame_pool_new();
    if (!images->pool)
        return mn_fail(error, MN_FAILED, "%s: not enough memory for pictures", path);
    double framerate = folder ? FOLDER_FRAMERATE : STILL_FRAMERATE;
    images->once = pacing->once;
    player_open(&images->player, pacing, framerate);
    describe(images, path, pacing, framerate);
    return player_preload(&images->player, error);
}

enum mn_status images_open(struct source **source, const char *path,
                           const struct source_pacing *pacing, struct mn_error *error)
{
    struct images *images = calloc(1, sizeof *images);
    if (!images)
        return mn_fail(error, MN_FAILED, "%s: not enough memory for pictures", path);
    images->player.produce = images_produce;
    images->player.source.close = images_close;
    enum mn_status status = open_list(images, path, pacing, error);
    if (status != MN_OK) {
        images_close(&images->player.source);
        return status;
    }
    *source = &images->player.source;
    return MN_OK;
}
