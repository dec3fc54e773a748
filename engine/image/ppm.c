/* Reads numbers from a cursor that knows where the data ends; the size of the pixels is checked
 * against it before any memory is taken. */
#include "ppm.h"

#include <stdbool.h>

struct cursor {
    const uint8_t *at, *end;
};

struct header {
    bool is_text;
    enum mn_pixel_format format;
    int width, height, largest; /* largest: the value of white */
};

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Spaces, and comments from # to the end of the line. */
static void skip_space(struct cursor *cursor)
{
    bool is_comment = false;
    for (; cursor->at < cursor->end; cursor->at++) {
        if (*cursor->at == '#')
            is_comment = true;
        else if (is_comment)
            is_comment = *cursor->at != '\n' && *cursor->at != '\r';
        else if (!is_space(*cursor->at))
            return;
    }
}

/* A decimal number of at most `largest`, or -1. */
static int read_number(struct cursor *cursor, int largest)
{
    skip_space(cursor);
    int value = -1;
    for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++) {
        value = 10 * (value < 0 ? 0 : value) + (*cursor->at - '0');
        if (value > largest)
            return -1;
    }
    return value;
}

/* After "P" and the digit, which the caller has seen. False where it makes no sense. */
static bool read_header(struct header *header, struct cursor *cursor)
{
    uint8_t digit = cursor->at[1];
    cursor->at += 2;
    header->is_text = digit == '2' || digit == '3';
    header->format = digit == '2' || digit == '5' ? MN_PIXEL_GREY : MN_PIXEL_RGB24;
    header->width = read_number(cursor, MN_MAX_IMAGE_SIDE);
    header->height = read_number(cursor, MN_MAX_IMAGE_SIDE);
    header->largest = read_number(cursor, 65535);
    if (mn_image_bytes(header->format, header->width, header->height) == 0 || header->largest < 1)
        return false;
    /* one space ends the header */
    return cursor->at < cursor->end && is_space(*cursor->at++);
}

/* Is there enough left for so many samples? */
static bool has_samples(const struct header *header, const struct cursor *cursor, size_t samples)
{
    size_t left = (size_t)(cursor->end - cursor->at);
    if (header->is_text) /* a digit each, and a space between */
        return left / 2 + left % 2 >= samples;
    return left / (header->largest > 255 ? 2 : 1) >= samples;
}

/* The next sample, or -1. has_samples() has looked after the end of binary ones. */
static int read_sample(const struct header *header, struct cursor *cursor)
{
    if (header->is_text)
        return read_number(cursor, header->largest);
    int value = *cursor->at++;
    if (header->largest > 255)
        value = value << 8 | *cursor->at++;
    return value <= header->largest ? value : -1;
}

enum mn_status mn_ppm_decode(struct mn_bitmap *bitmap, const uint8_t *data, size_t bytes,
                             const char *name, struct mn_error *error)
{
    struct cursor cursor = {data, data + bytes};
    struct header header;
    if (bytes < 2 || !read_header(&header, &cursor))
        return mn_fail(error, MN_BAD_INPUT, "%s: damaged or too large (PPM header)", name);
    size_t samples = mn_image_bytes(header.format, header.width, header.height);
    if (!has_samples(&header, &cursor, samples))
        return mn_fail(error, MN_BAD_INPUT, "%s: cut short (PPM)", name);
    enum mn_status status =
        mn_bitmap_reserve(bitmap, header.format, header.width, header.height, error);
    for (size_t i = 0; status == MN_OK && i < samples; i++) {
        int value = read_sample(&header, &cursor);
        if (value < 0)
            status = mn_fail(error, MN_BAD_INPUT,
                             "%s: a sample of this PPM is missing or brighter than white", name);
        else
            bitmap->pixels[i] = (uint8_t)((value * 255 + header.largest / 2) / header.largest);
    }
    return status;
}
