/* The numbers first, then what they mean for somebody who has never heard of them. */
#include <math.h>

#include "html.h"
#include "report_parts.h"

/* ---- numbers ---- */

static void put_accuracy(FILE *to, const struct report *report)
{
    const struct mn_share *top1 = &report->metrics->top1;
    fprintf(to, "<div><div class=\"big\">%.1f&#160;%%</div>\n", 100 * top1->value);
    fprintf(
        to,
        "<div class=\"range\" role=\"img\" aria-label=\"95 %% interval\"><i style=\"left:%.2f%%;"
        "width:%.2f%%\"></i></div>\n",
        100 * top1->low, 100 * (top1->high - top1->low));
    fputs("<div class=\"soft\">right, of ", to);
    html_count(to, report->metrics->pictures);
    html_put(to, " %T pictures<br/>95&#160;%% interval ", report->split);
    fprintf(to, "%.1f&#160;–&#160;%.1f&#160;%%</div></div>\n", 100 * top1->low, 100 * top1->high);
}

static void put_size(FILE *to, long long bytes)
{
    if (bytes < 1000 * 1000)
        fprintf(to, "%.0f&#160;kB", (double)bytes / 1e3);
    else
        fprintf(to, "%.1f&#160;MB", (double)bytes / 1e6);
}

static void put_tiles(FILE *to, const struct report *report)
{
    const struct mn_metrics *metrics = report->metrics;
    fputs("<ul class=\"tiles\">\n", to);
    if (metrics->classes > 5) {
        fputs("<li><b>", to);
        html_percent(to, metrics->top5.value);
        fputs("</b>right among its first five</li>\n", to);
    }
    fputs("<li><b>", to);
    html_percent(to, metrics->f1);
    fputs("</b>F1, mean of the classes</li>\n<li><b>", to);
    html_percent(to, metrics->threshold.chosen.threshold);
    fputs("</b>threshold for “unknown”</li>\n", to);
    if (report->network) {
        fputs("<li><b>", to);
        html_rounded(to, (double)report->network->mult_adds);
        fputs("</b>multiply-adds a picture</li>\n<li><b>", to);
        html_rounded(to, (double)report->network->parameters);
        fputs("</b>parameters", to);
        if (report->model_bytes > 0) {
            fputs(", in ", to);
            put_size(to, report->model_bytes);
        }
        fputs("</li>\n", to);
    }
    if (report->seconds > 0) {
        fputs("<li><b>", to);
        html_duration(to, report->seconds);
        fputs("</b>of training</li>\n", to);
    }
    fputs("</ul>\n", to);
}

/* ---- sentences ---- */

static void say_how_often(FILE *to, const struct report *report)
{
    const struct mn_metrics *metrics = report->metrics;
    html_put(to, "<li>Of a hundred %T pictures it names <b>", report->split);
    fprintf(to, "%.0f", 100 * metrics->top1.value);
    fputs("</b> right, among ", to);
    html_count(to, metrics->classes);
    fputs(" classes; guessing would get ", to);
    html_percent(to, 1.0 / metrics->classes);
    if (mn_metrics_are_chance(metrics))
        fputs(". This is <b>no more than chance</b>: train longer, or with more pictures", to);
    fputs(".</li>\n", to);
}

/* The answer to at least nine in ten pictures, of other classes as well as of its own; -1: there is
 * none. A class with most of the pictures is a right answer to most of them. */
static int only_answer(const struct mn_metrics *metrics)
{
    for (int i = 0; i < metrics->classes; i++) {
        const struct mn_class_metrics *one = &metrics->per_class[i];
        int others = metrics->pictures - one->pictures, wrong = one->answers - one->right;
        if (others > 0 && 10LL * wrong >= 9LL * others &&
            10LL * one->answers >= 9LL * metrics->pictures)
            return i;
    }
    return -1;
}

/* Such a class is found always, and means nothing. */
static void say_only_answer(FILE *to, const struct report *report, int answer)
{
    const struct mn_metrics *metrics = report->metrics;
    int answers = metrics->per_class[answer].answers;
    html_put(to, "<li>It answers <b>%N</b> to %T: ", report->labels[answer],
             answers == metrics->pictures ? "everything" : "nearly everything");
    html_count(to, answers);
    fputs(" of ", to);
    html_count(to, metrics->pictures);
    fputs(" pictures. It has learned no differences yet.</li>\n", to);
}

static void say_best_and_worst(FILE *to, const struct report *report)
{
    const struct mn_class_metrics *classes = report->metrics->per_class;
    int best = -1, worst = -1;
    for (int i = 0; i < report->metrics->classes; i++) {
        if (isnan(classes[i].recall))
            continue;
        if (best < 0 || classes[i].recall > classes[best].recall)
            best = i;
        if (worst < 0 || classes[i].recall < classes[worst].recall)
            worst = i;
    }
    if (best < 0 || classes[best].recall <= classes[worst].recall)
        return;
    html_put(to, "<li>It knows <b>%N</b> best (", report->labels[best]);
    html_percent(to, classes[best].recall);
    html_put(to, " found), <b>%N</b> least (", report->labels[worst]);
    html_percent(to, classes[worst].recall);
    fputs(").</li>\n", to);
}

static void say_confused(FILE *to, const struct report *report)
{
    struct mn_confused pair;
    if (mn_metrics_confused(report->metrics, &pair, 1) == 0)
        return;
    html_put(to, "<li>Its most frequent mistake: <b>%N</b> taken for <b>%N</b>, ",
             report->labels[pair.truth], report->labels[pair.answer]);
    fprintf(to, "%d of %d pictures.</li>\n", pair.pictures,
            report->metrics->per_class[pair.truth].pictures);
}

static void say_how_sure(FILE *to, const struct report *report)
{
    double surplus = report->metrics->calibration.confidence - report->metrics->top1.value;
    fprintf(to, "<li>Its confidence %s: ",
            fabs(surplus) < 0.03 ? "can be taken at its word"
            : surplus > 0        ? "promises too much"
                                 : "is too modest");
    html_percent(to, report->metrics->calibration.confidence);
    fputs(" on average, against ", to);
    html_percent(to, report->metrics->top1.value);
    fputs(" right.</li>\n", to);
}

static void say_unknown(FILE *to, const struct report *report)
{
    const struct mn_threshold_point *chosen = &report->metrics->threshold.chosen;
    if (isnan(chosen->false_reject) || isnan(chosen->false_accept))
        return;
    fputs("<li>Below ", to);
    html_percent(to, chosen->threshold);
    fputs(" it says “unknown”: that costs ", to);
    html_percent(to, chosen->false_reject);
    fputs(" of the right answers and spares ", to);
    html_percent(to, 1 - chosen->false_accept);
    fputs(" of the wrong ones.</li>\n", to);
}

void report_headline(FILE *to, const struct report *report)
{
    fputs("<div class=\"lead\">\n", to);
    put_accuracy(to, report);
    fputs("<ul>\n", to);
    say_how_often(to, report);
    int answer = only_answer(report->metrics);
    if (answer >= 0) {
        say_only_answer(to, report, answer);
    } else {
        say_best_and_worst(to, report);
        say_confused(to, report);
    }
    say_how_sure(to, report);
    say_unknown(to, report);
    fputs("</ul></div>\n", to);
    put_tiles(to, report);
}
