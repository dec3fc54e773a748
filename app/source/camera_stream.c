/* The stream is counted: its owner and every lent buffer hold it.
 *
 * Six buffers: one is on the screen, one in the mailbox, one with the classifier, one was just
 * taken, and two stay with the driver so that it never has to wait for us. A driver that gives
 * fewer makes us copy, it does not make us stop.
 *
 * The lock also fences QBUF, which may come from any thread, against closing the descriptor. */
#include "camera_stream.h"

#include <errno.h>
#include <libv4l2.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

enum { STREAM_BUFFERS = 6, STREAM_QUEUED_MIN = 2 };

struct stream_buffer {
    struct frame frame; /* while it is lent; first, so that a frame leads back to its buffer */
    struct camera_stream *stream;
    uint32_t index;
    void *start; /* mapped; NULL if not */
    size_t length;
    bool lent;
};

struct camera_stream {
    pthread_mutex_t lock; /* guards device.fd, holders, queued, fault, and what is lent */
    struct camera_device device;
    int holders; /* the owner and every lent buffer */
    int queued;  /* buffers with the driver */
    int fault;   /* errno of a QBUF that failed when a frame was dropped; 0 if none did */
    uint32_t count;
    struct stream_buffer buffers[STREAM_BUFFERS];
};

static int stream_ioctl(int fd, unsigned long request, void *argument)
{
    int result;
    do
        result = v4l2_ioctl(fd, request, argument);
    while (result < 0 && errno == EINTR);
    return result < 0 ? errno : 0;
}

static struct v4l2_buffer describe_buffer(uint32_t index)
{
    return (struct v4l2_buffer){
        .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
        .memory = V4L2_MEMORY_MMAP,
        .index = index,
    };
}

static void unmap_buffer(struct stream_buffer *buffer)
{
    if (buffer->start)
        v4l2_munmap(buffer->start, buffer->length);
    buffer->start = NULL;
}

/* The lock must be held. */
static int queue_buffer(struct camera_stream *stream, uint32_t index)
{
    struct v4l2_buffer buffer = describe_buffer(index);
    int code = stream_ioctl(stream->device.fd, VIDIOC_QBUF, &buffer);
    if (code == 0)
        stream->queued++;
    return code;
}

static int map_buffer(struct camera_stream *stream, uint32_t index)
{
    struct v4l2_buffer buffer = describe_buffer(index);
    int code = stream_ioctl(stream->device.fd, VIDIOC_QUERYBUF, &buffer);
    if (code != 0)
        return code;
    void *start =
        v4l2_mmap(NULL, buffer.length, PROT_READ, MAP_SHARED, stream->device.fd, buffer.m.offset);
    if (start == MAP_FAILED)
        return errno;
    stream->buffers[index].start = start;
    stream->buffers[index].length = buffer.length;
    return 0;
}

static int request_buffers(struct camera_stream *stream)
{
    struct v4l2_requestbuffers request = {
        .count = STREAM_BUFFERS,
        .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
        .memory = V4L2_MEMORY_MMAP,
    };
    int code = stream_ioctl(stream->device.fd, VIDIOC_REQBUFS, &request);
    if (code != 0)
        return code;
    if (request.count == 0)
        return ENOMEM;
    /* a driver may give more than it was asked for */
    stream->count = request.count < STREAM_BUFFERS ? request.count : STREAM_BUFFERS;
    return 0;
}

static int start_streaming(struct camera_stream *stream)
{
    int code = request_buffers(stream);
    for (uint32_t i = 0; code == 0 && i < stream->count; i++)
        code = map_buffer(stream, i);
    for (uint32_t i = 0; code == 0 && i < stream->count; i++)
        code = queue_buffer(stream, i);
    if (code != 0)
        return code;
    enum v4l2_buf_type type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return stream_ioctl(stream->device.fd, VIDIOC_STREAMON, &type);
}

static enum mn_status check_lengths(const struct camera_stream *stream, size_t needed,
                                    struct mn_error *error)
{
    for (uint32_t i = 0; i < stream->count; i++)
        if (stream->buffers[i].length < needed)
            return mn_fail(error, MN_FAILED,
                           "%s: the driver's buffers have %zu bytes, its pictures %zu; try another "
                           "--format or size",
                           stream->device.path, stream->buffers[i].length, needed);
    return MN_OK;
}

