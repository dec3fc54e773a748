/* Nothing is allocated on the word of the file before its size has been checked. */
#include "y4m.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char MAGIC[] = "YUV4MPEG2";

enum { LINE_MAX_BYTES = 1024 /* of a line of text, with the NUL; usual ones have 60 */ };

bool y4m_is(const uint8_t *start, size_t bytes)
{
    size_t length = sizeof MAGIC - 1;
    return bytes > length && memcmp(start, MAGIC, length) == 0 &&
           (start[length] == ' ' || start[length] == '\n');
}

/* Reads to the end of a line, which is cut off. False: no line end within the limit, or a NUL;
 * *line is what came before. */
static bool read_line(FILE *file, char *line, size_t size)
{
    size_t length = 0;
    int c = 0;
    while (length + 1 < size && (c = getc(file)) > 0 && c != '\n')
        line[length++] = (char)c;
    line[length] = 0;
    return c == '\n';
}

/* A whole number from 0, and nothing after it but `end`. -1 if it is none. */
static long read_number(const char *text, char end, const char **after)
{
    char *rest;
    errno = 0;
    if (!isdigit((unsigned char)*text))
        return -1;
    long number = strtol(text, &rest, 10);
    if (errno || *rest != end)
        return -1;
    *after = rest;
    return number;
}

static bool read_side(const char *text, int *side)
{
    const char *after;
    long number = read_number(text, 0, &after);
    if (number < 1 || number > MN_MAX_IMAGE_SIDE)
        return false;
    *side = (int)number;
    return true;
}

/* "30000:1001"; 0:0 is "unknown". */
static bool read_rate(const char *text, double *framerate)
{
    const char *colon, *end;
    long numerator = read_number(text, ':', &colon);
    if (numerator < 0)
        return false;
    long denominator = read_number(colon + 1, 0, &end);
    if (denominator < 0)
        return false;
    *framerate = denominator ? (double)numerator / (double)denominator : 0;
    return true;
}

/* The chroma variants differ in where chroma lies between pixels, by less than half a pixel. */
static bool read_colour(const char *text, enum mn_pixel_format *format)
{
    static const char *const known[] = {"420", "420jpeg", "420mpeg2", "420paldv"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(text, known[i]) == 0) {
            *format = MN_PIXEL_I420;
            return true;
        }
    *format = MN_PIXEL_GREY;
    return strcmp(text, "mono") == 0;
}

/* One of the header's fields: a letter and its value. Unknown letters are for others. */
static enum mn_status read_field(struct y4m *y4m, const char *field, const char *name,
                                 struct mn_error *error)
{
    const char *value = field + 1;
    bool good = true;
    switch (field[0]) {
    case 'W':
        good = read_side(value, &y4m->width);
        break;
    case 'H':
        good = read_side(value, &y4m->height);
        break;
    case 'F':
        good = read_rate(value, &y4m->framerate);
        break;
    case 'C':
        if (!read_colour(value, &y4m->format))
            return mn_fail(error, MN_BAD_INPUT,
                           "%s: Y4M colours \"%.16s\" are not read, only 4:2:0 and mono of 8 bits; "
                           "convert it: ffmpeg -i IN -pix_fmt yuv420p OUT.y4m",
                           name, value);
        break;
    case 'X':
        if (strcmp(value, "COLORRANGE=FULL") == 0)
            y4m->range = MN_RANGE_FULL;
        break;
    default:
        break;
    }
    if (!good)
        return mn_fail(error, MN_BAD_INPUT, "%s: its Y4M header says \"%.32s\", which cannot be",
                       name, field);
    return MN_OK;
}

enum mn_status y4m_read_header(struct y4m *y4m, FILE *file, const char *name,
                               struct mn_error *error)
{
    *y4m = (struct y4m){.format = MN_PIXEL_I420, .range = MN_RANGE_LIMITED};
    char line[LINE_MAX_BYTES];
    if (!read_line(file, line, sizeof line)) {
        if (ferror(file))
            return mn_fail(error, MN_FAILED, "%s: reading failed: %s", name, strerror(errno));
        return mn_fail(error, MN_BAD_INPUT, "%s: its Y4M header has no end", name);
    }
    char *rest = NULL;
    char *field = strtok_r(line, " ", &rest);
    if (!field || strcmp(field, MAGIC) != 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: not a Y4M file", name);
    while ((field = strtok_r(NULL, " ", &rest))) {
        enum mn_status status = read_field(y4m, field, name, error);
        if (status != MN_OK)
            return status;
    }
    if (mn_image_bytes(y4m->format, y4m->width, y4m->height) == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: a Y4M picture of %d x %d pixels cannot be held",
                       name, y4m->width, y4m->height);
    y4m->matrix = y4m->height >= 720 ? MN_BT709 : MN_BT601;
    return MN_OK;
}

static enum mn_status cut_short(FILE *file, const char *name, uint64_t index,
                                struct mn_error *error)
{
    if (ferror(file))
        return mn_fail(error, MN_FAILED, "%s: reading failed: %s", name, strerror(errno));
    return mn_fail(error, MN_BAD_INPUT, "%s: the file is cut short in frame %" PRIu64, name, index);
}

/* "FRAME", perhaps with fields that concern no one here. */
static enum mn_status read_frame_line(FILE *file, const char *name, uint64_t index,
                                      struct mn_error *error)
{
    char line[LINE_MAX_BYTES] = "";
    if (!read_line(file, line, sizeof line) && (feof(file) || ferror(file)))
        return cut_short(file, name, index, error);
    if (strncmp(line, "FRAME", 5) != 0 || (line[5] != 0 && line[5] != ' '))
        return mn_fail(error, MN_BAD_INPUT, "%s: frame %" PRIu64 " does not begin as a frame", name,
                       index);
    return MN_OK;
}

enum mn_status y4m_read_frame(const struct y4m *y4m, FILE *file, const char *name, uint64_t index,
                              struct mn_bitmap *bitmap, bool *end, struct mn_error *error)
{
    int first = getc(file);
    *end = first == EOF && !ferror(file);
    if (*end)
        return MN_OK;
    ungetc(first, file);
    enum mn_status status = read_frame_line(file, name, index, error);
    if (status == MN_OK)
        status = mn_bitmap_reserve(bitmap, y4m->format, y4m->width, y4m->height, error);
    if (status != MN_OK)
        return status;
    bitmap->image.matrix = y4m->matrix;
    bitmap->image.range = y4m->range;
    size_t bytes = mn_image_bytes(y4m->format, y4m->width, y4m->height);
    if (fread(bitmap->pixels, 1, bytes, file) != bytes)
        return cut_short(file, name, index, error);
    return MN_OK;
}
