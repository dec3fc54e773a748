#include "chart.h"

#include <math.h>
#include <string.h>

#include "html.h"

/* Units of the drawing, about a pixel on a phone. Above TOP only the words of marks stand. */
enum { WIDTH = 420, HEIGHT = 260, LEFT = 42, RIGHT = 402, TOP = 24, BOTTOM = 220 };

static double place_x(const struct chart *chart, double x)
{
    return LEFT + (x - chart->x_low) / (chart->x_high - chart->x_low) * (RIGHT - LEFT);
}

static double place_y(const struct chart *chart, double y)
{
    double share = y / chart->y_high;
    return BOTTOM - (share > 1 ? 1 : share) * (BOTTOM - TOP);
}

/* 1, 2 or 5 times a power of ten that divides the range into five pieces or a few more. */
static double step_of(double range)
{
    double power = pow(10, floor(log10(range / 5)));
    double rest = range / 5 / power;
    return power * (rest < 2 ? 1 : rest < 5 ? 2 : 5);
}

double chart_round_up(double number)
{
    if (!(number > 0) || !isfinite(number))
        return 1;
    double step = step_of(number);
    return ceil(number / step - 1e-9) * step;
}

static void put_number(FILE *to, double number, bool is_percent)
{
    if (is_percent)
        fprintf(to, "%.4g%%", 100 * number);
    else if (number >= 1000)
        html_count(to, llround(number));
    else
        fprintf(to, "%.4g", fabs(number) < 1e-12 ? 0 : number);
}

static void put_y_axis(const struct chart *chart)
{
    double step = step_of(chart->y_high);
    for (int i = 0; i * step <= chart->y_high * 1.0001; i++) {
        double y = place_y(chart, i * step);
        fprintf(chart->to, "<path class=\"%s\" d=\"M%d %.1fH%d\"/>", i ? "grid" : "axis", LEFT, y,
                RIGHT);
        fprintf(chart->to, "<text class=\"end\" x=\"%d\" y=\"%.1f\">", LEFT - 6, y + 4);
        put_number(chart->to, i * step, chart->y_percent);
        fputs("</text>\n", chart->to);
    }
}

static void put_x_axis(const struct chart *chart)
{
    double step = step_of(chart->x_high - chart->x_low);
    if (!chart->x_percent && step < 1)
        step = 1;
    for (int i = (int)ceil(chart->x_low / step); i * step <= chart->x_high * 1.0001; i++) {
        double x = i * step;
        fprintf(chart->to, "<text class=\"mid\" x=\"%.1f\" y=\"%d\">", place_x(chart, x),
                BOTTOM + 16);
        put_number(chart->to, x, chart->x_percent);
        fputs("</text>", chart->to);
    }
    fprintf(chart->to, "<text class=\"mid name\" x=\"%d\" y=\"%d\">", (LEFT + RIGHT) / 2,
            BOTTOM + 34);
    html_text(chart->to, chart->x_label);
    fputs("</text>\n", chart->to);
}

void chart_begin(const struct chart *chart)
{
    fprintf(chart->to, "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
            WIDTH, HEIGHT);
    html_text(chart->to, chart->title);
    fputs("\">\n", chart->to);
    put_y_axis(chart);
    put_x_axis(chart);
}

void chart_end(const struct chart *chart)
{
    fputs("</svg>\n", chart->to);
}

struct chart_line chart_line_begin(const struct chart *chart, const char *style)
{
    fprintf(chart->to, "<path class=\"line %s\" d=\"", style);
    return (struct chart_line){.chart = chart};
}

void chart_line_to(struct chart_line *line, double x, double y)
{
    const struct chart *chart = line->chart;
    if (!isfinite(x) || !isfinite(y)) {
        line->is_open = false;
        return;
    }
    double to_x = place_x(chart, x), to_y = place_y(chart, y);
    /* a line of no length, so that a point without neighbours is a dot */
    if (line->is_open)
        fprintf(chart->to, "L%.1f %.1f", to_x, to_y);
    else
        fprintf(chart->to, "M%.1f %.1fh0", to_x, to_y);
    line->is_open = true;
}

void chart_line_end(struct chart_line *line)
{
    fputs("\"/>\n", line->chart->to);
}

void chart_point(const struct chart *chart, double x, double y, const char *style)
{
    if (isfinite(x) && isfinite(y))
        fprintf(chart->to, "<path class=\"point %s\" d=\"M%.1f %.1fh0\"/>\n", style,
                place_x(chart, x), place_y(chart, y));
}

void chart_bar(const struct chart *chart, const double x[2], const double y[2], const char *style)
{
    double left = place_x(chart, x[0]) + 0.75, right = place_x(chart, x[1]) - 0.75;
    double bottom = place_y(chart, y[0]), top = place_y(chart, y[1]);
    fprintf(chart->to, "<path class=\"%s\" d=\"M%.1f %.1fH%.1fV%.1fH%.1fz\"/>\n", style, left,
            bottom, right, top, left);
}

void chart_mark(const struct chart *chart, double x, const char *word)
{
    double at = place_x(chart, x);
    bool is_right = at > (LEFT + RIGHT) / 2.0; /* then the word is on its left */
    fprintf(chart->to, "<path class=\"mark\" d=\"M%.1f %dV%d\"/>", at, TOP - 18, BOTTOM);
    fprintf(chart->to, "<text class=\"marked%s\" x=\"%.1f\" y=\"%d\">", is_right ? " end" : "",
            at + (is_right ? -5 : 5), TOP - 9);
    html_text(chart->to, word);
    fputs("</text>\n", chart->to);
}

void chart_key(FILE *to, const char *style, const char *meaning)
{
    fputs("<span class=\"key\"><svg viewBox=\"0 0 22 10\" aria-hidden=\"true\">", to);
    if (strncmp(style, "fill", 4) == 0)
        fprintf(to, "<path class=\"%s\" d=\"M5 0H17V10H5z\"/>", style);
    else
        fprintf(to, "<path class=\"line %s\" d=\"M1 5H21\"/>", style);
    html_put(to, "</svg>%T</span>\n", meaning);
}
