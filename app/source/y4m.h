/* Y4M, the raw video of the mjpegtools: a line of text, then frames, each behind a line of its own
 * (https://wiki.multimedia.cx/index.php/YUV4MPEG2). 8 bits, 4:2:0 or grey. */
#ifndef CAMLABEL_Y4M_H
#define CAMLABEL_Y4M_H

#include <stdbool.h>
#include <stdio.h>

#include "../../engine/image/bitmap.h"

struct y4m {
    enum mn_pixel_format format; /* MN_PIXEL_I420 or MN_PIXEL_GREY */
    int width, height;           /* px; a picture of that size can be held */
    double framerate;            /* frames a second; 0: the file does not say */
    enum mn_yuv_matrix matrix;   /* no field of the file: BT.709 from 720 lines on, as players do */
    enum mn_yuv_range range;     /* limited unless the file says full */
};

/* Does a file that starts with these bytes claim to be Y4M? */
bool y4m_is(const uint8_t *start, size_t bytes);

/* Reads the first line. `name` is for messages. Errors: MN_BAD_INPUT for what is no Y4M or of a
 * kind that is not read; MN_FAILED for reading. */
enum mn_status y4m_read_header(struct y4m *y4m, FILE *file, const char *name,
                               struct mn_error *error);

/* Reads the next frame, number `index` of the file, into the bitmap and points its image at it.
 * *end: there was none, the file ends here as it should. Errors: MN_BAD_INPUT for a frame that is
 * cut short or does not begin as a frame; MN_FAILED for memory and reading. */
enum mn_status y4m_read_frame(const struct y4m *y4m, FILE *file, const char *name, uint64_t index,
                              struct mn_bitmap *bitmap, bool *end, struct mn_error *error);

#endif
