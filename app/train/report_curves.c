#include <math.h>

#include "chart.h"
#include "html.h"
#include "report_parts.h"

enum { FEW_EPOCHS = 8 }; /* each is a dot on the curves */

/* ---- by epoch ---- */

/* One of a row's two numbers of a kind. */
typedef double column(const struct report_epoch *epoch);

static double train_loss(const struct report_epoch *epoch)
{
    return epoch->train_loss;
}

static double val_loss(const struct report_epoch *epoch)
{
    return epoch->val_loss;
}

static double train_acc(const struct report_epoch *epoch)
{
    return epoch->train_acc;
}

static double val_acc(const struct report_epoch *epoch)
{
    return epoch->val_acc;
}

static void put_line(const struct chart *chart, const struct report *report, column *value,
                     const char *style)
{
    struct chart_line line = chart_line_begin(chart, style);
    for (int i = 0; i < report->epoch_count; i++)
        chart_line_to(&line, report->epochs[i].epoch, value(&report->epochs[i]));
    chart_line_end(&line);
    /* of a few epochs there is little line to see, of one epoch none */
    for (int i = 0; report->epoch_count <= FEW_EPOCHS && i < report->epoch_count; i++)
        chart_point(chart, report->epochs[i].epoch, value(&report->epochs[i]), style);
}

static double greatest(const struct report *report, column *value, double most)
{
    for (int i = 0; i < report->epoch_count; i++) {
        double here = value(&report->epochs[i]);
        most = isfinite(here) && here > most ? here : most;
    }
    return most;
}

static void put_epoch_chart(FILE *to, const struct report *report, struct chart *chart,
                            column *train, column *val)
{
    int first = report->epochs[0].epoch, last = report->epochs[report->epoch_count - 1].epoch;
    chart->to = to;
    chart->x_label = "epoch";
    chart->x_low = first < last ? first : first - 1;
    chart->x_high = first < last ? last : first + 1;
    html_put(to, "<figure><figcaption><b>%T</b>", chart->title);
    chart_key(to, "blue", "validation");
    chart_key(to, "orange", "training");
    fputs("</figcaption>\n", to);
    chart_begin(chart);
    if (report->best_epoch > first)
        chart_mark(chart, report->best_epoch, "kept");
    put_line(chart, report, train, "orange");
    put_line(chart, report, val, "blue");
    chart_end(chart);
    fputs("</figure>\n", to);
}

static void put_number(FILE *to, double number, int digits)
{
    if (isnan(number))
        fputs("<td>–</td>", to);
    else
        fprintf(to, "<td>%.*f</td>", digits, number);
}

static void put_share(FILE *to, double share)
{
    fputs("<td>", to);
    html_percent(to, share);
    fputs("</td>", to);
}

static void put_epoch_rows(FILE *to, const struct report *report)
{
    fputs("<details><summary>All epochs as numbers</summary><div class=\"wide\"><table><thead><tr>"
          "<th>epoch</th><th>training loss</th><th>training accuracy</th><th>validation loss</th>"
          "<th>validation accuracy</th><th>learning rate</th><th>time</th></tr></thead><tbody>\n",
          to);
    for (int i = 0; i < report->epoch_count; i++) {
        const struct report_epoch *epoch = &report->epochs[i];
        fprintf(to, "<tr%s><th>%d</th>",
                epoch->epoch == report->best_epoch ? " class=\"chosen\"" : "", epoch->epoch);
        put_number(to, epoch->train_loss, 4);
        put_share(to, epoch->train_acc);
        put_number(to, epoch->val_loss, 4);
        put_share(to, epoch->val_acc);
        put_number(to, epoch->lr, 6);
        fputs("<td>", to);
        html_duration(to, epoch->seconds);
        fputs("</td></tr>\n", to);
    }
    fputs("</tbody></table></div></details>\n", to);
}

