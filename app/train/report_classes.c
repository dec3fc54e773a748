#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "report_parts.h"

enum {
    MATRIX_CLASSES = 100,  /* more are no picture any more, only their confused pairs are listed */
    NUMBERED_CLASSES = 24, /* of a matrix whose cells have room for a number */
    LABEL_CHARACTERS = 18, /* beside the matrix; the rest is cut */
    PAIRS = 12,
    MANY_PAIRS = 40, /* where there is no matrix */
};

static int confused(const struct mn_metrics *metrics, int truth, int answer)
{
    return metrics->confusion[(size_t)truth * (size_t)metrics->classes + (size_t)answer];
}

/* ---- matrix ---- */

struct matrix {
    FILE *to;
    const struct report *report;
    int classes;
    int cell, font, margin; /* units of the drawing, which are pixels on a desk */
};

static bool is_middle_of_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* The label, or its beginning and three dots. */
static void put_short_label(FILE *to, const char *label)
{
    char text[4 * LABEL_CHARACTERS + 4];
    size_t length = 0;
    int characters = 0;
    while (length < sizeof text - 4 && label[length]) {
        characters += !is_middle_of_character(label[length]);
        if (characters > LABEL_CHARACTERS)
            break;
        length++;
    }
    memcpy(text, label, length);
    memcpy(text + length, label[length] ? "…" : "", label[length] ? 4 : 1);
    html_text(to, text);
}

static int characters_of(const char *label)
{
    int characters = 0;
    while (*label && characters <= LABEL_CHARACTERS)
        characters += !is_middle_of_character(*label++);
    return characters;
}

static struct matrix lay_out(FILE *to, const struct report *report)
{
    int classes = report->metrics->classes, longest = 4;
    for (int i = 0; i < classes; i++) {
        int characters = characters_of(report->labels[i]);
        longest = characters > longest ? characters : longest;
    }
    int cell = classes <= 6 ? 56 : classes <= 12 ? 44 : classes <= NUMBERED_CLASSES ? 30 : 16;
    cell = classes <= 60 ? cell : 10;
    int font = cell >= 30 ? 13 : cell == 16 ? 12 : 9;
    return (struct matrix){to, report, classes, cell, font, longest * font * 6 / 10 + 12};
}

static void put_labels(const struct matrix *matrix, int i)
{
    int middle = matrix->margin + i * matrix->cell + matrix->cell / 2;
    int baseline = matrix->font / 3, edge = matrix->margin - 6;
    const char *label = matrix->report->labels[i];
    fprintf(matrix->to, "<text class=\"end\" x=\"%d\" y=\"%d\">", edge, middle + baseline);
    put_short_label(matrix->to, label);
    fprintf(matrix->to, "</text><text transform=\"translate(%d %d)rotate(-90)\">",
            middle + baseline, edge);
    put_short_label(matrix->to, label);
    fputs("</text>\n", matrix->to);
}

static void put_cell(const struct matrix *matrix, int truth, int answer)
{
    const struct mn_metrics *metrics = matrix->report->metrics;
    char *const *labels = matrix->report->labels;
    int pictures = confused(metrics, truth, answer), cell = matrix->cell;
    if (pictures == 0)
        return;
    /* by the root, so that a single picture can be seen beside a full diagonal */
    double weight = 0.14 + 0.86 * sqrt((double)pictures / metrics->per_class[truth].pictures);
    int x = matrix->margin + answer * cell, y = matrix->margin + truth * cell;
    fprintf(matrix->to, "<path class=\"%c\" fill-opacity=\"%.2f\" d=\"M%d %dh%dv%dh-%dz\"><title>",
            truth == answer ? 'r' : 'w', weight, x, y, cell - 1, cell - 1, cell - 1);
    if (truth == answer)
        html_put(matrix->to, "%T: ", labels[truth]);
    else
        html_put(matrix->to, "%T taken for %T: ", labels[truth], labels[answer]);
    fprintf(matrix->to, "%d of %d</title></path>", pictures, metrics->per_class[truth].pictures);
    if (matrix->classes <= NUMBERED_CLASSES)
        fprintf(matrix->to, "<text class=\"mid %s\" x=\"%d\" y=\"%d\">%d</text>",
                weight > 0.6 ? "on" : "off", x + cell / 2, y + cell / 2 + 4, pictures);
    fputc('\n', matrix->to);
}

static void put_matrix(FILE *to, const struct report *report)
{
    struct matrix matrix = lay_out(to, report);
    int inner = matrix.classes * matrix.cell, side = matrix.margin + inner;
    fprintf(to,
            "<div class=\"wide\"><svg class=\"matrix\" role=\"img\" aria-label=\"Confusion matrix; "
            "the most confused pairs are listed below\" viewBox=\"0 0 %d %d\" "
            "style=\"width:%dpx;min-width:%dpx;--label:%dpx\">\n",
            side, side, side, side < 760 ? side : 760, matrix.font);
    fprintf(to, "<path class=\"bed\" d=\"M%d %dh%dv%dh-%dz\"/>\n", matrix.margin, matrix.margin,
            inner, inner, inner);
    for (int i = 0; i < matrix.classes; i++)
        put_labels(&matrix, i);
    for (int truth = 0; truth < matrix.classes; truth++)
        for (int answer = 0; answer < matrix.classes; answer++)
            put_cell(&matrix, truth, answer);
    fputs("</svg></div>\n", to);
}

