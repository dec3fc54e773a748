#include "text.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../engine/base/utf8.h"

/* A screen of text is about 25 strings and 8 fonts; several times that survives a few changing
 * numbers. */
enum { LABELS = 96, FONTS = 16 };

enum { ANY_PX = 16 };        /* where the size does not matter */
enum { OTHER = TEXT_FACES }; /* the face of scripts that ours lack */

/* Where Debian and what comes of it put them. */
static const char *const others[] = {
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/opentype/unifont/unifont.otf",
};

static const char ELLIPSIS[] = "\xe2\x80\xa6";
static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

struct font {
    TTF_Font *font; /* NULL: slot is free */
    int face;       /* enum text_face, or OTHER */
    int size_px;
    uint64_t used; /* text->clock when it was */
};

struct label {
    SDL_Texture *texture; /* NULL: slot is free */
    enum text_face face;
    int size_px, max_width_px;
    int width, height; /* px */
    int down;          /* px from the y it is drawn at: the other font's line begins elsewhere */
    uint64_t used;
    char string[TEXT_BYTES];
};

struct text {
    const struct sdl *sdl;
    SDL_Renderer *renderer;
    bool started; /* TTF_Init() succeeded */
    void *file[TEXT_FACES];
    size_t file_bytes[TEXT_FACES];
    const char *other; /* path of the font for what these lack; NULL: none was found */
    uint64_t clock;
    struct font fonts[FONTS];
    struct label labels[LABELS];
};

void text_clean(char out[TEXT_BYTES], const char *string)
{
    size_t length = 0;
    size_t fits = 0; /* length of what leaves room for the ellipsis */
    while (*string) {
        uint32_t code;
        size_t bytes = mn_utf8_decode(string, SIZE_MAX, &code), size = bytes;
        const char *from = string;
        if (bytes == 0) {
            from = REPLACEMENT;
            size = sizeof REPLACEMENT - 1;
        } else if (code < ' ' || code == 127) {
            from = " ";
        }
        if (length + size >= TEXT_BYTES) {
            memcpy(out + fits, ELLIPSIS, sizeof ELLIPSIS);
            return;
        }
        memcpy(out + length, from, size);
        length += size;
        if (length + sizeof ELLIPSIS <= TEXT_BYTES)
            fits = length;
        string += bytes ? bytes : 1;
    }
    out[length] = 0;
}

enum mn_status text_open(struct text **out, const struct sdl *sdl, SDL_Renderer *renderer,
                         const char *folder, struct mn_error *error)
{
    static const char *const names[TEXT_FACES] = {"DejaVuSans.ttf", "DejaVuSans-Bold.ttf"};

    *out = NULL;
    struct text *text = calloc(1, sizeof *text);
    if (!text)
        return mn_fail(error, MN_FAILED, "no memory for the window's text; close other programs");
    text->sdl = sdl;
    text->renderer = renderer;
    if (text->sdl->TTF_Init() != 0) {
        mn_fail(error, MN_FAILED, "SDL2_ttf does not start: %s; reinstall libsdl2-ttf-2.0-0",
                text->sdl->GetError());
        goto failed;
    }
    text->started = true;
    for (int face = 0; face < TEXT_FACES; face++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, names[face]);
        text->file[face] = text->sdl->LoadFile(path, &text->file_bytes[face]);
        if (!text->file[face] || text->file_bytes[face] > INT_MAX) {
            mn_fail(error, MN_FAILED, "cannot read the font %s: %s; reinstall camlabel", path,
                    text->sdl->GetError());
            goto failed;
        }
    }
    for (int face = 0; face < TEXT_FACES; face++) {
        struct text_style style = {.face = (enum text_face)face, .size_px = ANY_PX};
        if (text_height(text, &style) == 0) {
            mn_fail(error, MN_FAILED, "%s/%s is not a font: %s; reinstall camlabel", folder,
                    names[face], text->sdl->GetError());
            goto failed;
        }
    }
    *out = text;
    return MN_OK;