void report_curves(FILE *to, const struct report *report)
{
    if (!report->epochs || report->epoch_count < 1)
        return;
    html_section(to, "curves", "How it learned");
    fputs("<p class=\"soft\">Training accuracy is measured on pictures as they were changed for "
          "training (cut, mirrored, coloured), so it can be below the validation’s. Where "
          "validation gets worse while training still improves, the model learns by heart: it "
          "needs more pictures, or more change of them.",
          to);
    if (report->best_epoch > 0)
        fprintf(to, " The model is that of epoch %d.", report->best_epoch);
    fputs("</p>\n<div class=\"pair\">\n", to);
    double loss = greatest(report, val_loss, greatest(report, train_loss, 0));
    struct chart accuracy = {.title = "Accuracy", .y_high = 1, .y_percent = true};
    struct chart losses = {.title = "Loss", .y_high = chart_round_up(loss)};
    put_epoch_chart(to, report, &accuracy, train_acc, val_acc);
    put_epoch_chart(to, report, &losses, train_loss, val_loss);
    fputs("</div>\n", to);
    put_epoch_rows(to, report);
    fputs("</section>\n", to);
}

/* ---- by confidence ---- */

static void bin_ends(int bin, double ends[2])
{
    ends[0] = (double)bin / MN_CALIBRATION_BINS;
    ends[1] = (double)(bin + 1) / MN_CALIBRATION_BINS;
}

static void put_segment(const struct chart *chart, const double from[2], const double to[2],
                        const char *style)
{
    struct chart_line line = chart_line_begin(chart, style);
    chart_line_to(&line, from[0], from[1]);
    chart_line_to(&line, to[0], to[1]);
    chart_line_end(&line);
}

static void put_reliability(FILE *to, const struct mn_calibration *calibration)
{
    struct chart chart = {to,  "Share of right answers by confidence", "confidence", 0, 1, 1, true,
                          true};
    fputs("<figure><figcaption><b>Right, of those this sure</b>", to);
    chart_key(to, "fill-pale", "measured");
    chart_key(to, "ideal", "ideal");
    chart_key(to, "whisker", "95 % interval");
    fputs("</figcaption>\n", to);
    chart_begin(&chart);
    for (int i = 0; i < MN_CALIBRATION_BINS; i++) {
        const struct mn_calibration_bin *bin = &calibration->bins[i];
        if (bin->answers == 0)
            continue;
        double ends[2];
        bin_ends(i, ends);
        struct mn_share share = mn_share_of(bin->right, bin->answers);
        double middle = (ends[0] + ends[1]) / 2;
        chart_bar(&chart, ends, (double[2]){0, share.value}, "fill-pale");
        put_segment(&chart, (double[2]){middle, share.low}, (double[2]){middle, share.high},
                    "whisker");
    }
    put_segment(&chart, (double[2]){0, 0}, (double[2]){1, 1}, "ideal");
    chart_end(&chart);
    fputs("</figure>\n", to);
}

static void put_histogram(FILE *to, const struct mn_metrics *metrics)
{
    int most = 0;
    for (int i = 0; i < MN_CALIBRATION_BINS; i++)
        if (metrics->calibration.bins[i].answers > most)
            most = metrics->calibration.bins[i].answers;
    struct chart chart = {
        to,   "Number of answers by confidence", "confidence", 0, 1, chart_round_up(most), true,
        false};
    fputs("<figure><figcaption><b>Answers, by how sure</b>", to);
    chart_key(to, "fill-right", "right");
    chart_key(to, "fill-wrong", "wrong");
    fputs("</figcaption>\n", to);
    chart_begin(&chart);
    for (int i = 0; i < MN_CALIBRATION_BINS; i++) {
        const struct mn_calibration_bin *bin = &metrics->calibration.bins[i];
        double ends[2];
        bin_ends(i, ends);
        if (bin->right)
            chart_bar(&chart, ends, (double[2]){0, bin->right}, "fill-right");
        if (bin->answers > bin->right)
            chart_bar(&chart, ends, (double[2]){bin->right, bin->answers}, "fill-wrong");
    }
    chart_mark(&chart, metrics->threshold.chosen.threshold, "threshold");
    chart_end(&chart);
    fputs("</figure>\n", to);
}

void report_calibration(FILE *to, const struct report *report)
{
    const struct mn_calibration *calibration = &report->metrics->calibration;
    html_section(to, "calibration", "Can its confidence be believed?");
    fputs("<p>Of the answers that it gives with 80&#160;% confidence, four in five ought to be "
          "right: bars would end at the dotted line. Bars below it mean that it promises too much, "
          "bars above it that it knows more than it says. On average it says <b>",
          to);
    html_percent(to, calibration->confidence);
    fputs("</b> and is right in <b>", to);
    html_percent(to, report->metrics->top1.value);
    fputs("</b>; the expected calibration error (the mean distance of bar and line, weighted by "
          "answers) is <b>",
          to);
    html_percent(to, calibration->error);
    fputs("</b>.</p>\n<div class=\"pair\">\n", to);
    put_reliability(to, calibration);
    put_histogram(to, report->metrics);
    fputs("</div></section>\n", to);
}

