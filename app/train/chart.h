/* Curves and bars as SVG in an HTML page: axes with round numbers, and colours by class, so that
 * the page's style chooses them for light, dark and paper. */
#ifndef CAMLABEL_CHART_H
#define CAMLABEL_CHART_H

#include <stdbool.h>
#include <stdio.h>

struct chart {
    FILE *to;
    const char *title;            /* said by screen readers */
    const char *x_label;          /* under the axis */
    double x_low, x_high, y_high; /* of the axes; y begins at 0 */
    bool x_percent, y_percent;    /* numbers are shares, shown as percent */
};

/* A round number that is at least this, for the end of an axis. */
double chart_round_up(double number);

void chart_begin(const struct chart *chart); /* <svg>, axes */
void chart_end(const struct chart *chart);

/* A line through points; those that are no numbers leave a gap. `style` is a class of the page's
 * style. */
struct chart_line {
    const struct chart *chart;
    bool is_open;
};
struct chart_line chart_line_begin(const struct chart *chart, const char *style);
void chart_line_to(struct chart_line *line, double x, double y);
void chart_line_end(struct chart_line *line);

/* A dot; nothing where x or y is no number. */
void chart_point(const struct chart *chart, double x, double y, const char *style);

/* A bar over x from low to high, y from low to high. */
void chart_bar(const struct chart *chart, const double x[2], const double y[2], const char *style);

/* A line from bottom to top with a word at its upper end, above all that is drawn. */
void chart_mark(const struct chart *chart, double x, const char *word);

/* The end of a chart's caption: what a style of line means. */
void chart_key(FILE *to, const char *style, const char *meaning);

#endif