failed:
    text_close(text);
    return MN_FAILED;
}

void text_close(struct text *text)
{
    if (!text)
        return;
    for (int i = 0; i < LABELS; i++)
        if (text->labels[i].texture)
            text->sdl->DestroyTexture(text->labels[i].texture);
    for (int i = 0; i < FONTS; i++)
        if (text->fonts[i].font)
            text->sdl->TTF_CloseFont(text->fonts[i].font);
    for (int face = 0; face < TEXT_FACES; face++)
        text->sdl->free(text->file[face]);
    if (text->started)
        text->sdl->TTF_Quit();
    free(text);
}

static SDL_RWops *font_file(const struct text *text, int face)
{
    if (face == OTHER)
        return text->sdl->RWFromFile(text->other, "rb");
    return text->sdl->RWFromConstMem(text->file[face], (int)text->file_bytes[face]);
}

/* The font of this face and size, from the cache or in the place of the one unused for longest.
 * NULL where FreeType refuses. */
static TTF_Font *font_get(struct text *text, int face, int size_px)
{
    struct font *oldest = &text->fonts[0];
    for (int i = 0; i < FONTS; i++) {
        struct font *font = &text->fonts[i];
        if (font->font && font->face == face && font->size_px == size_px) {
            font->used = ++text->clock;
            return font->font;
        }
        if (font->used < oldest->used)
            oldest = font;
    }
    if (oldest->font)
        text->sdl->TTF_CloseFont(oldest->font);
    SDL_RWops *file = font_file(text, face);
    *oldest = (struct font){.face = face, .size_px = size_px};
    oldest->font = file ? text->sdl->TTF_OpenFontRW(file, 1, size_px) : NULL;
    if (!oldest->font)
        return NULL;
    text->sdl->TTF_SetFontHinting(oldest->font, TTF_HINTING_LIGHT);
    oldest->used = ++text->clock;
    return oldest->font;
}

static bool covers(const struct sdl *sdl, TTF_Font *font, const char *string)
{
    uint32_t code;
    for (size_t bytes; *string; string += bytes) {
        bytes = mn_utf8_decode(string, SIZE_MAX, &code);
        if (bytes == 0 || !sdl->TTF_GlyphIsProvided32(font, code))
            return false;
    }
    return true;
}

/* The face's font, or the other one where only that has all the glyphs. */
static TTF_Font *font_for(struct text *text, int face, int size_px, const char *string)
{
    TTF_Font *font = font_get(text, face, size_px);
    if (!text->other || !font || covers(text->sdl, font, string))
        return font;
    TTF_Font *other = font_get(text, OTHER, size_px);
    return other && covers(text->sdl, other, string) ? other : font;
}

static bool file_covers(const struct sdl *sdl, const char *path, const char *string)
{
    SDL_RWops *file = sdl->RWFromFile(path, "rb");
    TTF_Font *font = file ? sdl->TTF_OpenFontRW(file, 1, ANY_PX) : NULL;
    bool all = font && covers(sdl, font, string);
    if (font)
        sdl->TTF_CloseFont(font);
    return all;
}

bool text_provide(struct text *text, const char *string)
{
    TTF_Font *font = font_for(text, TEXT_BOLD, ANY_PX, string);
    if (font && covers(text->sdl, font, string))
        return true;
    for (size_t i = 0; !text->other && i < sizeof others / sizeof others[0]; i++)
        if (file_covers(text->sdl, others[i], string)) {
            text->other = others[i];
            return true;
        }
    return false;
}

