/* From settings to a stream of frames.
 *
 *     settings -> device -> set up (modes, choice, format) -> stream -> frames
 *
 * next() waits in one poll for the camera and for the wake-up descriptor. A buffer that was cut
 * short or is no valid JPEG is dropped and counted; only when nothing else arrives for five seconds
 * is it an error. */
#include "camera.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../engine/image/jpeg.h"
#include "camera_device.h"
#include "camera_format.h"
#include "camera_setup.h"
#include "camera_stream.h"
#include "frame_pool.h"
#include "pace.h"
#include "sequence.h"

static const int64_t BROKEN_LIMIT_NS = INT64_C(5000000000);
/* An older time stamp is not believed: clocks wrap, and some drivers stamp with another one. */
static const int64_t STAMP_AGE_LIMIT_NS = INT64_C(10000000000);

struct camera {
    struct source source;        /* first: a source leads back to its camera */
    struct camera_device device; /* its fd moves to the stream */
    struct camera_stream *stream;
    struct camera_layout layout; /* of raw formats */
    bool jpeg;
    bool converted; /* by libv4l2, into memory that must not outlive the device */
    struct mn_jpeg_decoder *decoder;
    struct frame_pool *pool;
    struct sequence sequence;
    struct camera_counts counts;
    int64_t broken_since_ns; /* 0: the last frame was good */
};

static struct camera *as_camera(struct source *source)
{
    return (struct camera *)source;
}

struct camera_counts camera_counts(const struct source *camera)
{
    return ((const struct camera *)camera)->counts;
}

static void camera_close(struct source *source)
{
    struct camera *camera = as_camera(source);
    camera_stream_close(camera->stream);
    camera_device_close(&camera->device);
    frame_pool_close(camera->pool);
    mn_jpeg_decoder_free(camera->decoder);
    free(camera);
}

/* ---- frames ---- */

