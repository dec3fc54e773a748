/* The choice is a comparison of two modes, criterion by criterion; the best of all modes wins, and
 * of equals the first one that the driver named. */
#include "camera_format.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_WIDTH = 640, DEFAULT_FRAMERATE = 30 };

/* In the order of preference: packed 4:2:2 has the most colour for the fewest bytes. */
static const struct {
    uint32_t fourcc;
    enum mn_pixel_format format;
} raw_formats[] = {
    {V4L2_PIX_FMT_YUYV, MN_PIXEL_YUYV},   {V4L2_PIX_FMT_UYVY, MN_PIXEL_UYVY},
    {V4L2_PIX_FMT_NV12, MN_PIXEL_NV12},   {V4L2_PIX_FMT_YUV420, MN_PIXEL_I420},
    {V4L2_PIX_FMT_RGB24, MN_PIXEL_RGB24}, {V4L2_PIX_FMT_BGR24, MN_PIXEL_BGR24},
    {V4L2_PIX_FMT_GREY, MN_PIXEL_GREY},
};

enum { RAW_FORMATS = sizeof raw_formats / sizeof raw_formats[0], RANK_JPEG = RAW_FORMATS };

bool camera_is_jpeg(uint32_t fourcc)
{
    return fourcc == V4L2_PIX_FMT_MJPEG || fourcc == V4L2_PIX_FMT_JPEG;
}

bool camera_pixel_format(uint32_t fourcc, enum mn_pixel_format *format)
{
    for (int i = 0; i < RAW_FORMATS; i++)
        if (raw_formats[i].fourcc == fourcc) {
            *format = raw_formats[i].format;
            return true;
        }
    return false;
}

/* Position in the order of preference; -1 for a format that we cannot read. */
static int format_rank(uint32_t fourcc)
{
    for (int i = 0; i < RAW_FORMATS; i++)
        if (raw_formats[i].fourcc == fourcc)
            return i;
    return camera_is_jpeg(fourcc) ? RANK_JPEG : -1;
}

uint32_t camera_fourcc(const char *text)
{
    size_t length = strlen(text);
    if (length < 1 || length > 4)
        return 0;
    uint32_t fourcc = 0;
    for (size_t i = 0; i < 4; i++) {
        unsigned char c = i < length ? (unsigned char)text[i] : ' ';
        if (c < ' ' || c > '~')
            return 0;
        fourcc |= (uint32_t)c << (8 * i);
    }
    return fourcc;
}

void camera_fourcc_text(uint32_t fourcc, char text[5])
{
    for (int i = 0; i < 4; i++) {
        /* bit 31 marks big-endian variants, it is no part of the character */
        unsigned char c = (fourcc >> (8 * i)) & 0x7f;
        text[i] = c < ' ' || c > '~' ? '?' : (char)c;
    }
    text[4] = 0;
    for (int i = 3; i > 0 && text[i] == ' '; i--)
        text[i] = 0;
}

/* The value nearest to `wish` on the grid min, min + step, … max. */
static int nearest(int wish, int min, int max, int step)
{
    if (wish <= min || max <= min)
        return min;
    if (step < 1)
        step = 1;
    int last = min + (max - min) / step * step;
    if (wish >= last)
        return last;
    int below = min + (wish - min) / step * step;
    return wish - below <= below + step - wish ? below : below + step;
}

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* A mode, with all that the comparison wants to know. */
struct candidate {
    struct camera_choice choice;
    bool grey;
    bool jpeg;
    bool reaches;         /* the wished rate, within 5 %: 29.97 is 30 */
    double size_distance; /* 0: the wished size; natural logarithm of ratios */
    double rate_distance; /* frames a second */
    int rank;
};