/* Writes into out as much of the string as is at most max_width_px wide, with "…" for the rest. */
static void elide(const struct sdl *sdl, TTF_Font *font, const char *string, int max_width_px,
                  char out[TEXT_BYTES])
{
    int width = 0, dots = 0, fitting = 0;
    snprintf(out, TEXT_BYTES, "%s", string);
    if (sdl->TTF_SizeUTF8(font, string, &width, NULL) != 0 || width <= max_width_px)
        return;
    out[0] = 0;
    if (sdl->TTF_SizeUTF8(font, ELLIPSIS, &dots, NULL) != 0 || dots > max_width_px)
        return;
    if (sdl->TTF_MeasureUTF8(font, string, max_width_px - dots, &width, &fitting) != 0)
        fitting = 0;
    size_t length = 0;
    uint32_t code;
    for (; fitting > 0 && string[length]; fitting--)
        length += mn_utf8_decode(string + length, SIZE_MAX, &code);
    while (length > 0 && string[length - 1] == ' ')
        length--;
    if (length + sizeof ELLIPSIS > TEXT_BYTES)
        return;
    memcpy(out, string, length);
    memcpy(out + length, ELLIPSIS, sizeof ELLIPSIS);
}

static bool render(struct text *text, struct label *label)
{
    char fitted[TEXT_BYTES];
    TTF_Font *usual = font_get(text, label->face, label->size_px);
    TTF_Font *font = font_for(text, label->face, label->size_px, label->string);
    if (!font)
        return false;
    label->down = text->sdl->TTF_FontAscent(usual) - text->sdl->TTF_FontAscent(font);
    elide(text->sdl, font, label->string, label->max_width_px, fitted);
    if (!fitted[0])
        return false;
    SDL_Surface *surface = text->sdl->TTF_RenderUTF8_Blended(
        font, fitted, (SDL_Color){.r = 255, .g = 255, .b = 255, .a = 255});
    if (!surface)
        return false;
    label->texture = text->sdl->CreateTextureFromSurface(text->renderer, surface);
    label->width = surface->w;
    label->height = surface->h;
    text->sdl->FreeSurface(surface);
    return label->texture;
}

/* The rendered string, from the cache or in the place of the one not drawn for longest. */
static struct label *label_get(struct text *text, const struct text_style *style,
                               const char *string, int max_width_px)
{
    struct label *oldest = &text->labels[0];
    for (int i = 0; i < LABELS; i++) {
        struct label *label = &text->labels[i];
        if (label->texture && label->size_px == style->size_px && label->face == style->face &&
            label->max_width_px == max_width_px && strcmp(label->string, string) == 0) {
            label->used = ++text->clock;
            return label;
        }
        if (label->used < oldest->used)
            oldest = label;
    }
    if (oldest->texture)
        text->sdl->DestroyTexture(oldest->texture);
    *oldest = (struct label){
        .face = style->face, .size_px = style->size_px, .max_width_px = max_width_px};
    snprintf(oldest->string, sizeof oldest->string, "%s", string);
    if (!render(text, oldest))
        return NULL;
    oldest->used = ++text->clock;
    return oldest;
}

int text_height(struct text *text, const struct text_style *style)
{
    TTF_Font *font = font_get(text, style->face, style->size_px);
    return font ? text->sdl->TTF_FontHeight(font) : 0;
}

int text_width(struct text *text, const struct text_style *style, const char *string)
{
    TTF_Font *font = font_for(text, style->face, style->size_px, string);
    int width = 0;
    return font && text->sdl->TTF_SizeUTF8(font, string, &width, NULL) == 0 ? width : 0;
}

int text_draw(struct text *text, const struct text_style *style, const char *string, int x, int y,
              int max_width_px)
{
    if (!string[0] || max_width_px <= 0)
        return 0;
    struct label *label = label_get(text, style, string, max_width_px);
    if (!label)
        return 0;
    text->sdl->SetTextureColorMod(label->texture, style->colour.r, style->colour.g,
                                  style->colour.b);
    SDL_Rect to = {.x = x, .y = y + label->down, .w = label->width, .h = label->height};
    text->sdl->RenderCopy(text->renderer, label->texture, NULL, &to);
    return to.w;
}
