/* What uvcsim tells the host about itself (USB 2.0, chapter 9; UVC 1.0, chapter 3). */
#ifndef UVC_DESCRIPTORS_H
#define UVC_DESCRIPTORS_H

#include <stdint.h>

enum { WIDTH = 640, HEIGHT = 480, MJPG = 1, YUYV = 2 /* the formats' indices */ };

#define LE16(x) (uint8_t)(x), (uint8_t)((x) >> 8)
#define LE32(x) LE16((x)&0xffff), LE16((uint32_t)(x) >> 16)
/* 15, 30 and 60 frames a second, in units of 100 ns */
#define FRAME_DESCRIPTOR(type, index, width, height)                                               \
    38, 0x24, type, index, 0, LE16(width), LE16(height), LE32((width) * (height)*16 * 15),         \
        LE32((width) * (height)*16 * 60), LE32((width) * (height)*2), LE32(333333), 3,             \
        LE32(166666), LE32(333333), LE32(666666)

enum {
    CONTROL_BYTES = 13 + 18 + 9,
    STREAMING_BYTES = 15 + 11 + 38 * 2 + 6 + 27 + 38 * 2 + 6,
    CONFIGURATION_BYTES = 9 + 8 + 9 + CONTROL_BYTES + 9 + STREAMING_BYTES + 7,
};

static const uint8_t device_descriptor[] = {
    18, 1, LE16(0x0200), 0xef, 2, 1, 64, LE16(0x1d6b), LE16(0x0102), LE16(0x0100), 1, 2, 0, 1};
static const uint8_t device_qualifier[] = {10, 6, LE16(0x0200), 0xef, 2, 1, 64, 1, 0};
/* clang-format off */
static const uint8_t configuration[] = {
    9, 2, LE16(CONFIGURATION_BYTES), 2, 1, 0, 0x80, 250,
    8, 11, 0, 2, 0x0e, 3, 0, 0,                                  /* both interfaces are one camera */
    9, 4, 0, 0, 0, 0x0e, 1, 0, 0,                                /* interface 0: control */
    13, 0x24, 1, LE16(0x0100), LE16(CONTROL_BYTES), LE32(48000000), 1, 1,
    18, 0x24, 2, 1, LE16(0x0201), 0, 0, LE16(0), LE16(0), LE16(0), 3, 0, 0, 0, /* the lens */
    9, 0x24, 3, 3, LE16(0x0101), 0, 1, 0,                        /* the way out */
    9, 4, 1, 0, 1, 0x0e, 2, 0, 0,                                /* interface 1: streaming */
    15, 0x24, 1, 2, LE16(STREAMING_BYTES), 0x81, 0, 3, 0, 0, 0, 1, 0, 0,
    11, 0x24, 6, MJPG, 2, 1, 1, 0, 0, 0, 0,
    FRAME_DESCRIPTOR(7, 1, WIDTH, HEIGHT), FRAME_DESCRIPTOR(7, 2, WIDTH / 2, HEIGHT / 2),
    6, 0x24, 0x0d, 1, 1, 4,
    27, 0x24, 4, YUYV, 2, 'Y', 'U', 'Y', '2', 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
        16, 1, 0, 0, 0, 0,
    FRAME_DESCRIPTOR(5, 1, WIDTH, HEIGHT), FRAME_DESCRIPTOR(5, 2, WIDTH / 2, HEIGHT / 2),
    6, 0x24, 0x0d, 1, 1, 4,                                      /* colours: BT.709, matrix 601 */
    7, 5, 0x81, 2, LE16(512), 0};                                /* endpoint 1: bulk, in */
/* clang-format on */
_Static_assert(sizeof configuration == CONFIGURATION_BYTES, "the lengths above are right");

#endif
