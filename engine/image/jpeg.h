/* JPEG pictures and MJPEG frames through libjpeg-turbo: also those of webcams, without Huffman
 * tables. */
#ifndef MN_JPEG_H
#define MN_JPEG_H

#include "bitmap.h"

struct mn_jpeg_decoder; /* kept from frame to frame; belongs to one thread */

struct mn_jpeg_decoder *mn_jpeg_decoder_new(void); /* NULL when memory runs out */
void mn_jpeg_decoder_free(struct mn_jpeg_decoder *decoder);

/* Decodes to RGB24, or GREY where the picture is grey. `name` is for messages. A truncated or
 * corrupt picture is MN_BAD_INPUT, also where libjpeg would only warn: a half-grey frame must not
 * be classified. MN_FAILED for memory. */
enum mn_status mn_jpeg_decode(struct mn_jpeg_decoder *decoder, const uint8_t *data, size_t bytes,
                              const char *name, struct mn_bitmap *bitmap, struct mn_error *error);

/* The same, made smaller while decoding where that is cheap: 2, 4 or 8 times, as long as the
 * shorter side stays at least `least_side` px; 0: never. Needs that much less memory and time. */
enum mn_status mn_jpeg_decode_reduced(struct mn_jpeg_decoder *decoder, const uint8_t *data,
                                      size_t bytes, const char *name, int least_side,
                                      struct mn_bitmap *bitmap, struct mn_error *error);

#endif