/* ---- by threshold ---- */

static double rejected(const struct mn_threshold_point *point)
{
    return point->false_reject;
}

static double accepted(const struct mn_threshold_point *point)
{
    return point->false_accept;
}

static void put_threshold_line(const struct chart *chart, const struct mn_threshold *threshold,
                               double (*value)(const struct mn_threshold_point *),
                               const char *style)
{
    struct chart_line line = chart_line_begin(chart, style);
    for (int i = 0; i <= MN_THRESHOLD_STEPS; i++)
        chart_line_to(&line, threshold->curve[i].threshold, value(&threshold->curve[i]));
    chart_line_end(&line);
}

static void put_threshold_chart(FILE *to, const struct mn_threshold *threshold)
{
    struct chart chart = {
        to, "False-reject and false-accept rates by threshold", "threshold", 0, 1, 1, true, true};
    fputs("<figure><figcaption>", to);
    chart_key(to, "blue", "right answers rejected");
    chart_key(to, "orange", "wrong answers accepted");
    fputs("</figcaption>\n", to);
    chart_begin(&chart);
    chart_mark(&chart, threshold->chosen.threshold, "chosen");
    put_threshold_line(&chart, threshold, accepted, "orange");
    put_threshold_line(&chart, threshold, rejected, "blue");
    chart_end(&chart);
    fputs("</figure>\n", to);
}

static void put_threshold_row(FILE *to, const struct mn_threshold_point *point, bool is_chosen)
{
    fprintf(to, "<tr%s><th>%.1f&#160;%%</th>", is_chosen ? " class=\"chosen\"" : "",
            100 * point->threshold);
    put_share(to, point->false_reject);
    put_share(to, point->false_accept);
    put_share(to, point->kept);
    put_share(to, point->kept_right);
    fputs("</tr>\n", to);
}

static void put_threshold_table(FILE *to, const struct mn_threshold *threshold)
{
    enum { APART = MN_THRESHOLD_STEPS / 10 };
    const struct mn_threshold_point *chosen = &threshold->chosen;
    fputs("<div class=\"wide\"><table><thead><tr><th>thresh&#173;old</th>"
          "<th>right rejected</th><th>wrong accepted</th><th>answers given</th>"
          "<th>of these right</th></tr></thead><tbody>\n",
          to);
    bool is_shown = false;
    for (int i = 0; i < MN_THRESHOLD_STEPS; i += APART) {
        const struct mn_threshold_point *point = &threshold->curve[i];
        if (!is_shown && chosen->threshold <= point->threshold) {
            put_threshold_row(to, chosen, true);
            is_shown = true;
            if (chosen->threshold >= point->threshold)
                continue;
        }
        put_threshold_row(to, point, false);
    }
    if (!is_shown)
        put_threshold_row(to, chosen, true);
    fputs("</tbody></table></div>\n", to);
}

void report_threshold(FILE *to, const struct report *report)
{
    const struct mn_threshold *threshold = &report->metrics->threshold;
    html_section(to, "unknown", "When it says “unknown”");
    fputs("<p>An answer with a confidence below the threshold is shown as “unknown”. Chosen is ",
          to);
    html_percent(to, MN_THRESHOLD_SLACK);
    fputs(" of the highest threshold that rejects no more than ", to);
    html_percent(to, MN_FALSE_REJECT_LIMIT);
    fputs(" of the right answers: <b>", to);
    html_percent(to, threshold->chosen.threshold);
    fputs("</b>. ", to);
    fputs("What it lets through was measured on the ", to);
    html_count(to, threshold->wrong);
    fputs(" wrong answers; a camera sees many other things as well.</p>\n", to);
    fputs("<div class=\"pair\">\n", to);
    put_threshold_chart(to, threshold);
    put_threshold_table(to, threshold);
    fputs("</div></section>\n", to);
}
