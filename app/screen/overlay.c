#include "overlay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../engine/mobilenet.h"
#include "shape.h"
#include "text.h"

struct row {
    char label[TEXT_BYTES];
    char percent[16];
    double p; /* 0 … 1 */
};

struct overlay {
    struct shape shape;
    struct text *text;                               /* owned */
    bool has_words;                                  /* overlay_update() was called */
    uint64_t status_ms;                              /* when the rates below were written */
    char headline[TEXT_BYTES], headline_percent[16]; /* both empty before the first answer */
    char about[TEXT_BYTES];                          /* model and source */
    char rates[TEXT_BYTES], rates_short[TEXT_BYTES];
    char notice[TEXT_BYTES]; /* empty: none */
    int row_count;
    struct row rows[RESULT_TOP];
};

static const SDL_Color PLATE = {10, 16, 20, 176}, TRACK = {255, 255, 255, 36};
static const SDL_Color WHITE = {250, 252, 252, 255}, DIM = {198, 208, 214, 255};
static const SDL_Color FIRST = {53, 208, 186, 255}, OTHERS = {137, 158, 170, 255};
static const SDL_Color WARNING = {255, 190, 60, 255};

enum mn_status overlay_open(struct overlay **out, const struct sdl *sdl,
                            struct SDL_Renderer *renderer, const char *folder,
                            struct mn_error *error)
{
    *out = NULL;
    struct overlay *overlay = calloc(1, sizeof *overlay);
    if (!overlay)
        return mn_fail(error, MN_FAILED, "no memory for the window; close other programs");
    overlay->shape.sdl = sdl;
    overlay->shape.renderer = renderer;
    if (text_open(&overlay->text, sdl, renderer, folder, error)) {
        overlay_close(overlay);
        return error->status;
    }
    *out = overlay;
    return MN_OK;
}

void overlay_close(struct overlay *overlay)
{
    if (!overlay)
        return;
    text_close(overlay->text);
    shape_close(&overlay->shape);
    free(overlay);
}

/* --- the words --- */

static double probability(float p)
{
    return p > 0 ? fmin((double)p, 1) : 0; /* NaN is nothing */
}

const char *overlay_unwritable(struct overlay *overlay, char *const *labels, int count)
{
    char label[TEXT_BYTES];
    for (int i = 0; i < count; i++) {
        text_clean(label, labels[i]);
        if (!text_provide(overlay->text, label))
            return labels[i];
    }
    return NULL;
}

/* A class that got its name from a folder or a program has '_' where people write a space. */
static void write_label(char out[TEXT_BYTES], const struct overlay_content *content, int index)
{
    char number[MN_LABEL_NUMBER];
    text_clean(out, mn_label_of(content->labels, index, number));
    for (char *c = out; *c; c++)
        *c = *c == '_' ? ' ' : *c;
}

static void write_headline(struct overlay *overlay, const struct overlay_content *content)
{
    overlay->headline[0] = overlay->headline_percent[0] = 0;
    if (!content->has_result)
        return;
    if (content->result.label < 0) {
        text_clean(overlay->headline, content->result.label == RESULT_UNKNOWN ? "unknown" : "…");
        return;
    }
    write_label(overlay->headline, content, content->result.label);
    snprintf(overlay->headline_percent, sizeof overlay->headline_percent, "%.0f %%",
             100 * probability(content->result.label_p));
}

static void write_rows(struct overlay *overlay, const struct overlay_content *content)
{
    const struct result *result = &content->result;
    int count = content->has_result ? result->top_count : 0;
    overlay->row_count = count < 0 ? 0 : count > RESULT_TOP ? RESULT_TOP : count;
    for (int i = 0; i < overlay->row_count; i++) {
        struct row *row = &overlay->rows[i];
        row->p = probability(result->top[i].p);
        write_label(row->label, content, result->top[i].index);
        snprintf(row->percent, sizeof row->percent, "%.1f %%", 100 * row->p);
    }
}

static void write_status(struct overlay *overlay, const struct overlay_content *content)
{
    const double *fps = content->stats.fps;
    char line[2 * TEXT_BYTES];
    snprintf(line, sizeof line, "%s  ·  %s", content->model ? content->model : "",
             content->source ? content->source : "");
    text_clean(overlay->about, line);
    char age[24] = "–";
    double age_ms = (double)(content->result.finished_ns - content->result.captured_ns) * 1e-6;
    if (content->has_result)
        snprintf(age, sizeof age, "%.*f ms", age_ms < 10 ? 1 : 0, age_ms);
    snprintf(overlay->rates, sizeof overlay->rates,
             "capture %.1f fps   classify %.1f fps   display %.1f fps   age %s", fps[STAGE_CAPTURE],
             fps[STAGE_CLASSIFY], fps[STAGE_DISPLAY], age);
    snprintf(overlay->rates_short, sizeof overlay->rates_short,
             "capture %.0f  classify %.0f  display %.0f fps  age %s", fps[STAGE_CAPTURE],
             fps[STAGE_CLASSIFY], fps[STAGE_DISPLAY], age);
}