static int64_t capture_time(const struct v4l2_buffer *buffer)
{
    int64_t now = monotonic_ns();
    if ((buffer->flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) != V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
        return now;
    int64_t stamp =
        (int64_t)buffer->timestamp.tv_sec * 1000000000 + (int64_t)buffer->timestamp.tv_usec * 1000;
    return stamp > now || stamp < now - STAMP_AGE_LIMIT_NS ? now : stamp;
}

/* Copies a picture into a frame of the pool, plane by plane, without the padding of its rows. */
static enum mn_status copy_image(struct frame *frame, const struct mn_image *image,
                                 struct mn_error *error)
{
    struct mn_bitmap *bitmap = frame_pool_bitmap(frame);
    enum mn_status status =
        mn_bitmap_reserve(bitmap, image->format, image->width, image->height, error);
    if (status != MN_OK)
        return status;
    uint8_t *to = bitmap->pixels;
    for (int plane = 0; plane < 3; plane++) {
        size_t row_bytes = camera_plane_row_bytes(image->format, image->width, plane);
        int rows = camera_plane_rows(image->format, image->height, plane);
        for (int y = 0; y < rows; y++) {
            memcpy(to, image->plane[plane] + (size_t)y * image->stride[plane], row_bytes);
            to += row_bytes;
        }
    }
    frame->image = bitmap->image;
    frame->image.matrix = image->matrix;
    frame->image.range = image->range;
    return MN_OK;
}

/* The picture in a frame of the pool: decoded or copied. */
static enum mn_status fill_frame(struct camera *camera, struct frame *frame,
                                 const struct mn_image *image, const uint8_t *data, size_t bytes,
                                 struct mn_error *error)
{
    if (image)
        return copy_image(frame, image, error);
    struct mn_bitmap *bitmap = frame_pool_bitmap(frame);
    enum mn_status status =
        mn_jpeg_decode(camera->decoder, data, bytes, camera->device.path, bitmap, error);
    if (status == MN_OK)
        frame->image = bitmap->image;
    return status;
}

/* Fills a frame of the pool from a taken buffer and gives the buffer back to the driver.
 * MN_BAD_INPUT: a broken picture. `image` is NULL for a JPEG. */
static enum mn_status copy_buffer(struct camera *camera, uint32_t index,
                                  const struct mn_image *image, const uint8_t *data, size_t bytes,
                                  struct frame **frame, struct mn_error *error)
{
    struct frame *copy = frame_pool_take(camera->pool);
    enum mn_status status =
        copy ? fill_frame(camera, copy, image, data, bytes, error)
             : mn_fail(error, MN_FAILED, "%s: not enough memory for a frame", camera->device.path);
    int code = camera_stream_requeue(camera->stream, index);
    if (code != 0 && status != MN_FAILED)
        status = camera_device_fail(&camera->device, code, "giving a buffer back", error);
    if (status != MN_OK) {
        frame_drop(copy);
        return status;
    }
    camera->counts.copied++;
    *frame = copy;
    return MN_OK;
}

/* A buffer that is not worth looking at. */
static enum mn_status refuse_buffer(struct camera *camera, uint32_t index, const char *why,
                                    struct mn_error *error)
{
    int code = camera_stream_requeue(camera->stream, index);
    if (code != 0)
        return camera_device_fail(&camera->device, code, "giving a buffer back", error);
    return mn_fail(error, MN_BAD_INPUT, "%s: %s", camera->device.path, why);
}

/* MN_OK: *frame; MN_BAD_INPUT: the picture was broken; MN_FAILED: no more will come. The buffer has
 * been lent or given back in each case. */
static enum mn_status make_frame(struct camera *camera, const struct v4l2_buffer *buffer,
                                 struct frame **frame, struct mn_error *error)
{
    size_t length;
    const uint8_t *data = camera_stream_pixels(camera->stream, buffer->index, &length);
    size_t bytes = buffer->bytesused;
    if (buffer->flags & V4L2_BUF_FLAG_ERROR)
        return refuse_buffer(camera, buffer->index, "marked broken by the driver", error);
    if (bytes > length || (!camera->jpeg && bytes < camera->layout.bytes))
        return refuse_buffer(camera, buffer->index, "cut short", error);
    if (camera->jpeg)
        return copy_buffer(camera, buffer->index, NULL, data, bytes, frame, error);

    struct mn_image image;
    const struct camera_layout *layout = &camera->layout;
    mn_image_wrap(&image, layout->format, layout->width, layout->height, data, layout->stride);
    image.matrix = layout->matrix;
    image.range = layout->range;
    struct frame *lent =
        camera->converted ? NULL : camera_stream_lend(camera->stream, buffer->index);
    if (!lent)
        return copy_buffer(camera, buffer->index, &image, data, bytes, frame, error);
    camera->counts.lent++;
    lent->image = image;
    *frame = lent;
    return MN_OK;
}

/* Counts a broken frame; MN_FAILED when nothing else came for too long. *error says what was
 * wrong with it. */
static enum mn_status count_broken(struct camera *camera, struct mn_error *error)
{
    int64_t now = monotonic_ns();
    camera->counts.broken++;
    if (camera->broken_since_ns == 0)
        camera->broken_since_ns = now;
    if (now - camera->broken_since_ns < BROKEN_LIMIT_NS)
        return MN_OK;
    struct mn_error last = *error;
    return mn_fail(error, MN_FAILED,
                   "%s sends nothing but broken frames (%.300s): check the cable, or try another "
                   "--format or size",
                   camera->device.path, last.message);
}

/* SOURCE_FRAME: the camera has something to say. */
static enum source_status wait_for_buffer(struct camera *camera, int wake_fd,
                                          struct mn_error *error)
{
    struct pollfd fds[2] = {
        {.fd = camera_stream_fd(camera->stream), .events = POLLIN},
        {.fd = wake_fd, .events = POLLIN},
    };
    while (poll(fds, 2, -1) < 0)
        if (errno != EINTR && errno != EAGAIN) {
            camera_device_fail(&camera->device, errno, "waiting for a frame", error);
            return SOURCE_ERROR;
        }
    if (fds[1].revents)
        return SOURCE_WOKEN;
    if (!(fds[0].revents & POLLIN) && fds[0].revents & (POLLERR | POLLHUP | POLLNVAL)) {
        camera_device_fail(&camera->device, ENODEV, "waiting for a frame", error);
        return SOURCE_ERROR;
    }
    return SOURCE_FRAME;
}

/* Takes the next filled buffer; for JPEG the newest, and those before it go back undecoded. Returns
 * 0 or an errno. */
static int take_buffer(struct camera *camera, struct v4l2_buffer *buffer)
{
    int code = camera_stream_take(camera->stream, buffer);
    while (code == 0 && camera->jpeg && camera_stream_ready(camera->stream)) {
        sequence_next(&camera->sequence, buffer->sequence);
        camera->counts.stale++;
        code = camera_stream_requeue(camera->stream, buffer->index);
        if (code == 0)
            code = camera_stream_take(camera->stream, buffer);
    }
    return code;
}

static enum source_status camera_next(struct source *source, int wake_fd, struct frame **frame,
                                      struct mn_error *error)
{
    struct camera *camera = as_camera(source);
    for (;;) {
        enum source_status ready = wait_for_buffer(camera, wake_fd, error);
        if (ready != SOURCE_FRAME)
            return ready;
        struct v4l2_buffer buffer;
        int code = take_buffer(camera, &buffer);
        if (code == EAGAIN)
            continue;
        if (code != 0) {
            camera_device_fail(&camera->device, code, "capturing", error);
            return SOURCE_ERROR;
        }
        uint64_t number = sequence_next(&camera->sequence, buffer.sequence);
        int64_t captured_ns = capture_time(&buffer);
        enum mn_status status = make_frame(camera, &buffer, frame, error);
        if (status == MN_OK) {
            camera->broken_since_ns = 0;
            (*frame)->number = number;
            (*frame)->captured_ns = (*frame)->pts_ns = captured_ns;
            return SOURCE_FRAME;
        }
        if (status == MN_FAILED || count_broken(camera, error) == MN_FAILED)
            return SOURCE_ERROR;
    }
}

/* ---- opening ---- */

static enum mn_status read_wish(struct camera_wish *wish, const struct camera_settings *settings,
                                struct mn_error *error)
{
    *wish = (struct camera_wish){settings->width, settings->height, settings->framerate, 0};
    if (!settings->format)
        return MN_OK;
    wish->fourcc = camera_fourcc(settings->format);
    if (wish->fourcc)
        return MN_OK;
    return mn_fail(error, MN_BAD_INPUT,
                   "format \"%.32s\": a format has up to four characters, as YUYV or MJPG",
                   settings->format);
}

static void describe(struct camera *camera, const struct camera_setup *setup)
{
    char card[33], fourcc[5], rate[32] = "";
    const struct v4l2_capability *capability = &camera->device.capability;
    camera_device_text(card, sizeof card, capability->card, sizeof capability->card);
    camera_fourcc_text(setup->pix.pixelformat, fourcc);
    if (setup->framerate > 0)
        snprintf(rate, sizeof rate, ", %.4g fps", setup->framerate);
    snprintf(camera->source.description, sizeof camera->source.description, "%s, %ux%u %s%s", card,
             setup->pix.width, setup->pix.height, fourcc, rate);
}

static enum mn_status start(struct camera *camera, const struct camera_wish *wish,
                            struct mn_error *error)
{
    struct camera_setup setup;
    const char *path = camera->device.path;
    enum mn_status status = camera_set_up(&setup, &camera->device, wish, error);
    if (status != MN_OK)
        return status;
    describe(camera, &setup);
    camera->converted = setup.converted;
    camera->jpeg = camera_is_jpeg(setup.pix.pixelformat);
    camera->pool = frame_pool_new();
    if (camera->jpeg)
        camera->decoder = mn_jpeg_decoder_new();
    if (!camera->pool || (camera->jpeg && !camera->decoder))
        return mn_fail(error, MN_FAILED, "%s: not enough memory to capture", path);
    if (!camera->jpeg)
        status = camera_layout(&camera->layout, &setup.pix, path, error);
    if (status != MN_OK)
        return status;
    return camera_stream_open(&camera->stream, &camera->device, camera->layout.bytes, error);
}

enum mn_status camera_open(struct source **source, const struct camera_settings *settings,
                           struct mn_error *error)
{
    struct camera_wish wish;
    enum mn_status status = read_wish(&wish, settings, error);
    if (status != MN_OK)
        return status;
    struct camera *camera = calloc(1, sizeof *camera);
    if (!camera)
        return mn_fail(error, MN_FAILED, "not enough memory for a camera");
    camera->source.next = camera_next;
    camera->source.close = camera_close;
    camera->device.fd = -1;
    status = settings->device ? camera_device_open(&camera->device, settings->device, error)
                              : camera_device_open_first(&camera->device, error);
    if (status == MN_OK)
        status = start(camera, &wish, error);
    if (status != MN_OK) {
        camera_close(&camera->source);
        return status;
    }
    *source = &camera->source;
    return MN_OK;
}
