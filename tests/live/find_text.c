#include "find_text.h"

#include "../support.h"

#include <SDL_ttf.h>
#include <string.h>

/* Sizes of the em square that are tried, in px. */
enum { SMALLEST = 9, LARGEST = 40 };

/* Where a rendered string surely has ink, and where it surely has none. */
struct point {
    int x, y;
    bool ink;
};

struct mask {
    int width, height;
    int count, ink_count;
    struct point *points; /* owned */
};

static struct mask render(const char *font_path, int size, const char *string)
{
    TTF_Font *font = TTF_OpenFont(font_path, size);
    assert_non_null(font);
    TTF_SetFontHinting(font, TTF_HINTING_LIGHT);
    SDL_Surface *surface =
        TTF_RenderUTF8_Blended(font, string, (SDL_Color){.r = 255, .g = 255, .b = 255, .a = 255});
    assert_non_null(surface);
    /* a word of a longer string is no match: paper left and right of it, wider than a space */
    int border = size * 9 / 20;
    struct mask mask = {.width = surface->w + 2 * border, .height = surface->h};
    mask.points = calloc((size_t)mask.width * (size_t)mask.height, sizeof *mask.points);
    assert_non_null(mask.points);
    /* columns in a scattered order, so that a wrong place is left soon */
    int apart = 37;
    while (mask.width % apart == 0)
        apart += 4;
    for (int i = 0; i < mask.width; i++)
        for (int y = 0; y < mask.height; y++) {
            int x = (int)((long)i * apart % mask.width), inside = x - border;
            const uint8_t *row = (const uint8_t *)surface->pixels + (size_t)y * surface->pitch;
            Uint32 alpha = 0;
            if (inside >= 0 && inside < surface->w)
                alpha = ((const Uint32 *)(const void *)row)[inside] >> 24;
            if (alpha == 0 || alpha > 200)
                mask.points[mask.count++] = (struct point){x, y, alpha > 0};
            mask.ink_count += alpha > 200;
        }
    SDL_FreeSurface(surface);
    TTF_CloseFont(font);
    return mask;
}

/* No point may differ: an i is an l but for a few. */
static bool here(const struct mask *mask, const uint8_t *bright, int width)
{
    for (int i = 0; i < mask->count; i++) {
        const struct point *point = &mask->points[i];
        if (bright[(size_t)point->y * (size_t)width + (size_t)point->x] != point->ink)
            return false;
    }
    return true;
}

bool find_text(const struct mn_image *picture, const char *font, const char *string)
{
    bool found = false;
    int width = picture->width, height = picture->height;
    uint8_t *bright = malloc((size_t)width * (size_t)height);
    assert_non_null(bright);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const uint8_t *p = picture->plane[0] + (size_t)y * picture->stride[0] + 3 * (size_t)x;
            int most = p[0] > p[1] ? p[0] : p[1];
            most = p[2] > most ? p[2] : most;
            bright[(size_t)y * (size_t)width + (size_t)x] = most > 140;
        }
    assert_int_equal(TTF_Init(), 0);
    for (int size = SMALLEST; size <= LARGEST && !found; size++) {
        struct mask mask = render(font, size, string);
        /* with hardly any ink it would be found on every empty plate */
        bool legible = mask.ink_count >= 3 * (int)strlen(string);
        for (int y = 0; legible && y + mask.height <= height && !found; y++)
            for (int x = 0; x + mask.width <= width && !found; x++)
                found = here(&mask, bright + (size_t)y * (size_t)width + (size_t)x, width);
        free(mask.points);
    }
    TTF_Quit();
    free(bright);
    return found;
}
