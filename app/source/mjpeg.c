/* A picture is walked marker by marker (ITU-T T.81, annex B): the bytes FF D8 and FF D9 may well
 * stand inside a segment (a thumbnail, a comment), so searching for them would cut pictures apart.
 * Only the data of a scan is searched, where FF is followed by 00 or a restart marker unless the
 * scan is over. */
#include "mjpeg.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARKER_TEM = 0x01,
    MARKER_RST0 = 0xd0,
    MARKER_RST7 = 0xd7,
    MARKER_SOI = 0xd8,
    MARKER_EOI = 0xd9,
    MARKER_SOS = 0xda,
};

/* A camera's picture has less than 10 MB. */
static const size_t PICTURE_MAX_BYTES = (size_t)64 << 20;

/* What became of an attempt to read on. */
enum walk { WALK_ON, WALK_CUT, WALK_BAD, WALK_TOO_LONG, WALK_NO_MEMORY };

bool mjpeg_is(const uint8_t *start, size_t bytes)
{
    return bytes >= 3 && start[0] == 0xff && start[1] == MARKER_SOI && start[2] == 0xff;
}

/* Room for `more` bytes. */
static enum walk reserve(struct mjpeg_picture *picture, size_t more)
{
    size_t need = picture->length + more;
    if (need > PICTURE_MAX_BYTES)
        return WALK_TOO_LONG;
    if (need <= picture->capacity)
        return WALK_ON;
    size_t capacity = picture->capacity ? picture->capacity : (size_t)64 << 10;
    while (capacity < need)
        capacity *= 2;
    uint8_t *bytes = realloc(picture->bytes, capacity);
    if (!bytes)
        return WALK_NO_MEMORY;
    picture->bytes = bytes;
    picture->capacity = capacity;
    return WALK_ON;
}

/* Takes one byte of the file into the picture, and into *byte. */
static enum walk take_byte(struct mjpeg_picture *picture, FILE *file, int *byte)
{
    *byte = getc_unlocked(file); /* the file belongs to this thread */
    if (*byte == EOF)
        return WALK_CUT;
    enum walk walk = reserve(picture, 1);
    if (walk == WALK_ON)
        picture->bytes[picture->length++] = (uint8_t)*byte;
    return walk;
}

/* Takes a segment: two bytes of length, which count themselves, and the rest. */
static enum walk take_segment(struct mjpeg_picture *picture, FILE *file)
{
    int high = 0, low = 0;
    enum walk walk = take_byte(picture, file, &high);
    if (walk == WALK_ON)
        walk = take_byte(picture, file, &low);
    if (walk != WALK_ON)
        return walk;
    size_t length = (size_t)high << 8 | (size_t)low;
    if (length < 2)
        return WALK_BAD;
    length -= 2;
    walk = reserve(picture, length);
    if (walk != WALK_ON)
        return walk;
    if (fread(picture->bytes + picture->length, 1, length, file) != length)
        return WALK_CUT;
    picture->length += length;
    return WALK_ON;
}

static bool is_restart(int byte)
{
    return byte >= MARKER_RST0 && byte <= MARKER_RST7;
}

/* After an FF: takes the marker, over any fill bytes. */
static enum walk take_marker(struct mjpeg_picture *picture, FILE *file, int *marker)
{
    enum walk walk;
    do
        walk = take_byte(picture, file, marker);
    while (walk == WALK_ON && *marker == 0xff);
    return walk;
}

/* Takes a scan's data, up to and with the marker that ends it. */
static enum walk take_scan(struct mjpeg_picture *picture, FILE *file, int *marker)
{
    for (;;) {
        int byte;
        enum walk walk = take_byte(picture, file, &byte);
        if (walk == WALK_ON && byte != 0xff)
            continue;
        if (walk == WALK_ON)
            walk = take_marker(picture, file, marker);
        if (walk != WALK_ON || (*marker != 0 && !is_restart(*marker)))
            return walk;
    }
}

/* Takes the next marker; between segments nothing else may stand. */
static enum walk take_next_marker(struct mjpeg_picture *picture, FILE *file, int *marker)
{
    int byte;
    enum walk walk = take_byte(picture, file, &byte);
    if (walk != WALK_ON)
        return walk;
    return byte == 0xff ? take_marker(picture, file, marker) : WALK_BAD;
}

/* Takes all of a picture. Nothing has been taken yet. */
static enum walk take_picture(struct mjpeg_picture *picture, FILE *file)
{
    int marker = 0;
    enum walk walk = take_next_marker(picture, file, &marker);
    if (walk == WALK_ON && marker != MARKER_SOI)
        return WALK_BAD;
    if (walk == WALK_ON)
        walk = take_next_marker(picture, file, &marker);
    while (walk == WALK_ON && marker != MARKER_EOI) {
        if (marker == 0 || marker == MARKER_SOI || is_restart(marker))
            return WALK_BAD;
        if (marker != MARKER_TEM)
            walk = take_segment(picture, file);
        if (walk != WALK_ON)
            return walk;
        walk = marker == MARKER_SOS ? take_scan(picture, file, &marker)
                                    : take_next_marker(picture, file, &marker);
    }
    return walk;
}

static enum mn_status explain(enum walk walk, FILE *file, const char *name, uint64_t index,
                              struct mn_error *error)
{
    if (ferror(file))
        return mn_fail(error, MN_FAILED, "%s: reading failed: %s", name, strerror(errno));
    switch (walk) {
    case WALK_ON:
        return MN_OK;
    case WALK_CUT:
        return mn_fail(error, MN_BAD_INPUT, "%s: the file is cut short in frame %" PRIu64, name,
                       index);
    case WALK_TOO_LONG:
        return mn_fail(error, MN_BAD_INPUT, "%s: frame %" PRIu64 " is longer than %zu MB", name,
                       index, PICTURE_MAX_BYTES >> 20);
    case WALK_NO_MEMORY:
        return mn_fail(error, MN_FAILED, "%s: not enough memory for frame %" PRIu64, name, index);
    case WALK_BAD:
        break;
    }
    return mn_fail(error, MN_BAD_INPUT, "%s: frame %" PRIu64 " is no JPEG picture", name, index);
}

/* Skips zeros; false at the end of the file. */
static bool skip_padding(FILE *file)
{
    int byte;
    do
        byte = getc_unlocked(file);
    while (byte == 0);
    return ungetc(byte, file) != EOF;
}

enum mn_status mjpeg_read(struct mjpeg_picture *picture, FILE *file, const char *name,
                          uint64_t index, bool *end, struct mn_error *error)
{
    picture->length = 0;
    *end = !skip_padding(file) && !ferror(file);
    if (*end)
        return MN_OK;
    return explain(take_picture(picture, file), file, name, index, error);
}
