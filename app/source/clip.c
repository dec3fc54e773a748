/* The file is read, not mapped: a mapped file that shrinks while it plays would end us with SIGBUS.
 * What differs between the two kinds is one function that reads a frame. */
#include "clip.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../engine/image/jpeg.h"
#include "frame_pool.h"
#include "mjpeg.h"
#include "player.h"
#include "y4m.h"

static const double DEFAULT_FRAMERATE = 30;

struct clip;

/* Reads frame clip->index into the frame's bitmap, or *end. */
typedef enum mn_status clip_reader(struct clip *clip, struct mn_bitmap *bitmap, bool *end,
                                   struct mn_error *error);

struct clip {
    struct player player; /* first */
    char *path;
    FILE *file;
    off_t start;     /* of the first frame in the file */
    uint64_t index;  /* of the next frame in the file */
    uint64_t number; /* of the next frame of the source */
    bool once;
    clip_reader *read;
    struct y4m y4m;
    struct mjpeg_picture picture;
    struct mn_jpeg_decoder *decoder; /* of MJPEG */
    struct frame_pool *pool;
};

static enum mn_status read_y4m(struct clip *clip, struct mn_bitmap *bitmap, bool *end,
                               struct mn_error *error)
{
    return y4m_read_frame(&clip->y4m, clip->file, clip->path, clip->index, bitmap, end, error);
}

static enum mn_status read_mjpeg(struct clip *clip, struct mn_bitmap *bitmap, bool *end,
                                 struct mn_error *error)
{
    struct mjpeg_picture *picture = &clip->picture;
    enum mn_status status = mjpeg_read(picture, clip->file, clip->path, clip->index, end, error);
    if (status != MN_OK || *end)
        return status;
    char name[512];
    snprintf(name, sizeof name, "%.400s: frame %" PRIu64, clip->path, clip->index);
    return mn_jpeg_decode(clip->decoder, picture->bytes, picture->length, name, bitmap, error);
}

