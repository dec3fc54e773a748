/* Finds EXIF's orientation by walking the JPEG's segments and the first directory of the TIFF
 * inside; each offset is checked against what holds it. */
#include "orientation.h"

#include <stdbool.h>
#include <string.h>

struct tiff {
    const uint8_t *data;
    size_t bytes;
    bool is_big_endian;
};

/* 16 and 32 bit at an offset; 0 beyond the end. */
static unsigned get16(const struct tiff *tiff, size_t at)
{
    if (tiff->bytes < 2 || at > tiff->bytes - 2)
        return 0;
    const uint8_t *p = tiff->data + at;
    return tiff->is_big_endian ? (unsigned)(p[0] << 8 | p[1]) : (unsigned)(p[1] << 8 | p[0]);
}

static uint32_t get32(const struct tiff *tiff, size_t at)
{
    uint32_t a = get16(tiff, at), b = get16(tiff, at + 2);
    return tiff->is_big_endian ? a << 16 | b : b << 16 | a;
}

static int orientation_of_tiff(const uint8_t *data, size_t bytes)
{
    enum { ENTRY_BYTES = 12, TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3 };
    struct tiff tiff = {data, bytes, bytes > 0 && data[0] == 'M'};
    size_t directory = get32(&tiff, 4);
    if (directory >= bytes) /* also keeps the sums below from overflowing */
        return 1;
    unsigned entries = get16(&tiff, directory);
    for (unsigned i = 0; i < entries; i++) {
        size_t entry = directory + 2 + (size_t)i * ENTRY_BYTES;
        if (entry >= bytes)
            break;
        if (get16(&tiff, entry) == TAG_ORIENTATION && get16(&tiff, entry + 2) == TYPE_SHORT) {
            unsigned value = get16(&tiff, entry + 8);
            return value >= 1 && value <= 8 ? (int)value : 1;
        }
    }
    return 1;
}

int mn_orientation_of_jpeg(const uint8_t *data, size_t bytes)
{
    enum { APP1 = 0xe1, SCAN = 0xda };
    static const char signature[6] = "Exif\0"; /* and another 0 */
    size_t at = 2;                             /* after the start marker */
    while (at + 4 <= bytes && data[at] == 0xff && data[at + 1] != SCAN) {
        if (data[at + 1] == 0xff) { /* any number of them may stand before a marker */
            at++;
            continue;
        }
        size_t length = (size_t)data[at + 2] << 8 | data[at + 3]; /* counts itself */
        if (length < 2 || length > bytes - at - 2)
            break;
        const uint8_t *body = data + at + 4;
        if (data[at + 1] == APP1 && length - 2 >= sizeof signature &&
            memcmp(body, signature, sizeof signature) == 0)
            return orientation_of_tiff(body + sizeof signature, length - 2 - sizeof signature);
        at += 2 + length;
    }
    return 1;
}

struct mn_turn mn_turn_of(int degrees, bool hflip, bool vflip)
{
    struct mn_turn turn = {.transposed = degrees == 90 || degrees == 270,
                           .from_right = degrees == 180 || degrees == 270,
                           .from_bottom = degrees == 90 || degrees == 180};
    /* what is seen from left to right is a column where rows became columns */
    bool columns = turn.transposed ? vflip : hflip, rows = turn.transposed ? hflip : vflip;
    turn.from_right ^= columns;
    turn.from_bottom ^= rows;
    return turn;
}

/* EXIF names where the stored picture's first row and first column are seen. */
static struct mn_turn turn_of_orientation(int orientation)
{
    static const struct mn_turn turns[] = {
        [2] = {.from_right = true},
        [3] = {.from_right = true, .from_bottom = true},
        [4] = {.from_bottom = true},
        [5] = {.transposed = true},
        [6] = {.transposed = true, .from_bottom = true},
        [7] = {.transposed = true, .from_right = true, .from_bottom = true},
        [8] = {.transposed = true, .from_right = true},
    };
    return turns[orientation];
}

enum mn_status mn_orientation_apply(struct mn_bitmap *bitmap, int orientation,
                                    struct mn_error *error)
{
    if (orientation <= 1 || orientation > 8)
        return MN_OK;
    struct mn_turn turn = turn_of_orientation(orientation);
    const struct mn_image *from = &bitmap->image;
    struct mn_bitmap turned = {0};
    enum mn_status status =
        mn_bitmap_reserve(&turned, from->format, turn.transposed ? from->height : from->width,
                          turn.transposed ? from->width : from->height, error);
    if (status != MN_OK)
        return status;

    size_t pixel_bytes = from->format == MN_PIXEL_GREY ? 1 : 3;
    uint8_t *to = turned.pixels;
    for (int y = 0; y < turned.image.height; y++)
        for (int x = 0; x < turned.image.width; x++, to += pixel_bytes) {
            int column = turn.transposed ? y : x, row = turn.transposed ? x : y;
            column = turn.from_right ? from->width - 1 - column : column;
            row = turn.from_bottom ? from->height - 1 - row : row;
            memcpy(to,
                   from->plane[0] + (size_t)row * from->stride[0] + (size_t)column * pixel_bytes,
                   pixel_bytes);
        }
    mn_bitmap_free(bitmap);
    *bitmap = turned;
    return MN_OK;
}