enum mn_status camera_stream_open(struct camera_stream **result, struct camera_device *device,
                                  size_t needed, struct mn_error *error)
{
    struct camera_stream *stream = calloc(1, sizeof *stream);
    if (!stream || pthread_mutex_init(&stream->lock, NULL) != 0) {
        free(stream);
        return mn_fail(error, MN_FAILED, "%s: not enough memory to capture", device->path);
    }
    stream->device = *device;
    stream->holders = 1;
    for (uint32_t i = 0; i < STREAM_BUFFERS; i++) {
        stream->buffers[i].stream = stream;
        stream->buffers[i].index = i;
    }
    int code = start_streaming(stream);
    enum mn_status status = code ? camera_device_fail(device, code, "starting to capture", error)
                                 : check_lengths(stream, needed, error);
    device->fd = -1;
    if (status != MN_OK) {
        camera_stream_close(stream);
        return status;
    }
    *result = stream;
    return MN_OK;
}

/* One hold less; the last one frees. The lock must be held, and is not afterwards. */
static void let_go(struct camera_stream *stream)
{
    bool last = --stream->holders == 0;
    pthread_mutex_unlock(&stream->lock);
    if (last) {
        pthread_mutex_destroy(&stream->lock);
        free(stream);
    }
}

/* The lock must be held. */
static void stop_streaming(struct camera_stream *stream)
{
    enum v4l2_buf_type type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    stream_ioctl(stream->device.fd, VIDIOC_STREAMOFF, &type);
    for (uint32_t i = 0; i < STREAM_BUFFERS; i++)
        if (!stream->buffers[i].lent)
            unmap_buffer(&stream->buffers[i]);
    /* A mapping keeps the device open beyond close(), and busy. Giving the buffers up makes it free
     * (since Linux 5.0; before, when the last frame is dropped). A plain system call, because
     * libv4l2 refuses this while buffers are mapped. */
    struct v4l2_requestbuffers none = {
        .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
        .memory = V4L2_MEMORY_MMAP,
    };
    ioctl(stream->device.fd, VIDIOC_REQBUFS, &none);
    camera_device_close(&stream->device);
}

void camera_stream_close(struct camera_stream *stream)
{
    if (!stream)
        return;
    pthread_mutex_lock(&stream->lock);
    stop_streaming(stream);
    let_go(stream);
}

int camera_stream_fd(const struct camera_stream *stream)
{
    return stream->device.fd;
}

bool camera_stream_ready(const struct camera_stream *stream)
{
    struct pollfd device = {.fd = stream->device.fd, .events = POLLIN};
    return poll(&device, 1, 0) == 1 && device.revents & POLLIN;
}

int camera_stream_take(struct camera_stream *stream, struct v4l2_buffer *buffer)
{
    pthread_mutex_lock(&stream->lock);
    int code = stream->fault;
    pthread_mutex_unlock(&stream->lock);
    if (code != 0)
        return code;
    *buffer = describe_buffer(0);
    /* not under the lock: where libv4l2 converts, this takes long */
    code = stream_ioctl(stream->device.fd, VIDIOC_DQBUF, buffer);
    if (code != 0)
        return code;
    if (buffer->index >= stream->count)
        return EIO; /* a driver that names a buffer it never gave */
    pthread_mutex_lock(&stream->lock);
    stream->queued--;
    pthread_mutex_unlock(&stream->lock);
    return 0;
}

const uint8_t *camera_stream_pixels(const struct camera_stream *stream, uint32_t index,
                                    size_t *length)
{
    *length = stream->buffers[index].length;
    return stream->buffers[index].start;
}

int camera_stream_requeue(struct camera_stream *stream, uint32_t index)
{
    pthread_mutex_lock(&stream->lock);
    int code = queue_buffer(stream, index);
    pthread_mutex_unlock(&stream->lock);
    return code;
}

/* The `release` of a lent frame. */
static void take_back(struct frame *frame)
{
    struct stream_buffer *buffer = (struct stream_buffer *)frame;
    struct camera_stream *stream = buffer->stream;
    pthread_mutex_lock(&stream->lock);
    buffer->lent = false;
    if (stream->device.fd >= 0) {
        int code = queue_buffer(stream, buffer->index);
        if (code != 0)
            stream->fault = code; /* for the capture thread to report */
    } else {
        unmap_buffer(buffer);
    }
    let_go(stream);
}

struct frame *camera_stream_lend(struct camera_stream *stream, uint32_t index)
{
    pthread_mutex_lock(&stream->lock);
    bool enough = stream->queued >= STREAM_QUEUED_MIN;
    if (enough) {
        stream->holders++;
        stream->buffers[index].lent = true;
    }
    pthread_mutex_unlock(&stream->lock);
    if (!enough)
        return NULL;
    struct frame *frame = &stream->buffers[index].frame;
    *frame = (struct frame){.release = take_back, .owner = stream};
    atomic_init(&frame->uses, 1);
    return frame;
}
