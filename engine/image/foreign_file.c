#include "foreign_file.h"

#include <stdbool.h>
#include <string.h>

static bool has(const uint8_t *start, size_t bytes, size_t at, const char *magic, size_t length)
{
    return bytes >= at + length && memcmp(start + at, magic, length) == 0;
}

/* ISO 14496-12, 4.3: a box "ftyp", whose first brand says which of its many formats a file is.
 * Those of still pictures are ISO 23008-12's and AVIF's; what is left are videos. */
static bool is_still(const uint8_t *start, size_t bytes)
{
    static const char brands[][5] = {"heic", "heix", "heim", "heis", "hevc", "hevx",
                                     "mif1", "mif2", "msf1", "avif", "avis"};
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        if (has(start, bytes, 8, brands[i], 4))
            return true;
    return false;
}

const char *mn_foreign_file(const uint8_t *start, size_t bytes)
{
    bool is_iso = has(start, bytes, 4, "ftyp", 4), is_riff = has(start, bytes, 0, "RIFF", 4);
    if (is_iso && is_still(start, bytes))
        return "HEIC or AVIF: ImageMagick's convert or heif-convert makes a JPEG or PNG of it";
    if (is_riff && has(start, bytes, 8, "WEBP", 4))
        return "WebP: ImageMagick's convert or dwebp makes a PNG of it";
    if (has(start, bytes, 0, "GIF8", 4))
        return "GIF: ImageMagick's convert makes a PNG of it";
    if (has(start, bytes, 0, "II*\0", 4) || has(start, bytes, 0, "MM\0*", 4))
        return "TIFF: ImageMagick's convert makes a PNG of it";
    if (has(start, bytes, 0, "YUV4MPEG2", 9))
        return "a Y4M video: camlabel live --input plays it";
    if (is_iso || (is_riff && has(start, bytes, 8, "AVI ", 4)) ||
        has(start, bytes, 0, "\x1a\x45\xdf\xa3", 4)) /* Matroska and WebM */
        return "a video: camlabel live --input plays Y4M and Motion JPEG, and ffmpeg -i IN "
               "-pix_fmt yuv420p OUT.y4m makes a Y4M of it";
    return NULL;
}