static struct candidate judge(const struct camera_mode *mode, const struct camera_wish *wish)
{
    int width = nearest(wish->width, mode->min_width, mode->max_width, mode->width_step);
    int height = nearest(wish->height, mode->min_height, mode->max_height, mode->height_step);
    bool known = mode->max_fps > 0;
    double fps = known ? clamp(wish->framerate, mode->min_fps, mode->max_fps) : 0;
    return (struct candidate){
        .choice = {mode->fourcc, width, height, fps, mode->emulated},
        .grey = mode->fourcc == V4L2_PIX_FMT_GREY,
        .jpeg = camera_is_jpeg(mode->fourcc),
        .reaches = !known || fps >= 0.95 * wish->framerate,
        .size_distance =
            fabs(log((double)width / wish->width)) + fabs(log((double)height / wish->height)),
        .rate_distance = known ? fabs(fps - wish->framerate) : 0,
        .rank = format_rank(mode->fourcc),
    };
}

/* Is a to be preferred to b? `rate_first`: the user asked for a rate, but for no size. */
static bool better(const struct candidate *a, const struct candidate *b, bool rate_first)
{
    if (a->choice.emulated != b->choice.emulated)
        return b->choice.emulated;
    if (a->grey != b->grey)
        return b->grey;
    if (rate_first && a->reaches != b->reaches)
        return a->reaches;
    if (a->size_distance != b->size_distance)
        return a->size_distance < b->size_distance;
    if (a->reaches != b->reaches)
        return a->reaches;
    if (!a->reaches && a->rate_distance != b->rate_distance)
        return a->rate_distance < b->rate_distance;
    if (a->jpeg != b->jpeg)
        return b->jpeg;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    return a->rate_distance < b->rate_distance;
}

static bool usable(const struct camera_mode *mode, uint32_t wished)
{
    bool sane = mode->min_width >= 1 && mode->min_height >= 1 &&
                mode->min_width <= MN_MAX_IMAGE_SIDE && mode->min_height <= MN_MAX_IMAGE_SIDE;
    return sane && format_rank(mode->fourcc) >= 0 && (!wished || wished == mode->fourcc);
}

/* Where one side is missing it follows from the other, as 4:3. */
static struct camera_wish with_defaults(const struct camera_wish *wish)
{
    struct camera_wish full = *wish;
    if (full.width < 1 && full.height < 1)
        full.width = DEFAULT_WIDTH;
    if (full.width < 1)
        full.width = full.height + full.height / 3;
    if (full.height < 1)
        full.height = full.width < 4 ? 1 : full.width / 4 * 3;
    if (!(full.framerate > 0))
        full.framerate = DEFAULT_FRAMERATE;
    return full;
}

bool camera_choose(const struct camera_mode *modes, int count, const struct camera_wish *wish,
                   struct camera_choice *choice)
{
    struct camera_wish full = with_defaults(wish);
    bool no_size = wish->width < 1 && wish->height < 1;
    bool rate_first = wish->framerate > 0 && no_size;
    struct candidate best = {.rank = -1};
    for (int i = 0; i < count; i++) {
        if (!usable(&modes[i], full.fourcc))
            continue;
        struct candidate candidate = judge(&modes[i], &full);
        if (best.rank < 0 || better(&candidate, &best, rate_first))
            best = candidate;
    }
    if (best.rank < 0)
        return false;
    *choice = best.choice;
    return true;
}

size_t camera_plane_row_bytes(enum mn_pixel_format format, int width, int plane)
{
    size_t half = ((size_t)width + 1) / 2;
    switch (format) {
    case MN_PIXEL_GREY:
        return plane == 0 ? (size_t)width : 0;
    case MN_PIXEL_RGB24:
    case MN_PIXEL_BGR24:
        return plane == 0 ? 3 * (size_t)width : 0;
    case MN_PIXEL_YUYV:
    case MN_PIXEL_UYVY:
        return plane == 0 ? 4 * half : 0;
    case MN_PIXEL_NV12:
        return plane == 0 ? (size_t)width : plane == 1 ? 2 * half : 0;
    case MN_PIXEL_I420:
        return plane == 0 ? (size_t)width : plane <= 2 ? half : 0;
    }
    return 0;
}

int camera_plane_rows(enum mn_pixel_format format, int height, int plane)
{
    if (camera_plane_row_bytes(format, 1, plane) == 0)
        return 0;
    return plane == 0 ? height : (height + 1) / 2;
}