void overlay_update(struct overlay *overlay, const struct overlay_content *content, uint64_t now_ms)
{
    write_headline(overlay, content);
    write_rows(overlay, content);
    text_clean(overlay->notice, content->notice ? content->notice : "");
    if (!overlay->has_words || now_ms - overlay->status_ms >= OVERLAY_STATUS_MS) {
        write_status(overlay, content);
        overlay->status_ms = now_ms;
    }
    overlay->has_words = true;
}

/* --- the picture --- */

/* Measures of one drawing, all in px. */
struct page {
    int width, height;
    int em;     /* size of the rows' text */
    int margin; /* between plates and the window's edge */
    int pad;    /* between a plate's edge and its text */
};

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* Text grows slower than the window: 11 px at 240 rows, 16 at 480, 28 at 1080, 50 at 2160. */
static struct page page_for(int width, int height)
{
    int by_height = (int)lround(6.4 + 0.02 * height);
    int em = clamp(by_height < width / 32 ? by_height : width / 32, 9, 128);
    return (struct page){
        .width = width, .height = height, .em = em, .margin = em * 5 / 8, .pad = em / 2};
}

static struct text_style style_of(enum text_face face, int size_px, SDL_Color colour)
{
    return (struct text_style){.face = face, .size_px = size_px, .colour = colour};
}

/* The steadied label, big, in the upper left corner. Returns where it ends. */
static int draw_headline(struct overlay *overlay, const struct page *page)
{
    if (!overlay->headline[0])
        return 0;
    struct text *text = overlay->text;
    bool sure = overlay->headline_percent[0];
    struct text_style name = style_of(TEXT_BOLD, page->em * 2, sure ? WHITE : DIM);
    struct text_style percent = style_of(TEXT_REGULAR, page->em * 2, FIRST);
    int gap = sure ? page->em : 0;
    int right = sure ? text_width(text, &percent, overlay->headline_percent) : 0;
    int room = page->width - 2 * page->margin - 2 * page->em - gap - right;
    int left = text_width(text, &name, overlay->headline);
    left = left > room ? room : left;
    SDL_Rect plate = {.x = page->margin,
                      .y = page->margin,
                      .w = left + gap + right + 2 * page->em,
                      .h = text_height(text, &name) + page->pad / 2};
    shape_round_box(&overlay->shape, &plate, page->pad, PLATE);
    int x = plate.x + page->em, y = plate.y + page->pad / 4;
    x += text_draw(text, &name, overlay->headline, x, y, room) + gap;
    text_draw(text, &percent, overlay->headline_percent, x, y, right);
    return plate.y + plate.h;
}

static void draw_row(struct overlay *overlay, const struct page *page, const struct row *row,
                     bool first, const SDL_Rect *box)
{
    struct text *text = overlay->text;
    struct text_style name =
        style_of(first ? TEXT_BOLD : TEXT_REGULAR, page->em, first ? WHITE : DIM);
    struct text_style bold = style_of(TEXT_BOLD, page->em, WHITE);
    int percent_width = text_width(text, &bold, "100.0 %"); /* of all rows, so bars compare */
    int label_width = box->w * 9 / 20;
    SDL_Rect bar = {.x = box->x + label_width + page->pad,
                    .w = box->w - label_width - percent_width - 2 * page->pad,
                    .h = clamp(page->em * 5 / 8, 4, 64)};
    bar.y = box->y + (box->h - bar.h + 1) / 2;
    int y = box->y + (box->h - text_height(text, &name)) / 2;
    text_draw(text, &name, row->label, box->x, y, label_width);
    shape_bar(&overlay->shape, &bar, row->p, first ? FIRST : OTHERS, TRACK);
    int x = box->x + box->w - text_width(text, &name, row->percent);
    text_draw(text, &name, row->percent, x, y, percent_width);
}

/* The most probable classes, in the lower left corner above `bottom`: as many as there is room for
 * below `top`. Returns where they begin. */
static int draw_rows(struct overlay *overlay, const struct page *page, int top, int bottom)
{
    int line = page->em * 3 / 2;
    int room = (bottom - top - page->pad) / line;
    int count = clamp(overlay->row_count, overlay->headline[0] ? 0 : 1, room < 0 ? 0 : room);
    int widest = page->width - 2 * page->margin;
    SDL_Rect plate = {
        .x = page->margin, .w = clamp(26 * page->em, 0, widest), .h = count * line + page->pad};
    plate.y = bottom - plate.h;
    if (count == 0)
        return bottom;
    SDL_Rect row = {.x = plate.x + page->pad + page->pad / 2,
                    .y = plate.y + page->pad / 2,
                    .w = plate.w - 3 * page->pad,
                    .h = line};
    shape_round_box(&overlay->shape, &plate, page->pad, PLATE);
    if (overlay->row_count == 0) {
        struct text_style style = style_of(TEXT_REGULAR, page->em, DIM);
        int y = row.y + (row.h - text_height(overlay->text, &style)) / 2;
        text_draw(overlay->text, &style, "waiting for the first answer", row.x, y, row.w);
    }
    for (int i = 0; i < count && i < overlay->row_count; i++, row.y += line)
        draw_row(overlay, page, &overlay->rows[i], i == 0, &row);
    return plate.y;
}

