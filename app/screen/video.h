/* The video's picture as a texture: kept from frame to frame, made anew when format or size change.
 *
 * YUV pictures are uploaded as they are and converted by the graphics card (or SDL's SIMD code).
 * What SDL has no such path for is expanded straight into the texture's memory: RGB and grey, full
 * range BT.709, and pictures larger than a texture may be, of which every n-th pixel is shown. */
#ifndef CAMLABEL_VIDEO_H
#define CAMLABEL_VIDEO_H

#include "../../engine/base/error.h"
#include "../../engine/image/image.h"
#include "sdl.h"

/* Start with {.sdl = …, .renderer = …}; both are borrowed and must outlive it. */
struct video {
    const struct sdl *sdl;
    SDL_Renderer *renderer;
    SDL_Texture *texture; /* owned; NULL before the first picture */
    Uint32 format;        /* of the texture, as are width and height in px */
    int width, height;
    int picture_width, picture_height; /* px, of the picture it holds: its aspect ratio */
    struct mn_turn turn;               /* of it, done while drawing */
    SDL_YUV_CONVERSION_MODE yuv;       /* how a YUV texture becomes RGB */
};

/* Copies the picture into the texture. Errors: MN_FAILED for memory, MN_BAD_INPUT for a picture
 * that cannot be. */
enum mn_status video_update(struct video *video, const struct mn_image *image,
                            struct mn_error *error);
void video_close(struct video *video); /* leaves it empty and usable */

/* Draws it as large as width x height px allow, in the middle, its aspect ratio kept. */
void video_draw(struct video *video, int width, int height);

#endif