/* Bytes from the start of plane 0 to the end of the last row of the last plane; the padding after
 * that row may be missing. */
static size_t picture_bytes(enum mn_pixel_format format, int width, int height, size_t stride)
{
    size_t half = (stride + 1) / 2;
    size_t chroma_stride = format == MN_PIXEL_NV12 ? 2 * half : half; /* as mn_image_wrap() */
    size_t bytes = 0, unused = 0;
    for (int plane = 0; plane < 3; plane++) {
        size_t row = camera_plane_row_bytes(format, width, plane);
        if (row == 0)
            break;
        size_t plane_stride = plane == 0 ? stride : chroma_stride;
        bytes += plane_stride * (size_t)camera_plane_rows(format, height, plane);
        unused = plane_stride - row;
    }
    return bytes - unused;
}

/* The engine knows two matrices. BT.2020 and SMPTE 240M are nearer to BT.709 than to BT.601. */
static enum mn_yuv_matrix yuv_matrix(const struct v4l2_pix_format *pix)
{
    uint32_t encoding = pix->ycbcr_enc;
    if (encoding == V4L2_YCBCR_ENC_DEFAULT)
        encoding = V4L2_MAP_YCBCR_ENC_DEFAULT(pix->colorspace);
    return encoding == V4L2_YCBCR_ENC_601 || encoding == V4L2_YCBCR_ENC_XV601 ? MN_BT601 : MN_BT709;
}

/* Grey is taken for full range where the driver does not say, as RGB is: so do vivid and the tools
 * of the V4L2 project. */
static enum mn_yuv_range yuv_range(const struct v4l2_pix_format *pix)
{
    uint32_t quantization = pix->quantization;
    bool grey = pix->pixelformat == V4L2_PIX_FMT_GREY;
    if (quantization == V4L2_QUANTIZATION_DEFAULT)
        quantization = V4L2_MAP_QUANTIZATION_DEFAULT(grey, pix->colorspace, pix->ycbcr_enc);
    return quantization == V4L2_QUANTIZATION_FULL_RANGE ? MN_RANGE_FULL : MN_RANGE_LIMITED;
}

enum mn_status camera_layout(struct camera_layout *layout, const struct v4l2_pix_format *pix,
                             const char *device, struct mn_error *error)
{
    char text[5];
    camera_fourcc_text(pix->pixelformat, text);
    enum mn_pixel_format format;
    if (!camera_pixel_format(pix->pixelformat, &format))
        return mn_fail(error, MN_FAILED,
                       "%s: the driver insists on %s, which cannot be read; "
                       "choose another with --format",
                       device, text);
    uint32_t width = pix->width, height = pix->height;
    if (format == MN_PIXEL_YUYV || format == MN_PIXEL_UYVY)
        width -= width % 2; /* two pixels share their colour; half a pair is no picture */
    size_t row = width <= MN_MAX_IMAGE_SIDE ? camera_plane_row_bytes(format, (int)width, 0) : 0;
    /* old drivers leave bytesperline 0 for "tight" */
    size_t stride = pix->bytesperline ? pix->bytesperline : row;
    bool possible = width <= MN_MAX_IMAGE_SIDE && height <= MN_MAX_IMAGE_SIDE && stride >= row &&
                    stride <= 8 * (size_t)MN_MAX_IMAGE_SIDE &&
                    mn_image_bytes(format, (int)width, (int)height) > 0;
    if (!possible)
        return mn_fail(error, MN_FAILED,
                       "%s: the driver reports %ux%u %s with %u bytes a row, which cannot be; "
                       "try another size or --format",
                       device, pix->width, pix->height, text, pix->bytesperline);
    *layout = (struct camera_layout){
        .format = format,
        .width = (int)width,
        .height = (int)height,
        .stride = stride,
        .bytes = picture_bytes(format, (int)width, (int)height, stride),
        .matrix = yuv_matrix(pix),
        .range = yuv_range(pix),
    };
    return MN_OK;
}
