/* Reads the header into a struct bmp in which everything has been checked against the file's
 * length; what unpacks the rows afterwards needs no checks but the palette's. */
#include "bmp.h"

#include <stdbool.h>

enum {
    FILE_HEADER = 14,
    INFO_HEADER = 40, /* the shortest one known here; later versions append */
    MASKS = FILE_HEADER + INFO_HEADER,
    UNCOMPRESSED = 0,
    BITFIELDS = 3,
};

struct bmp {
    const char *name;
    int width, height, bits;
    bool is_top_down;
    unsigned palette_count;
    const uint8_t *palette; /* [palette_count][4]: B G R 0 */
    const uint8_t *pixels;  /* rows as they follow in the file */
    size_t stride;
    int red, green, blue; /* their bytes in a pixel of 24 or 32 bits */
};

static unsigned get16(const uint8_t *p)
{
    return (unsigned)(p[0] | p[1] << 8);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)get16(p) | (uint32_t)get16(p + 2) << 16;
}

static enum mn_status cut_short(const char *name, struct mn_error *error)
{
    return mn_fail(error, MN_BAD_INPUT, "%s: damaged or cut short (BMP)", name);
}

static enum mn_status unknown_kind(const char *name, struct mn_error *error)
{
    return mn_fail(error, MN_BAD_INPUT,
                   "%s: this kind of BMP is not read (compressed, 16 bit or very old); save it "
                   "as PNG",
                   name);
}

/* Which byte of a pixel a mask selects; -1 if it is not one whole byte. */
static int byte_of_mask(uint32_t mask)
{
    for (int byte = 0; byte < 4; byte++)
        if (mask == UINT32_C(0xff) << 8 * byte)
            return byte;
    return -1;
}

static enum mn_status read_pixel_layout(struct bmp *bmp, const uint8_t *data, size_t bytes,
                                        struct mn_error *error)
{
    bmp->bits = (int)get16(data + 28);
    uint32_t compression = get32(data + 30);
    bool has_masks = compression == BITFIELDS && bmp->bits == 32;
    bool is_known =
        bmp->bits == 1 || bmp->bits == 4 || bmp->bits == 8 || bmp->bits == 24 || bmp->bits == 32;
    if (!is_known || (compression != UNCOMPRESSED && !has_masks))
        return unknown_kind(bmp->name, error);
    bmp->blue = 0;
    bmp->green = 1;
    bmp->red = 2;
    if (!has_masks)
        return MN_OK;
    if (bytes < MASKS + 12)
        return cut_short(bmp->name, error);
    bmp->red = byte_of_mask(get32(data + MASKS));
    bmp->green = byte_of_mask(get32(data + MASKS + 4));
    bmp->blue = byte_of_mask(get32(data + MASKS + 8));
    if (bmp->red < 0 || bmp->green < 0 || bmp->blue < 0)
        return unknown_kind(bmp->name, error);
    return MN_OK;
}

static enum mn_status read_palette(struct bmp *bmp, const uint8_t *data, size_t bytes,
                                   size_t header_end, struct mn_error *error)
{
    if (bmp->bits > 8)
        return MN_OK;
    uint32_t most = UINT32_C(1) << bmp->bits, used = get32(data + 46);
    bmp->palette_count = used == 0 ? most : used;
    if (bmp->palette_count > most || 4 * (size_t)bmp->palette_count > bytes - header_end)
        return cut_short(bmp->name, error);
    bmp->palette = data + header_end;
    return MN_OK;
}

static enum mn_status read_size(struct bmp *bmp, const uint8_t *data, struct mn_error *error)
{
    int64_t width = (int32_t)get32(data + 18), height = (int32_t)get32(data + 22);
    bmp->is_top_down = height < 0;
    height = height < 0 ? -height : height;
    if (width > MN_MAX_IMAGE_SIDE || height > MN_MAX_IMAGE_SIDE ||
        mn_image_bytes(MN_PIXEL_RGB24, (int)width, (int)height) == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: a BMP of %lld x %lld pixels cannot be read",
                       bmp->name, (long long)width, (long long)height);
    bmp->width = (int)width;
    bmp->height = (int)height;
    return MN_OK;
}

static enum mn_status read_header(struct bmp *bmp, const uint8_t *data, size_t bytes,
                                  struct mn_error *error)
{
    if (bytes < FILE_HEADER + INFO_HEADER)
        return cut_short(bmp->name, error);
    uint32_t header = get32(data + FILE_HEADER);
    if (header < INFO_HEADER)
        return unknown_kind(bmp->name, error);
    if (header > bytes - FILE_HEADER)
        return cut_short(bmp->name, error);
    enum mn_status status = read_size(bmp, data, error);
    if (status == MN_OK)
        status = read_pixel_layout(bmp, data, bytes, error);
    if (status == MN_OK)
        status = read_palette(bmp, data, bytes, FILE_HEADER + header, error);
    if (status != MN_OK)
        return status;

    size_t row_bits = (size_t)bmp->width * (size_t)bmp->bits;
    bmp->stride = (row_bits + 31) / 32 * 4;
    /* the padding of the last row may be missing */
    size_t needed = bmp->stride * (size_t)(bmp->height - 1) + (row_bits + 7) / 8;
    uint32_t offset = get32(data + 10);
    if (offset > bytes || needed > bytes - offset)
        return cut_short(bmp->name, error);
    bmp->pixels = data + offset;
    return MN_OK;
}

static void unpack_colours(const struct bmp *bmp, const uint8_t *from, uint8_t *to)
{
    int step = bmp->bits / 8;
    for (int x = 0; x < bmp->width; x++, from += step, to += 3) {
        to[0] = from[bmp->red];
        to[1] = from[bmp->green];
        to[2] = from[bmp->blue];
    }
}

/* False where a pixel has no entry in the palette. */
static bool unpack_indices(const struct bmp *bmp, const uint8_t *from, uint8_t *to)
{
    int per_byte = 8 / bmp->bits;
    unsigned mask = (1u << bmp->bits) - 1;
    for (int x = 0; x < bmp->width; x++, to += 3) {
        int shift = 8 - bmp->bits * (x % per_byte + 1); /* the leftmost pixel is on top */
        unsigned index = (unsigned)from[x / per_byte] >> shift & mask;
        if (index >= bmp->palette_count)
            return false;
        const uint8_t *entry = bmp->palette + 4 * (size_t)index;
        to[0] = entry[2];
        to[1] = entry[1];
        to[2] = entry[0];
    }
    return true;
}

enum mn_status mn_bmp_decode(struct mn_bitmap *bitmap, const uint8_t *data, size_t bytes,
                             const char *name, struct mn_error *error)
{
    struct bmp bmp = {.name = name};
    enum mn_status status = read_header(&bmp, data, bytes, error);
    if (status == MN_OK)
        status = mn_bitmap_reserve(bitmap, MN_PIXEL_RGB24, bmp.width, bmp.height, error);
    for (int y = 0; status == MN_OK && y < bmp.height; y++) {
        int row = bmp.is_top_down ? y : bmp.height - 1 - y;
        const uint8_t *from = bmp.pixels + (size_t)row * bmp.stride;
        uint8_t *to = bitmap->pixels + (size_t)y * bitmap->image.stride[0];
        if (bmp.bits > 8)
            unpack_colours(&bmp, from, to);
        else if (!unpack_indices(&bmp, from, to))
            status = mn_fail(error, MN_BAD_INPUT, "%s: a pixel of this BMP has no colour", name);
    }
    return status;
}
