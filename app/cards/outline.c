#include "outline.h"

#include <math.h>

enum { CURVE_STEPS = 16 };

static const float KAPPA = 0.5522848f; /* the cubic that is closest to a quarter of a circle */

static void clear(struct outline *outline)
{
    outline->point_count = outline->part_count = 0;
}

static void move_to(struct outline *outline, float x, float y)
{
    if (outline->part_count == OUTLINE_PARTS || outline->point_count == OUTLINE_POINTS)
        return;
    outline->part[outline->part_count++] =
        (struct outline_part){.first = outline->point_count, .count = 1};
    outline->x[outline->point_count] = x;
    outline->y[outline->point_count++] = y;
}

static void line_to(struct outline *outline, float x, float y)
{
    if (outline->part_count == 0 || outline->point_count == OUTLINE_POINTS)
        return;
    int last = outline->point_count - 1;
    if (outline->x[last] == x && outline->y[last] == y)
        return; /* has no direction */
    outline->x[outline->point_count] = x;
    outline->y[outline->point_count++] = y;
    outline->part[outline->part_count - 1].count++;
}

static void curve_to(struct outline *outline, float x1, float y1, float x2, float y2, float x3,
                     float y3)
{
    if (outline->part_count == 0)
        return;
    float x0 = outline->x[outline->point_count - 1], y0 = outline->y[outline->point_count - 1];
    for (int i = 1; i <= CURVE_STEPS; i++) {
        float t = (float)i / CURVE_STEPS, s = 1 - t;
        float b0 = s * s * s, b1 = 3 * s * s * t, b2 = 3 * s * t * t, b3 = t * t * t;
        line_to(outline, b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3,
                b0 * y0 + b1 * y1 + b2 * y2 + b3 * y3);
    }
}

static void close_part(struct outline *outline)
{
    if (outline->part_count == 0)
        return;
    struct outline_part *part = &outline->part[outline->part_count - 1];
    int last = outline->point_count - 1;
    part->closed = true;
    if (part->count > 1 && outline->x[last] == outline->x[part->first] &&
        outline->y[last] == outline->y[part->first]) {
        part->count--;
        outline->point_count--;
    }
}

/* Clockwise on the screen, where y points down: from left to right over the top, or back below. */
static void half_ellipse_to(struct outline *outline, float ry, float x3, float y3)
{
    if (outline->part_count == 0)
        return;
    float x0 = outline->x[outline->point_count - 1], y0 = outline->y[outline->point_count - 1];
    float rx = 0.5f * (x3 - x0), rise = x3 > x0 ? -ry : ry;
    float middle = 0.5f * (x0 + x3);
    curve_to(outline, x0, y0 + KAPPA * rise, middle - KAPPA * rx, y0 + rise, middle, y0 + rise);
    curve_to(outline, middle + KAPPA * rx, y0 + rise, x3, y3 + KAPPA * rise, x3, y3);
}

/* The C library's own parser would follow the user's locale. */
static bool read_number(const char **text, float *number)
{
    const char *c = *text;
    while (*c == ' ')
        c++;
    float sign = *c == '-' ? -1 : 1;
    if (*c == '-')
        c++;
    float value = 0, unit = 1;
    const char *digits = c;
    for (; *c >= '0' && *c <= '9'; c++)
        value = 10 * value + (float)(*c - '0');
    if (*c == '.')
        for (c++; *c >= '0' && *c <= '9'; c++)
            value += (unit *= 0.1f) * (float)(*c - '0');
    *number = sign * value;
    *text = c;
    return c > digits;
}

static bool read_numbers(const char **text, float *number, int count)
{
    for (int i = 0; i < count; i++)
        if (!read_number(text, &number[i]))
            return false;
    return true;
}

static bool path_step(struct outline *outline, char command, const char **text)
{
    float n[7];
    switch (command) {
    case 'M':
        if (!read_numbers(text, n, 2))
            return false;
        move_to(outline, n[0], n[1]);
        return true;
    case 'L':
        if (!read_numbers(text, n, 2))
            return false;
        line_to(outline, n[0], n[1]);
        return true;
    case 'C':
        if (!read_numbers(text, n, 6))
            return false;
        curve_to(outline, n[0], n[1], n[2], n[3], n[4], n[5]);
        return true;
    case 'A':
        if (!read_numbers(text, n, 7))
            return false;
        half_ellipse_to(outline, n[1], n[5], n[6]);
        return true;
    case 'Z':
        close_part(outline);
        return true;
    default:
        return false;
    }
}

void outline_path(struct outline *outline, const char *path)
{
    clear(outline);
    while (*path) {
        char command = *path++;
        if (command != ' ' && !path_step(outline, command, &path))
            return;
    }
}

void outline_ellipse(struct outline *outline, float x, float y, float rx, float ry)
{
    clear(outline);
    move_to(outline, x - rx, y);
    half_ellipse_to(outline, ry, x + rx, y);
    half_ellipse_to(outline, ry, x - rx, y);
    close_part(outline);
}

