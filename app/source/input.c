/* Looks at the first bytes, and in a JPEG without a picture's name for a second one. */
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../engine/image/foreign_file.h"
#include "../../engine/image/picture_file.h"
#include "clip.h"
#include "images.h"
#include "mjpeg.h"
#include "y4m.h"

/* Is the file a stream of pictures? A broken first picture counts as one too: the clip's message
 * says which frame is broken. */
static bool is_stream(FILE *file, const char *path)
{
    struct mjpeg_picture picture = {0};
    struct mn_error ignored;
    bool end = false;
    enum mn_status status = mjpeg_read(&picture, file, path, 0, &end, &ignored);
    free(picture.bytes);
    if (status != MN_OK)
        return true;
    int next;
    do
        next = getc(file);
    while (next == 0);
    return next == 0xff;
}

enum kind { PICTURE, CLIP, EMPTY, UNKNOWN };

/* The file has been read as far as `start`. */
static enum kind kind_of(FILE *file, const char *path, const uint8_t *start, size_t bytes)
{
    if (bytes == 0)
        return EMPTY;
    if (y4m_is(start, bytes))
        return CLIP;
    rewind(file);
    if (!mn_picture_has_known_ending(path) && mjpeg_is(start, bytes) && is_stream(file, path))
        return CLIP;
    return mn_picture_is(start, bytes) ? PICTURE : UNKNOWN;
}

enum mn_status input_open(struct source **source, const char *path,
                          const struct source_pacing *pacing, struct mn_error *error)
{
    struct stat status;
    if (strcmp(path, "-") == 0)
        return clip_open(source, path, pacing, error);
    if (stat(path, &status) != 0)
        return mn_fail(error, MN_BAD_INPUT,
                       "%s: %s; --input takes a picture, a folder, a clip, - or \"demo\"", path,
                       strerror(errno));
    if (S_ISDIR(status.st_mode))
        return images_open(source, path, pacing, error);
    if (S_ISFIFO(status.st_mode))
        return clip_open(source, path, pacing, error);
    if (!S_ISREG(status.st_mode))
        return mn_fail(error, MN_BAD_INPUT,
                       "%s is no picture, folder or clip; a camera is named by --device", path);
    FILE *file = fopen(path, "rbe");
    if (!file)
        return mn_fail(error, MN_BAD_INPUT, "%s: %s", path, strerror(errno));
    uint8_t start[16];
    size_t bytes = fread(start, 1, sizeof start, file);
    enum kind kind = kind_of(file, path, start, bytes);
    fclose(file);
    if (kind == CLIP)
        return clip_open(source, path, pacing, error);
    if (kind == PICTURE)
        return images_open(source, path, pacing, error);
    if (kind == EMPTY)
        return mn_fail(error, MN_BAD_INPUT, "%s: the file is empty", path);
    const char *foreign = mn_foreign_file(start, bytes);
    return mn_fail(error, MN_BAD_INPUT,
                   "%s: neither a picture (JPEG, PNG, BMP, PPM) nor a clip (Y4M, MJPEG); %s%s",
                   path, foreign ? "it is " : "",
                   foreign ? foreign
                           : "ffmpeg -i IN -pix_fmt yuv420p OUT.y4m makes a clip of other videos");
}
