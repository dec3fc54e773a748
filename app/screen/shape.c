#include "shape.h"

#include <math.h>

void shape_close(struct shape *shape)
{
    for (int i = 0; i < SHAPE_DISCS; i++) {
        if (shape->discs[i].texture)
            shape->sdl->DestroyTexture(shape->discs[i].texture);
        shape->discs[i].texture = NULL;
        shape->discs[i].radius = 0;
    }
}

/* A white disc whose edge pixels are as opaque as they are covered. */
static SDL_Texture *draw_disc(const struct shape *shape, int radius)
{
    SDL_Surface *surface = shape->sdl->CreateRGBSurfaceWithFormat(0, 2 * radius, 2 * radius, 32,
                                                                  SDL_PIXELFORMAT_ARGB8888);
    if (!surface)
        return NULL;
    for (int y = 0; y < 2 * radius; y++) {
        Uint32 *row = (Uint32 *)(void *)((Uint8 *)surface->pixels + (size_t)y * surface->pitch);
        for (int x = 0; x < 2 * radius; x++) {
            double distance = hypot(x + 0.5 - radius, y + 0.5 - radius);
            double cover = fmin(1, fmax(0, radius - distance + 0.5));
            row[x] = (Uint32)lround(255 * cover) << 24 | 0xffffff;
        }
    }
    SDL_Texture *texture = shape->sdl->CreateTextureFromSurface(shape->renderer, surface);
    shape->sdl->FreeSurface(surface);
    return texture;
}

static SDL_Texture *disc_get(struct shape *shape, int radius)
{
    for (int i = 0; i < SHAPE_DISCS; i++)
        if (shape->discs[i].texture && shape->discs[i].radius == radius)
            return shape->discs[i].texture;
    int slot = shape->next;
    shape->next = (slot + 1) % SHAPE_DISCS;
    if (shape->discs[slot].texture)
        shape->sdl->DestroyTexture(shape->discs[slot].texture);
    shape->discs[slot].radius = radius;
    shape->discs[slot].texture = draw_disc(shape, radius);
    return shape->discs[slot].texture;
}

void shape_box(struct shape *shape, const SDL_Rect *box, SDL_Color colour)
{
    if (box->w <= 0 || box->h <= 0)
        return;
    shape->sdl->SetRenderDrawBlendMode(shape->renderer, SDL_BLENDMODE_BLEND);
    shape->sdl->SetRenderDrawColor(shape->renderer, colour.r, colour.g, colour.b, colour.a);
    shape->sdl->RenderFillRect(shape->renderer, box);
}

void shape_round_box(struct shape *shape, const SDL_Rect *box, int radius, SDL_Color colour)
{
    if (box->w <= 0 || box->h <= 0)
        return;
    int shorter = box->w < box->h ? box->w : box->h;
    int r = radius < shorter / 2 ? radius : shorter / 2;
    SDL_Texture *disc = r > 0 ? disc_get(shape, r) : NULL;
    if (!disc) {
        shape_box(shape, box, colour);
        return;
    }
    shape->sdl->SetTextureColorMod(disc, colour.r, colour.g, colour.b);
    shape->sdl->SetTextureAlphaMod(disc, colour.a);
    for (int corner = 0; corner < 4; corner++) {
        int right = corner % 2, low = corner / 2;
        SDL_Rect from = {.x = right * r, .y = low * r, .w = r, .h = r};
        SDL_Rect to = {
            .x = box->x + right * (box->w - r), .y = box->y + low * (box->h - r), .w = r, .h = r};
        shape->sdl->RenderCopy(shape->renderer, disc, &from, &to);
    }
    SDL_Rect top = {.x = box->x + r, .y = box->y, .w = box->w - 2 * r, .h = r};
    SDL_Rect middle = {.x = box->x, .y = box->y + r, .w = box->w, .h = box->h - 2 * r};
    SDL_Rect bottom = {.x = top.x, .y = box->y + box->h - r, .w = top.w, .h = r};
    shape_box(shape, &top, colour);
    shape_box(shape, &middle, colour);
    shape_box(shape, &bottom, colour);
}

/* Draws the whole bar, but lets only the columns from..to through. */
static void bar_columns(struct shape *shape, const SDL_Rect *box, int from, int to,
                        SDL_Color colour)
{
    SDL_Rect clip = {.x = box->x + from, .y = box->y, .w = to - from, .h = box->h};
    if (clip.w <= 0)
        return;
    shape->sdl->RenderSetClipRect(shape->renderer, &clip);
    shape_round_box(shape, box, box->h / 2, colour);
    shape->sdl->RenderSetClipRect(shape->renderer, NULL);
}

void shape_bar(struct shape *shape, const SDL_Rect *box, double part, SDL_Color colour,
               SDL_Color track)
{
    if (box->w <= 0 || box->h <= 0)
        return;
    double inside = part > 0 ? fmin(part, 1) : 0; /* NaN is nothing */
    int filled = (int)lround(inside * box->w);
    bar_columns(shape, box, 0, filled, colour);
    bar_columns(shape, box, filled, box->w, track);
}
