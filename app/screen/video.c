#include "video.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>

enum { ANY_SIDE = 16384 /* px; where the renderer names no limit for its textures */ };

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* Every how many pixels are shown. */
static int step_for(const struct video *video, const struct mn_image *image)
{
    SDL_RendererInfo info;
    int widest = ANY_SIDE, highest = ANY_SIDE;
    if (video->sdl->GetRendererInfo(video->renderer, &info) == 0 && info.max_texture_width > 0 &&
        info.max_texture_height > 0) {
        widest = info.max_texture_width;
        highest = info.max_texture_height;
    }
    return larger(1 + (image->width - 1) / widest, 1 + (image->height - 1) / highest);
}

/* The format in which SDL takes this picture as it is, or SDL_PIXELFORMAT_UNKNOWN. */
static Uint32 native_format(const struct mn_image *image)
{
    if (image->matrix == MN_BT709 && image->range == MN_RANGE_FULL)
        return SDL_PIXELFORMAT_UNKNOWN;
    switch (image->format) {
    case MN_PIXEL_YUYV:
        return SDL_PIXELFORMAT_YUY2;
    case MN_PIXEL_UYVY:
        return SDL_PIXELFORMAT_UYVY;
    case MN_PIXEL_NV12:
        return SDL_PIXELFORMAT_NV12;
    case MN_PIXEL_I420:
        return SDL_PIXELFORMAT_IYUV;
    case MN_PIXEL_GREY:
    case MN_PIXEL_RGB24:
    case MN_PIXEL_BGR24:
        break;
    }
    return SDL_PIXELFORMAT_UNKNOWN;
}

static SDL_YUV_CONVERSION_MODE yuv_mode(const struct mn_image *image)
{
    if (image->matrix == MN_BT709)
        return SDL_YUV_CONVERSION_BT709;
    return image->range == MN_RANGE_FULL ? SDL_YUV_CONVERSION_JPEG : SDL_YUV_CONVERSION_BT601;
}

static enum mn_status reserve(struct video *video, Uint32 format, int width, int height,
                              struct mn_error *error)
{
    if (video->texture && video->format == format && video->width == width &&
        video->height == height)
        return MN_OK;
    video_close(video);
    video->texture = video->sdl->CreateTexture(video->renderer, format, SDL_TEXTUREACCESS_STREAMING,
                                               width, height);
    if (!video->texture)
        return mn_fail(error, MN_FAILED,
                       "the window has no room for a picture of %dx%d px: %s; use a smaller one",
                       width, height, video->sdl->GetError());
    video->sdl->SetTextureBlendMode(video->texture, SDL_BLENDMODE_NONE);
    video->sdl->SetTextureScaleMode(video->texture, SDL_ScaleModeLinear);
    video->format = format;
    video->width = width;
    video->height = height;
    return MN_OK;
}

static int upload(const struct video *video, const struct mn_image *image)
{
    int pitch[3];
    for (int i = 0; i < 3; i++) {
        if (image->plane[i] && image->stride[i] > INT_MAX)
            return video->sdl->SetError("rows of more than 2 GB");
        pitch[i] = image->plane[i] ? (int)image->stride[i] : 0;
    }
    const uint8_t *const *plane = image->plane;
    if (image->format == MN_PIXEL_I420)
        return video->sdl->UpdateYUVTexture(video->texture, NULL, plane[0], pitch[0], plane[1],
                                            pitch[1], plane[2], pitch[2]);
    if (image->format == MN_PIXEL_NV12)
        return video->sdl->UpdateNVTexture(video->texture, NULL, plane[0], pitch[0], plane[1],
                                           pitch[1]);
    return video->sdl->UpdateTexture(video->texture, NULL, plane[0], pitch[0]);
}

/* --- expansion to 0xffRRGGBB --- */

/* R = y + rv (V - 128), G = y + gu (U - 128) + gv (V - 128), B = y + bu (U - 128), where
 * y = luma (Y - black); all times 65536. From Kr and Kb of BT.601 (0.299, 0.114) and BT.709
 * (0.2126, 0.0722). */
struct yuv {
    int black, luma, rv, gu, gv, bu;
};

static struct yuv yuv_coefficients(const struct mn_image *image)
{
    double kr = image->matrix == MN_BT709 ? 0.2126 : 0.299;
    double kb = image->matrix == MN_BT709 ? 0.0722 : 0.114;
    double kg = 1 - kr - kb;
    bool limited = image->range == MN_RANGE_LIMITED;
    double chroma = 65536 * 2 * (limited ? 255.0 / 224 : 1);
    return (struct yuv){.black = limited ? 16 : 0,
                        .luma = (int)lround(65536 * (limited ? 255.0 / 219 : 1)),
                        .rv = (int)lround(chroma * (1 - kr)),
                        .gu = (int)lround(-chroma * (1 - kb) * kb / kg),
                        .gv = (int)lround(-chroma * (1 - kr) * kr / kg),
                        .bu = (int)lround(chroma * (1 - kb))};
}

static Uint32 level(int times65536)
{
    int rounded = (times65536 + 32768) >> 16;
    return (Uint32)(rounded < 0 ? 0 : rounded > 255 ? 255 : rounded);
}

static Uint32 from_rgb(Uint32 r, Uint32 g, Uint32 b)
{
    return 0xff000000u | r << 16 | g << 8 | b;
}

