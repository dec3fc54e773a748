/* Bytes are read, not mapped: a mapped file that shrinks while it plays would end us with SIGBUS.
 * What differs between the two kinds is one function that reads a frame. */
#include "clip.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../engine/image/jpeg.h"
#include "frame_pool.h"
#include "mjpeg.h"
#include "pipe.h"
#include "player.h"
#include "y4m.h"

static const double DEFAULT_FRAMERATE = 30;

struct clip;

/* Reads frame clip->index into the frame's bitmap, or *end. */
typedef enum mn_status clip_reader(struct clip *clip, struct mn_bitmap *bitmap, bool *end,
                                   struct mn_error *error);

struct clip {
    struct player player; /* first */
    char *name;           /* for messages; owned */
    FILE *file;
    struct pipe pipe; /* what the file reads from where is_pipe */
    bool is_pipe;
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
    return y4m_read_frame(&clip->y4m, clip->file, clip->name, clip->index, bitmap, end, error);
}

static enum mn_status read_mjpeg(struct clip *clip, struct mn_bitmap *bitmap, bool *end,
                                 struct mn_error *error)
{
    struct mjpeg_picture *picture = &clip->picture;
    enum mn_status status = mjpeg_read(picture, clip->file, clip->name, clip->index, end, error);
    if (status != MN_OK || *end)
        return status;
    char name[512];
    snprintf(name, sizeof name, "%.400s: frame %" PRIu64, clip->name, clip->index);
    return mn_jpeg_decode(clip->decoder, picture->bytes, picture->length, name, bitmap, error);
}

