/* A camera's buffers, streaming: the driver fills them in turn, and they are lent without a copy.
 *
 * A lent buffer goes back to the driver when the last use of its frame is dropped, on any thread.
 * After camera_stream_close() the device is free for others at once; only the memory of lent
 * buffers lives on, until the last of them is dropped. */
#ifndef CAMLABEL_CAMERA_STREAM_H
#define CAMLABEL_CAMERA_STREAM_H

#include <linux/videodev2.h>
#include <stdbool.h>

#include "../../engine/base/error.h"
#include "camera_device.h"
#include "frame.h"

struct camera_stream;

/* Maps the buffers and starts the device, whose format must be set, and owns it from now on:
 * device->fd is taken out of *device, on an error of the driver's as well. `needed` bytes must fit
 * into each buffer. */
enum mn_status camera_stream_open(struct camera_stream **stream, struct camera_device *device,
                                  size_t needed, struct mn_error *error);
void camera_stream_close(struct camera_stream *stream); /* NULL is fine */

int camera_stream_fd(const struct camera_stream *stream); /* readable when a buffer is filled */

/* Is a filled buffer waiting now? */
bool camera_stream_ready(const struct camera_stream *stream);

/* Takes the next filled buffer: buffer->index, bytesused, flags, sequence and timestamp are set.
 * Returns 0 or an errno; EAGAIN if none is filled. The buffer is to be requeued or lent. */
int camera_stream_take(struct camera_stream *stream, struct v4l2_buffer *buffer);

/* The pixels of a taken buffer; *length is what is mapped of it. */
const uint8_t *camera_stream_pixels(const struct camera_stream *stream, uint32_t index,
                                    size_t *length);

/* Gives a taken buffer back to the driver. Returns 0 or an errno. */
int camera_stream_requeue(struct camera_stream *stream, uint32_t index);

/* Makes a taken buffer a frame with one use, the caller's; number, time and image are for him to
 * fill. NULL when too few buffers would be left for the driver: then copy and requeue. */
struct frame *camera_stream_lend(struct camera_stream *stream, uint32_t index);

#endif
