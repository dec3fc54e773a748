/* Tells picture files apart and hands them to their decoders. A file is read whole: decoders then
 * check offsets against one length, and nobody changes the bytes under them. */
#include "picture_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/file_writer.h"
#include "bmp.h"
#include "foreign_file.h"
#include "jpeg.h"
#include "orientation.h"
#include "png.h"
#include "ppm.h"

enum { FILE_LIMIT = 1 << 30 /* bytes */ };

/* ---- reading ---- */

static enum mn_status decode_jpeg(struct mn_bitmap *bitmap, const uint8_t *data, size_t bytes,
                                  const char *name, int least_side, struct mn_error *error)
{
    struct mn_jpeg_decoder *decoder = mn_jpeg_decoder_new();
    if (!decoder)
        return mn_fail(error, MN_FAILED, "%s: not enough memory to decode this JPEG", name);
    enum mn_status status =
        mn_jpeg_decode_reduced(decoder, data, bytes, name, least_side, bitmap, error);
    if (status == MN_OK)
        status = mn_orientation_apply(bitmap, mn_orientation_of_jpeg(data, bytes), error);
    mn_jpeg_decoder_free(decoder);
    return status;
}

static bool begins_with(const uint8_t *data, size_t bytes, const char *magic, size_t length)
{
    return bytes >= length && memcmp(data, magic, length) == 0;
}

enum kind { JPEG, PNG, BMP, PPM, UNKNOWN };

static enum kind kind_of(const uint8_t *data, size_t bytes)
{
    if (begins_with(data, bytes, "\xff\xd8\xff", 3))
        return JPEG;
    if (begins_with(data, bytes, "\x89PNG\r\n\x1a\n", 8))
        return PNG;
    if (begins_with(data, bytes, "BM", 2))
        return BMP;
    return bytes >= 2 && data[0] == 'P' && data[1] && strchr("2356", data[1]) ? PPM : UNKNOWN;
}

bool mn_picture_is(const uint8_t *start, size_t bytes)
{
    return kind_of(start, bytes) != UNKNOWN;
}

static enum mn_status decode(struct mn_bitmap *bitmap, const uint8_t *data, size_t bytes,
                             const char *name, int least_side, struct mn_error *error)
{
    if (bytes == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: the file is empty", name);
    switch (kind_of(data, bytes)) {
    case JPEG:
        return decode_jpeg(bitmap, data, bytes, name, least_side, error);
    case PNG:
        return mn_png_decode(bitmap, data, bytes, name, error);
    case BMP:
        return mn_bmp_decode(bitmap, data, bytes, name, error);
    case PPM:
        return mn_ppm_decode(bitmap, data, bytes, name, error);
    case UNKNOWN:
        break;
    }
    const char *foreign = mn_foreign_file(data, bytes);
    return mn_fail(error, MN_BAD_INPUT,
                   "%s: not a picture that can be read (JPEG, PNG, BMP, PPM and PGM can)%s%s", name,
                   foreign ? "; it is " : "", foreign ? foreign : "");
}

enum mn_status mn_picture_decode(struct mn_bitmap *bitmap, const uint8_t *data, size_t bytes,
                                 const char *name, struct mn_error *error)
{
    return decode(bitmap, data, bytes, name, 0, error);
}

/* Reads `bytes` bytes; fewer only where the file ends. */
static enum mn_status read_all(int fd, uint8_t *data, size_t *bytes, const char *path,
                               struct mn_error *error)
{
    size_t done = 0;
    while (done < *bytes) {
        ssize_t got = read(fd, data + done, *bytes - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mn_fail(error, MN_FAILED, "%s: cannot read: %s", path, strerror(errno));
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *bytes = done;
    return MN_OK;
}

static enum mn_status read_open_file(struct mn_bitmap *bitmap, int fd, const char *path,
                                     int least_side, struct mn_error *error)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0)
        return mn_fail(error, MN_FAILED, "%s: cannot read: %s", path, strerror(errno));
    if (!S_ISREG(stat.st_mode))
        return mn_fail(error, MN_BAD_INPUT, "%s: not a file", path);
    if (stat.st_size > FILE_LIMIT)
        return mn_fail(error, MN_BAD_INPUT, "%s: larger than 1 GiB; make it smaller", path);
    size_t bytes = (size_t)stat.st_size;
    uint8_t *data = malloc(bytes + 1); /* malloc(0) may be NULL */
    if (!data)
        return mn_fail(error, MN_FAILED, "%s: not enough memory to read it", path);
    enum mn_status status = read_all(fd, data, &bytes, path, error);
    if (status == MN_OK)
        status = decode(bitmap, data, bytes, path, least_side, error);
    free(data);
    return status;
}

enum mn_status mn_picture_read(struct mn_bitmap *bitmap, const char *path, struct mn_error *error)
{
    return mn_picture_read_reduced(bitmap, path, 0, error);
}

enum mn_status mn_picture_read_reduced(struct mn_bitmap *bitmap, const char *path, int least_side,
                                       struct mn_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold us */
    if (fd < 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: cannot open: %s", path, strerror(errno));
    enum mn_status status = read_open_file(bitmap, fd, path, least_side, error);
    close(fd);
    return status;
}

bool mn_picture_has_known_ending(const char *path)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".jpe", ".png",
                                          ".bmp", ".ppm",  ".pgm", ".pnm"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

/* ---- writing ---- */

enum mn_status mn_png_write(const char *path, const struct mn_image *image, struct mn_error *error)
{
    struct mn_file_writer writer = {0};
    if (mn_file_begin(&writer, path, error))
        return error->status;
    if (mn_png_encode(writer.stream, image, path, error)) {
        mn_file_abandon(&writer);
        return error->status;
    }
    return mn_file_commit(&writer, error);
}