/* Model, source, rates and age along the lower edge: on one line where they fit, else on two.
 * Returns where it begins. */
static int draw_status(struct overlay *overlay, const struct page *page)
{
    struct text *text = overlay->text;
    struct text_style about = style_of(TEXT_REGULAR, clamp(page->em * 13 / 16, 9, 128), WHITE);
    struct text_style numbers = about;
    numbers.colour = FIRST;
    int room = page->width - 2 * page->margin;
    int left = text_width(text, &about, overlay->about);
    int right = text_width(text, &about, overlay->rates);
    bool one_line = left + right + 2 * page->em <= room;
    const char *rates = right <= room ? overlay->rates : overlay->rates_short;
    int line = text_height(text, &about);
    SDL_Rect plate = {.w = page->width, .h = (one_line ? 1 : 2) * line + page->pad};
    plate.y = page->height - plate.h;
    shape_box(&overlay->shape, &plate, PLATE);
    int y = plate.y + page->pad / 2;
    text_draw(text, &about, overlay->about, page->margin, y, room);
    if (one_line)
        text_draw(text, &numbers, rates, page->width - page->margin - right, y, right);
    else
        text_draw(text, &numbers, rates, page->margin, y + line, room);
    return plate.y;
}

static void draw_notice(struct overlay *overlay, const struct page *page)
{
    struct text_style style = style_of(TEXT_BOLD, page->em * 5 / 4, WARNING);
    int room = page->width - 2 * page->margin;
    int width = text_width(overlay->text, &style, overlay->notice);
    int height = text_height(overlay->text, &style);
    int edge = clamp(page->em / 8, 1, 16);
    SDL_Rect band = {.y = page->height / 2 - height / 2 - page->pad,
                     .w = page->width,
                     .h = height + 2 * page->pad};
    SDL_Rect upper = {.y = band.y, .w = band.w, .h = edge};
    SDL_Rect lower = {.y = band.y + band.h - edge, .w = band.w, .h = edge};
    shape_box(&overlay->shape, &band, (SDL_Color){10, 16, 20, 216});
    shape_box(&overlay->shape, &upper, WARNING);
    shape_box(&overlay->shape, &lower, WARNING);
    width = width > room ? room : width;
    text_draw(overlay->text, &style, overlay->notice, (page->width - width) / 2, band.y + page->pad,
              room);
}

static const char *const keys[][2] = {{"q, Esc", "quit"},
                                      {"f", "full screen"},
                                      {"o", "overlay on and off"},
                                      {"s", "save a screenshot"},
                                      {"h", "this help"}};
enum { KEYS = sizeof keys / sizeof keys[0] };

static int help_height(const struct page *page)
{
    return KEYS * (page->em * 7 / 4) + 2 * page->pad;
}

/* In the middle between top and bottom. */
static void draw_help(struct overlay *overlay, const struct page *page, int top, int bottom)
{
    struct text_style key = style_of(TEXT_BOLD, page->em, FIRST);
    struct text_style what = style_of(TEXT_REGULAR, page->em, WHITE);
    int line = page->em * 7 / 4, column = page->em * 5;
    SDL_Rect plate = {.w = clamp(18 * page->em, 0, page->width), .h = help_height(page)};
    plate.x = (page->width - plate.w) / 2;
    plate.y = (top + bottom - plate.h) / 2;
    shape_round_box(&overlay->shape, &plate, page->pad, (SDL_Color){10, 16, 20, 224});
    int y = plate.y + page->pad + (line - text_height(overlay->text, &key)) / 2;
    for (int i = 0; i < KEYS; i++, y += line) {
        int x = plate.x + page->em;
        text_draw(overlay->text, &key, keys[i][0], x, y, column);
        text_draw(overlay->text, &what, keys[i][1], x + column, y, plate.w - column - page->em);
    }
}

void overlay_draw(struct overlay *overlay, int width, int height, unsigned parts)
{
    struct page page = page_for(width, height);
    int top = 0, bottom = height; /* of what is free for the help */
    if (parts & OVERLAY_CLASSES && overlay->has_words) {
        int help = parts & OVERLAY_HELP ? help_height(&page) + page.margin : 0;
        top = draw_headline(overlay, &page) + page.margin;
        bottom = draw_status(overlay, &page) - page.margin;
        bottom = draw_rows(overlay, &page, top + help, bottom);
    }
    if (parts & OVERLAY_HELP)
        draw_help(overlay, &page, top, bottom);
    if (overlay->notice[0])
        draw_notice(overlay, &page);
}