void outline_box(struct outline *outline, float left, float top, float right, float bottom,
                 float corner)
{
    float k = corner * (1 - KAPPA); /* from the corner to the control points */
    clear(outline);
    move_to(outline, left + corner, top);
    line_to(outline, right - corner, top);
    curve_to(outline, right - k, top, right, top + k, right, top + corner);
    line_to(outline, right, bottom - corner);
    curve_to(outline, right, bottom - k, right - k, bottom, right - corner, bottom);
    line_to(outline, left + corner, bottom);
    curve_to(outline, left + k, bottom, left, bottom - k, left, bottom - corner);
    line_to(outline, left, top + corner);
    curve_to(outline, left, top + k, left + k, top, left + corner, top);
    close_part(outline);
}

struct vector {
    float x, y;
};

static void edge(const struct outline_place *place, struct raster *raster, struct vector a,
                 struct vector b)
{
    raster_edge(raster, place->xx * a.x + place->xy * a.y + place->x,
                place->yx * a.x + place->yy * a.y + place->y,
                place->xx * b.x + place->xy * b.y + place->x,
                place->yx * b.x + place->yy * b.y + place->y);
}

static struct vector point(const struct outline *outline, const struct outline_part *part, int i)
{
    int at = part->first + i % part->count;
    return (struct vector){outline->x[at], outline->y[at]};
}

void outline_fill(const struct outline *outline, const struct outline_place *place,
                  struct raster *raster)
{
    for (int p = 0; p < outline->part_count; p++) {
        const struct outline_part *part = &outline->part[p];
        for (int i = 0; i < part->count; i++)
            edge(place, raster, point(outline, part, i), point(outline, part, i + 1));
    }
}

static struct vector add(struct vector a, struct vector b, float times)
{
    return (struct vector){a.x + b.x * times, a.y + b.y * times};
}

static struct vector unit(struct vector a)
{
    float length = sqrtf(a.x * a.x + a.y * a.y); /* correctly rounded by IEEE 754 */
    return length > 0 ? (struct vector){a.x / length, a.y / length} : (struct vector){1, 0};
}

/* A stroke is tiled by pieces that all run the same way round and hardly overlap: one box for each
 * segment, and a slice of pie on the outer side of each joint. */
struct pen {
    const struct outline_place *place;
    struct raster *raster;
    float radius;
};

/* The slice of pie about `centre` from direction a to b, less than half a turn, clockwise on the
 * screen; halved until it is round enough. */
static void slice(const struct pen *pen, struct vector centre, struct vector a, struct vector b,
                  int depth)
{
    struct vector middle = unit((struct vector){a.x + b.x, a.y + b.y});
    if (depth > 0 && a.x * b.x + a.y * b.y < 0.97f) {
        slice(pen, centre, a, middle, depth - 1);
        slice(pen, centre, middle, b, depth - 1);
        return;
    }
    struct vector from = add(centre, a, pen->radius), to = add(centre, b, pen->radius);
    edge(pen->place, pen->raster, centre, from);
    edge(pen->place, pen->raster, from, to);
    edge(pen->place, pen->raster, to, centre);
}

static void segment(const struct pen *pen, struct vector a, struct vector b, struct vector side)
{
    struct vector corner[4] = {add(a, side, pen->radius), add(b, side, pen->radius),
                               add(b, side, -pen->radius), add(a, side, -pen->radius)};
    for (int i = 0; i < 4; i++)
        edge(pen->place, pen->raster, corner[i], corner[(i + 1) % 4]);
}

/* To the left of the direction of travel on the screen. */
static struct vector side_of(struct vector a, struct vector b)
{
    struct vector ahead = unit((struct vector){b.x - a.x, b.y - a.y});
    return (struct vector){ahead.y, -ahead.x};
}

static struct vector reverse(struct vector a)
{
    return (struct vector){-a.x, -a.y};
}

static void joint(const struct pen *pen, struct vector at, struct vector side, struct vector next)
{
    float turn = side.x * next.y - side.y * next.x; /* > 0: to the right, the left is outside */
    if (turn > 0)
        slice(pen, at, side, next, 4);
    else if (turn < 0)
        slice(pen, at, reverse(next), reverse(side), 4);
}

/* Half a disc around an end; `side` is to the left of the direction out of the stroke. */
static void cap(const struct pen *pen, struct vector at, struct vector side)
{
    struct vector out = {-side.y, side.x};
    slice(pen, at, side, out, 4);
    slice(pen, at, out, reverse(side), 4);
}

static void stroke_part(const struct pen *pen, const struct outline *outline,
                        const struct outline_part *part)
{
    if (part->count < 2)
        return;
    int segments = part->closed ? part->count : part->count - 1;
    for (int i = 0; i < segments; i++) {
        struct vector a = point(outline, part, i), b = point(outline, part, i + 1);
        struct vector side = side_of(a, b);
        segment(pen, a, b, side);
        if (i + 1 < segments || part->closed)
            joint(pen, b, side, side_of(b, point(outline, part, i + 2)));
        else
            cap(pen, b, side);
        if (i == 0 && !part->closed)
            cap(pen, a, reverse(side));
    }
}

void outline_stroke(const struct outline *outline, const struct outline_place *place, float width,
                    struct raster *raster)
{
    struct pen pen = {.place = place, .raster = raster, .radius = 0.5f * width};
    for (int p = 0; p < outline->part_count; p++)
        stroke_part(&pen, outline, &outline->part[p]);
}