static Uint32 from_yuv(const struct yuv *k, int y, int u, int v)
{
    int luma = k->luma * (y - k->black);
    return from_rgb(level(luma + k->rv * (v - 128)),
                    level(luma + k->gu * (u - 128) + k->gv * (v - 128)),
                    level(luma + k->bu * (u - 128)));
}

static Uint32 yuv_pixel(const struct mn_image *image, const struct yuv *k, int x, int y)
{
    const uint8_t *row = image->plane[0] + (size_t)y * image->stride[0];
    size_t pair = (size_t)x / 2;
    switch (image->format) {
    case MN_PIXEL_YUYV:
        return from_yuv(k, row[2 * (size_t)x], row[4 * pair + 1], row[4 * pair + 3]);
    case MN_PIXEL_UYVY:
        return from_yuv(k, row[2 * (size_t)x + 1], row[4 * pair], row[4 * pair + 2]);
    case MN_PIXEL_NV12: {
        const uint8_t *uv = image->plane[1] + (size_t)(y / 2) * image->stride[1];
        return from_yuv(k, row[x], uv[2 * pair], uv[2 * pair + 1]);
    }
    case MN_PIXEL_I420:
        return from_yuv(k, row[x], image->plane[1][(size_t)(y / 2) * image->stride[1] + pair],
                        image->plane[2][(size_t)(y / 2) * image->stride[2] + pair]);
    case MN_PIXEL_GREY:
    case MN_PIXEL_RGB24:
    case MN_PIXEL_BGR24:
        break;
    }
    return from_yuv(k, row[x], 128, 128);
}

static void expand_row(const struct mn_image *image, const struct yuv *k, int y, int step,
                       Uint32 *out, int count)
{
    const uint8_t *row = image->plane[0] + (size_t)y * image->stride[0];
    size_t apart = 3 * (size_t)step;
    if (image->format == MN_PIXEL_RGB24)
        for (int i = 0; i < count; i++, row += apart)
            out[i] = from_rgb(row[0], row[1], row[2]);
    else if (image->format == MN_PIXEL_BGR24)
        for (int i = 0; i < count; i++, row += apart)
            out[i] = from_rgb(row[2], row[1], row[0]);
    else
        for (int i = 0; i < count; i++)
            out[i] = yuv_pixel(image, k, i * step, y);
}

static int expand(const struct video *video, const struct mn_image *image, int step)
{
    void *pixels;
    int pitch;
    if (video->sdl->LockTexture(video->texture, NULL, &pixels, &pitch) != 0)
        return -1;
    struct yuv k = yuv_coefficients(image);
    for (int y = 0; y < video->height; y++) {
        Uint8 *row = (Uint8 *)pixels + (size_t)y * (size_t)pitch;
        expand_row(image, &k, y * step, step, (Uint32 *)(void *)row, video->width);
    }
    video->sdl->UnlockTexture(video->texture);
    return 0;
}

enum mn_status video_update(struct video *video, const struct mn_image *image,
                            struct mn_error *error)
{
    if (image->width < 1 || image->height < 1 || image->width > MN_MAX_IMAGE_SIDE ||
        image->height > MN_MAX_IMAGE_SIDE || !image->plane[0])
        return mn_fail(error, MN_BAD_INPUT, "a picture of %dx%d px cannot be shown", image->width,
                       image->height);
    int step = step_for(video, image);
    Uint32 format = step == 1 ? native_format(image) : SDL_PIXELFORMAT_UNKNOWN;
    bool native = format != SDL_PIXELFORMAT_UNKNOWN;
    if (reserve(video, native ? format : SDL_PIXELFORMAT_ARGB8888, 1 + (image->width - 1) / step,
                1 + (image->height - 1) / step, error))
        return error->status;
    video->picture_width = image->width;
    video->picture_height = image->height;
    video->turn = image->turn;
    video->yuv = yuv_mode(image);
    video->sdl->SetYUVConversionMode(video->yuv); /* SDL may convert now, or while drawing */
    if ((native ? upload(video, image) : expand(video, image, step)) != 0)
        return mn_fail(error, MN_FAILED, "the window cannot take the picture: %s",
                       video->sdl->GetError());
    return MN_OK;
}

void video_close(struct video *video)
{
    if (video->texture)
        video->sdl->DestroyTexture(video->texture);
    video->texture = NULL;
}

/* SDL mirrors what is stored, and then turns it clockwise; by 90 degrees the bottom row becomes the
 * left column. */
static SDL_RendererFlip flip_of(struct mn_turn turn)
{
    bool vertical = turn.transposed ? !turn.from_bottom : turn.from_bottom;
    return (SDL_RendererFlip)((turn.from_right ? SDL_FLIP_HORIZONTAL : 0) |
                              (vertical ? SDL_FLIP_VERTICAL : 0));
}

void video_draw(struct video *video, int width, int height)
{
    if (!video->texture)
        return;
    bool transposed = video->turn.transposed;
    double scale = fmin((double)(transposed ? height : width) / video->picture_width,
                        (double)(transposed ? width : height) / video->picture_height);
    int w = larger(1, (int)lround(scale * video->picture_width));
    int h = larger(1, (int)lround(scale * video->picture_height));
    SDL_Rect to = {.x = (width - w) / 2, .y = (height - h) / 2, .w = w, .h = h};
    video->sdl->SetYUVConversionMode(video->yuv);
    video->sdl->RenderCopyEx(video->renderer, video->texture, NULL, &to, transposed ? 90 : 0, NULL,
                             flip_of(video->turn));
}