/* ---- pairs ---- */

static void put_pairs(FILE *to, const struct report *report, int most)
{
    struct mn_confused pairs[MANY_PAIRS];
    int count = mn_metrics_confused(report->metrics, pairs, most);
    if (count == 0) {
        fputs("<p>No picture was taken for anything else.</p>\n", to);
        return;
    }
    fputs("<h3>Most often confused</h3>\n<div class=\"wide\"><table "
          "class=\"narrow\"><thead><tr><th>this</th>"
          "<th class=\"text\">was taken for</th><th>pictures</th><th>of its class</th></tr></thead>"
          "<tbody>\n",
          to);
    for (int i = 0; i < count; i++) {
        double share =
            (double)pairs[i].pictures / report->metrics->per_class[pairs[i].truth].pictures;
        html_put(to, "<tr><th>%N</th><td class=\"text\">%N</td><td>",
                 report->labels[pairs[i].truth], report->labels[pairs[i].answer]);
        html_count(to, pairs[i].pictures);
        fprintf(to, "</td><td class=\"bar\" style=\"--p:%.1f%%\">", 100 * share);
        html_percent(to, share);
        fputs("</td></tr>\n", to);
    }
    fputs("</tbody></table></div>\n", to);
}

void report_confusion(FILE *to, const struct report *report)
{
    bool has_matrix = report->metrics->classes <= MATRIX_CLASSES;
    html_section(to, "confusion", "What it takes for what");
    if (has_matrix) {
        fputs("<p>A row is what a picture shows, a column what the model answered. The stronger "
              "the colour, the larger the share of the row.<br/>"
              "<span class=\"key\"><svg viewBox=\"0 0 22 10\" aria-hidden=\"true\"><path "
              "class=\"fill-right\" d=\"M5 0H17V10H5z\"/></svg>right</span><span class=\"key\">"
              "<svg viewBox=\"0 0 22 10\" aria-hidden=\"true\"><path class=\"fill-wrong\" "
              "d=\"M5 0H17V10H5z\"/></svg>wrong</span></p>\n",
              to);
        put_matrix(to, report);
    }
    put_pairs(to, report, has_matrix ? PAIRS : MANY_PAIRS);
    fputs("</section>\n", to);
}

/* ---- table of the classes ---- */

struct row {
    int class;
    double recall;
};

/* Least known first; classes without pictures, which have no recall, last. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    double first = isnan(x->recall) ? 2 : x->recall, second = isnan(y->recall) ? 2 : y->recall;
    if (first != second)
        return first < second ? -1 : 1;
    return (x->class > y->class) - (x->class < y->class);
}

static void put_bar(FILE *to, double share)
{
    fprintf(to, "<td class=\"bar\" style=\"--p:%.1f%%\">", isnan(share) ? 0 : 100 * share);
    html_percent(to, share);
    fputs("</td>", to);
}

/* What a class is most often taken for; -1 for nothing. */
static int rival_of(const struct mn_metrics *metrics, int truth)
{
    int rival = -1, most = 0;
    for (int answer = 0; answer < metrics->classes; answer++)
        if (answer != truth && confused(metrics, truth, answer) > most) {
            most = confused(metrics, truth, answer);
            rival = answer;
        }
    return rival;
}

static void put_class(FILE *to, const struct report *report, int class)
{
    const struct mn_class_metrics *numbers = &report->metrics->per_class[class];
    int rival = rival_of(report->metrics, class);
    html_put(to, "<tr><th>%N</th><td>", report->labels[class]);
    html_count(to, numbers->pictures);
    fputs("</td>", to);
    put_bar(to, numbers->recall);
    put_bar(to, numbers->precision);
    fputs("<td class=\"part\">", to);
    html_percent(to, numbers->f1);
    html_put(to, "</td><td class=\"text part\">%N</td></tr>\n",
             rival < 0 ? "–" : report->labels[rival]);
}

enum mn_status report_classes(FILE *to, const struct report *report, struct mn_error *error)
{
    int classes = report->metrics->classes;
    struct row *rows = malloc((size_t)classes * sizeof *rows);
    if (!rows)
        return mn_fail(error, MN_FAILED, "not enough memory to sort %d classes", classes);
    for (int i = 0; i < classes; i++)
        rows[i] = (struct row){i, report->metrics->per_class[i].recall};
    qsort(rows, (size_t)classes, sizeof *rows, compare_rows);

    html_section(to, "classes", "Class by class");
    fputs("<p><b>Recall</b>: of the pictures of a class, how many were found. <b>Precision</b>: of "
          "the answers that name it, how many were right. <b>F1</b> is between the two (their "
          "harmonic mean). The least known come first: more pictures of these help most.</p>\n"
          "<div class=\"wide\"><table "
          "class=\"tight\"><thead><tr><th>class</th><th>pictures</th><th>recall</th>"
          "<th>precision</th><th class=\"part\">F1</th><th class=\"text part\">most often taken "
          "for</th></tr></thead><tbody>\n",
          to);
    for (int i = 0; i < classes; i++)
        put_class(to, report, rows[i].class);
    fputs("</tbody></table></div></section>\n", to);
    free(rows);
    return MN_OK;
}