/* Back to the first frame. A file that has none any more has been changed under us. */
static enum mn_status rewind_clip(struct clip *clip, struct mn_error *error)
{
    if (clip->index == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: the clip has no frames", clip->name);
    clip->index = 0;
    if (fseeko(clip->file, clip->start, SEEK_SET) != 0)
        return mn_fail(error, MN_FAILED, "%s: cannot go back to its start: %s", clip->name,
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
    struct clip *clip = (struct clip *)player;
    clip->pipe.wake_fd = wake_fd; /* one frame of a file is not long */
    struct frame *taken = frame_pool_take(clip->pool);
    if (!taken) {
        mn_fail(error, MN_FAILED, "%s: not enough memory for a frame", clip->name);
        return SOURCE_ERROR;
    }
    bool end = false;
    struct mn_bitmap *bitmap = frame_pool_bitmap(taken);
    enum mn_status status = read_frame(clip, bitmap, &end, error);
    if (status != MN_OK || end) {
        frame_drop(taken);
        return clip->pipe.woken ? SOURCE_WOKEN : end ? SOURCE_END : SOURCE_ERROR;
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
    free(clip->name);
    free(clip);
}

/* Its length; UINT64_MAX of a pipe. The descriptor is the clip's, also where this fails. */
static enum mn_status open_stream(struct clip *clip, int fd, uint64_t *bytes,
                                  struct mn_error *error)
{
    struct stat status;
    bool is_known = fstat(fd, &status) == 0;
    clip->is_pipe = is_known && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
    clip->pipe.fd = fd;
    clip->file = clip->is_pipe ? pipe_open(&clip->pipe) : fdopen(fd, "rb");
    if (!clip->file)
        close(fd);
    if (!clip->file || !is_known)
        return mn_fail(error, MN_FAILED, "%s: cannot be read: %s", clip->name, strerror(errno));
    *bytes = clip->is_pipe ? UINT64_MAX : (uint64_t)status.st_size;
    if (!clip->is_pipe && !S_ISREG(status.st_mode))
        return mn_fail(error, MN_BAD_INPUT, "%s: a clip comes from a file or through a pipe",
                       clip->name);
    if (*bytes == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: the file is empty", clip->name);
    return MN_OK;
}

static enum mn_status open_file(struct clip *clip, const char *path, uint64_t *bytes,
                                struct mn_error *error)
{
    bool is_standard_input = strcmp(path, "-") == 0;
    clip->name = strdup(is_standard_input ? "standard input" : path);
    if (!clip->name)
        return mn_fail(error, MN_FAILED, "%s: not enough memory for a clip", path);
    /* not blocking: a FIFO is waited for where the waiting can be woken */
    int fd = is_standard_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                               : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: %s", clip->name, strerror(errno));
    return open_stream(clip, fd, bytes, error);
}

/* A first frame that is longer than the file needs no memory to be refused. */
static enum mn_status open_y4m(struct clip *clip, uint64_t bytes, struct mn_error *error)
{
    enum mn_status status = y4m_read_header(&clip->y4m, clip->file, clip->name, error);
    if (status != MN_OK)
        return status;
    clip->read = read_y4m;
    clip->start = clip->is_pipe ? 0 : ftello(clip->file);
    size_t frame_bytes = mn_image_bytes(clip->y4m.format, clip->y4m.width, clip->y4m.height);
    if (clip->start < 0 || bytes < (uint64_t)clip->start + frame_bytes)
        return mn_fail(error, MN_BAD_INPUT, "%s: the file is cut short in frame 0", clip->name);
    return MN_OK;
}

static enum mn_status open_mjpeg(struct clip *clip, struct mn_error *error)
{
    clip->read = read_mjpeg;
    clip->decoder = mn_jpeg_decoder_new();
    return clip->decoder
               ? MN_OK
               : mn_fail(error, MN_FAILED, "%s: not enough memory for a JPEG decoder", clip->name);
}

/* One byte is enough: what it begins as is checked where it is read, and a pipe can give no more of
 * them back. */
static enum mn_status sniff(struct clip *clip, uint64_t bytes, struct mn_error *error)
{
    int first = getc(clip->file);
    if (first == EOF)
        return mn_fail(error, ferror(clip->file) ? MN_FAILED : MN_BAD_INPUT, "%s: %s", clip->name,
                       ferror(clip->file) ? strerror(errno) : "nothing came");
    ungetc(first, clip->file);
    if (first == 'Y')
        return open_y4m(clip, bytes, error);
    if (first == 0xff)
        return open_mjpeg(clip, error);
    return mn_fail(error, MN_BAD_INPUT,
                   "%s: neither Y4M nor MJPEG; convert it: ffmpeg -i IN -pix_fmt yuv420p OUT.y4m, "
                   "or through a pipe: ffmpeg -i IN -f mjpeg - | camlabel live --input -",
                   clip->name);
}

static void describe(struct clip *clip, const struct source_pacing *pacing, double framerate)
{
    char *text = clip->player.source.description;
    size_t size = sizeof clip->player.source.description;
    const struct mn_image *image = &clip->player.pending->image;
    int length = snprintf(text, size, "%.100s, %dx%d %s", clip->name, image->width, image->height,
                          clip->read == read_y4m ? "Y4M" : "MJPEG");
    if (clip->player.frame_ns)
        snprintf(text + length, size - (size_t)length, ", %.4g fps",
                 player_framerate(pacing, framerate));
}

static enum mn_status start(struct clip *clip, const char *path, const struct source_pacing *pacing,
                            struct mn_error *error)
{
    uint64_t bytes = 0;
    enum mn_status status = open_file(clip, path, &bytes, error);
    if (status == MN_OK)
        status = sniff(clip, bytes, error);
    if (status != MN_OK)
        return status;
    double framerate = clip->y4m.framerate > 0 ? clip->y4m.framerate : DEFAULT_FRAMERATE;
    player_open(&clip->player, pacing, framerate);
    if (clip->is_pipe && !pacing->as_fast_as_possible && pacing->framerate <= 0)
        player_follow(&clip->player);
    clip->once = clip->is_pipe || pacing->once;
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
    clip->pipe = (struct pipe){.fd = -1, .wake_fd = -1};
    if (pacing->patience_s > 0)
        clip->pipe.until_ns = monotonic_ns() + (int64_t)(fmin(pacing->patience_s, 1e9) * 1e9);
    clip->pool = frame_pool_new();
    enum mn_status status =
        clip->pool ? start(clip, path, pacing, error)
                   : mn_fail(error, MN_FAILED, "%s: not enough memory for a clip", path);
    clip->pipe.until_ns = 0;
    if (clip->pipe.late)
        status =
            mn_fail(error, MN_FAILED, "%s: no whole frame came in %g s; is its writer running?",
                    clip->name, pacing->patience_s);
    if (status != MN_OK) {
        clip_close(&clip->player.source);
        return status;
    }
    *source = &clip->player.source;
    return MN_OK;
}