/* Back to the first frame. A file that has none any more has been changed under us. */
static enum mn_status rewind_clip(struct clip *clip, struct mn_error *error)
{
    if (clip->index == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: the clip has no frames", clip->path);
    clip->index = 0;
    if (fseeko(clip->file, clip->start, SEEK_SET) != 0)
        return mn_fail(error, MN_FAILED, "%s: cannot go back to its start: %s", clip->path,
                       strerror(errno));
    return MN_OK;
}

/* Reads the next frame, the first one again after the last. *end: only with `once`. */
static enum mn_status read_frame(struct clip *clip, struct mn_bitmap *bitmap, bool *end,
                                 struct mn_error *error)
{
    for (;;) {
        enum mn_status status = clip->read(clip, bitmap, end, error);
        if (status != MN_OK || !*end)
            return status;
        if (clip->once && clip->index > 0)
            return MN_OK;
        status = rewind_clip(clip, error);
        if (status != MN_OK)
            return status;
    }
}

static enum source_status clip_produce(struct player *player, int wake_fd, struct frame **frame,
                                       struct mn_error *error)
{
    (void)wake_fd; /* one frame of a file is not long */
    struct clip *clip = (struct clip *)player;
    struct frame *taken = frame_pool_take(clip->pool);
    if (!taken) {
        mn_fail(error, MN_FAILED, "%s: not enough memory for a frame", clip->path);
        return SOURCE_ERROR;
    }
    bool end = false;
    struct mn_bitmap *bitmap = frame_pool_bitmap(taken);
    enum mn_status status = read_frame(clip, bitmap, &end, error);
    if (status != MN_OK || end) {
        frame_drop(taken);
        return end ? SOURCE_END : SOURCE_ERROR;
    }
    clip->index++;
    taken->image = bitmap->image;
    taken->number = clip->number++;
    *frame = taken;
    return SOURCE_FRAME;
}

static void clip_close(struct source *source)
{
    struct clip *clip = (struct clip *)source;
    player_close(&clip->player);
    frame_pool_close(clip->pool);
    mn_jpeg_decoder_free(clip->decoder);
    free(clip->picture.bytes);
    if (clip->file)
        fclose(clip->file);
    free(clip->path);
    free(clip);
}

static enum mn_status open_file(struct clip *clip, off_t *bytes, struct mn_error *error)
{
    clip->file = fopen(clip->path, "rbe");
    struct stat status;
    if (!clip->file || fstat(fileno(clip->file), &status) != 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: %s", clip->path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return mn_fail(error, MN_BAD_INPUT, "%s: a clip must be a regular file", clip->path);
    if (status.st_size == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: the file is empty", clip->path);
    *bytes = status.st_size;
    return MN_OK;
}

/* A first frame that is longer than the file needs no memory to be refused. */
static enum mn_status open_y4m(struct clip *clip, off_t file_bytes, struct mn_error *error)
{
    enum mn_status status = y4m_read_header(&clip->y4m, clip->file, clip->path, error);
    if (status != MN_OK)
        return status;
    clip->read = read_y4m;
    clip->start = ftello(clip->file);
    size_t frame_bytes = mn_image_bytes(clip->y4m.format, clip->y4m.width, clip->y4m.height);
    if (clip->start < 0 || (uint64_t)file_bytes < (uint64_t)clip->start + frame_bytes)
        return mn_fail(error, MN_BAD_INPUT, "%s: the file is cut short in frame 0", clip->path);
    return MN_OK;
}

static enum mn_status open_mjpeg(struct clip *clip, struct mn_error *error)
{
    clip->read = read_mjpeg;
    clip->decoder = mn_jpeg_decoder_new();
    return clip->decoder
               ? MN_OK
               : mn_fail(error, MN_FAILED, "%s: not enough memory for a JPEG decoder", clip->path);
}

static enum mn_status sniff(struct clip *clip, off_t file_bytes, struct mn_error *error)
{
    uint8_t start[16];
    size_t bytes = fread(start, 1, sizeof start, clip->file);
    if (ferror(clip->file) || fseeko(clip->file, 0, SEEK_SET) != 0)
        return mn_fail(error, MN_FAILED, "%s: reading failed: %s", clip->path, strerror(errno));
    if (y4m_is(start, bytes))
        return open_y4m(clip, file_bytes, error);
    if (mjpeg_is(start, bytes))
        return open_mjpeg(clip, error);
    return mn_fail(error, MN_BAD_INPUT,
                   "%s: neither Y4M nor MJPEG; convert it: ffmpeg -i IN -pix_fmt yuv420p OUT.y4m",
                   clip->path);
}

static void describe(struct clip *clip, const struct source_pacing *pacing, double framerate)
{
    const struct mn_image *image = &clip->player.pending->image;
    snprintf(clip->player.source.description, sizeof clip->player.source.description,
             "%.100s, %dx%d %s, %.4g fps", clip->path, image->width, image->height,
             clip->read == read_y4m ? "Y4M" : "MJPEG", player_framerate(pacing, framerate));
}

static enum mn_status start(struct clip *clip, const struct source_pacing *pacing,
                            struct mn_error *error)
{
    off_t file_bytes = 0;
    enum mn_status status = open_file(clip, &file_bytes, error);
    if (status == MN_OK)
        status = sniff(clip, file_bytes, error);
    if (status != MN_OK)
        return status;
    double framerate = clip->y4m.framerate > 0 ? clip->y4m.framerate : DEFAULT_FRAMERATE;
    player_open(&clip->player, pacing, framerate);
    status = player_preload(&clip->player, error);
    if (status == MN_OK)
        describe(clip, pacing, framerate);
    return status;
}

enum mn_status clip_open(struct source **source, const char *path,
                         const struct source_pacing *pacing, struct mn_error *error)
{
    struct clip *clip = calloc(1, sizeof *clip);
    if (!clip)
        return mn_fail(error, MN_FAILED, "%s: not enough memory for a clip", path);
    clip->player.produce = clip_produce;
    clip->player.source.close = clip_close;
    clip->once = pacing->once;
    clip->path = strdup(path);
    clip->pool = frame_pool_new();
    enum mn_status status =
        clip->path && clip->pool
            ? start(clip, pacing, error)
            : mn_fail(error, MN_FAILED, "%s: not enough memory for a clip", path);
    if (status != MN_OK) {
        clip_close(&clip->player.source);
        return status;
    }
    *source = &clip->player.source;
    return MN_OK;
}
