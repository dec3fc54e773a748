#include "metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double divide(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

struct mn_share mn_share_of(int count, int of)
{
    const double z = 1.959963984540054; /* 95 % of a normal distribution lie within ± z */
    if (of <= 0)
        return (struct mn_share){0, 0, 1};
    double n = of, p = count / n;
    double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
    return (struct mn_share){p, fmax(0, middle - half), fmin(1, middle + half)};
}

/* ---- answers ---- */

static float probability_of(const struct mn_evaluation *evaluation, int picture, int class)
{
    float p =
        evaluation->probability[(size_t)picture * (size_t)evaluation->classes + (size_t) class];
    return isfinite(p) ? p : 0;
}

static int answer_of(const struct mn_evaluation *evaluation, int picture)
{
    int best = 0;
    for (int class = 1; class < evaluation->classes; class ++)
        if (probability_of(evaluation, picture, class) > probability_of(evaluation, picture, best))
            best = class;
    return best;
}

/* How many classes stand before this one in the picture's answer. */
static int rank_of(const struct mn_evaluation *evaluation, int picture, int class)
{
    float own = probability_of(evaluation, picture, class);
    int rank = 0;
    for (int other = 0; other < evaluation->classes; other++) {
        float p = probability_of(evaluation, picture, other);
        rank += p > own || (p == own && other < class);
    }
    return rank;
}

static bool is_right(const struct mn_metrics *metrics, const struct mn_evaluation *evaluation,
                     int picture)
{
    return metrics->answer[picture] == evaluation->label[picture];
}

static void count_answers(struct mn_metrics *metrics, const struct mn_evaluation *evaluation)
{
    int top1 = 0, top5 = 0;
    for (int i = 0; i < metrics->pictures; i++) {
        int truth = evaluation->label[i], answer = answer_of(evaluation, i);
        metrics->answer[i] = answer;
        metrics->confidence[i] = probability_of(evaluation, i, answer);
        metrics->confusion[(size_t)truth * (size_t)metrics->classes + (size_t)answer]++;
        metrics->per_class[truth].pictures++;
        metrics->per_class[answer].answers++;
        metrics->per_class[truth].right += answer == truth;
        top1 += answer == truth;
        top5 += rank_of(evaluation, i, truth) < 5;
    }
    metrics->top1 = mn_share_of(top1, metrics->pictures);
    metrics->top5 = mn_share_of(top5, metrics->pictures);
}

/* ---- per class ---- */

struct mean {
    double sum;
    int count;
};

static void mean_add(struct mean *mean, double value)
{
    if (!isnan(value)) {
        mean->sum += value;
        mean->count++;
    }
}

static void rate_classes(struct mn_metrics *metrics)
{
    struct mean precision = {0}, recall = {0}, f1 = {0};
    for (int i = 0; i < metrics->classes; i++) {
        struct mn_class_metrics *class = &metrics->per_class[i];
        class->precision = divide(class->right, class->answers);
        class->recall = divide(class->right, class->pictures);
        class->f1 = divide(2.0 * class->right, (double)class->pictures + class->answers);
        mean_add(&precision, class->precision);
        mean_add(&recall, class->recall);
        mean_add(&f1, class->f1);
    }
    metrics->precision = divide(precision.sum, precision.count);
    metrics->recall = divide(recall.sum, recall.count);
    metrics->f1 = divide(f1.sum, f1.count);
}

/* ---- calibration ---- */

static int bin_of(double confidence)
{
    int bin = (int)ceil(confidence * MN_CALIBRATION_BINS) - 1;
    return bin < 0 ? 0 : bin >= MN_CALIBRATION_BINS ? MN_CALIBRATION_BINS - 1 : bin;
}

static void calibrate(struct mn_metrics *metrics, const struct mn_evaluation *evaluation)
{
    struct mn_calibration *calibration = &metrics->calibration;
    double sum[MN_CALIBRATION_BINS] = {0};
    for (int i = 0; i < metrics->pictures; i++) {
        int bin = bin_of((double)metrics->confidence[i]);
        calibration->bins[bin].answers++;
        calibration->bins[bin].right += is_right(metrics, evaluation, i);
        sum[bin] += (double)metrics->confidence[i];
        calibration->confidence += (double)metrics->confidence[i] / metrics->pictures;
    }
    for (int i = 0; i < MN_CALIBRATION_BINS; i++) {
        struct mn_calibration_bin *bin = &calibration->bins[i];
        if (bin->answers == 0)
            continue;
        bin->confidence = sum[i] / bin->answers;
        calibration->error += fabs(bin->right - sum[i]) / metrics->pictures;
    }
}

/* ---- all of it ---- */

static enum mn_status check(const struct mn_evaluation *evaluation, struct mn_error *error)
{
    if (evaluation->pictures < 1 || evaluation->classes < 1)
        return mn_fail(error, MN_BAD_INPUT, "there is no picture to measure the model with");
    for (int i = 0; i < evaluation->pictures; i++)
        if (evaluation->label[i] < 0 || evaluation->label[i] >= evaluation->classes)
            return mn_fail(error, MN_BAD_INPUT, "a picture is of class %d, but the model has %d",
                           evaluation->label[i], evaluation->classes);
    return MN_OK;
}

static bool reserve(struct mn_metrics *metrics)
{
    size_t classes = (size_t)metrics->classes, pictures = (size_t)metrics->pictures;
    if (classes > SIZE_MAX / classes)
        return false;
    metrics->per_class = calloc(classes, sizeof *metrics->per_class);
    metrics->confusion = calloc(classes * classes, sizeof *metrics->confusion);
    metrics->answer = calloc(pictures, sizeof *metrics->answer);
    metrics->confidence = calloc(pictures, sizeof *metrics->confidence);
    return metrics->per_class && metrics->confusion && metrics->answer && metrics->confidence;
}

enum mn_status mn_metrics_new(struct mn_metrics *metrics, const struct mn_evaluation *evaluation,
                              struct mn_error *error)
{
    *metrics = (struct mn_metrics){0};
    if (check(evaluation, error))
        return error->status;
    metrics->pictures = evaluation->pictures;
    metrics->classes = evaluation->classes;
    metrics->loss = evaluation->loss;
    bool is_complete = reserve(metrics);
    if (is_complete) {
        count_answers(metrics, evaluation);
        rate_classes(metrics);
        calibrate(metrics, evaluation);
        is_complete = mn_threshold_find(&metrics->threshold, metrics->confidence, metrics->answer,
                                        evaluation->label, metrics->pictures);
    }
    if (is_complete)
        return MN_OK;
    mn_metrics_free(metrics);
    return mn_fail(error, MN_FAILED, "not enough memory to compare the answers of %d classes",
                   evaluation->classes);
}

bool mn_metrics_are_chance(const struct mn_metrics *metrics)
{
    return metrics->top1.low <= 1.0 / metrics->classes;
}

void mn_metrics_free(struct mn_metrics *metrics)
{
    free(metrics->per_class);
    free(metrics->confusion);
    free(metrics->answer);
    free(metrics->confidence);
    *metrics = (struct mn_metrics){0};
}

/* ---- the worst ----
 *
 * Both lists are short, so what comes is put into its place among those that are there; an equal
 * one stays behind. */

int mn_metrics_confused(const struct mn_metrics *metrics, struct mn_confused *pairs, int most)
{
    int count = 0;
    for (int truth = 0; truth < metrics->classes; truth++)
        for (int answer = 0; answer < metrics->classes; answer++) {
            int pictures =
                metrics->confusion[(size_t)truth * (size_t)metrics->classes + (size_t)answer];
            if (truth == answer || pictures == 0)
                continue;
            int place = count;
            while (place > 0 && pairs[place - 1].pictures < pictures)
                place--;
            if (place == most)
                continue;
            count += count < most;
            memmove(pairs + place + 1, pairs + place, (size_t)(count - place - 1) * sizeof *pairs);
            pairs[place] = (struct mn_confused){truth, answer, pictures};
        }
    return count;
}

int mn_metrics_mistakes(const struct mn_metrics *metrics, const struct mn_evaluation *evaluation,
                        int *pictures, int most)
{
    int count = 0;
    for (int i = 0; i < metrics->pictures; i++) {
        if (is_right(metrics, evaluation, i))
            continue;
        int place = count;
        while (place > 0 && metrics->confidence[pictures[place - 1]] < metrics->confidence[i])
            place--;
        if (place == most)
            continue;
        count += count < most;
        memmove(pictures + place + 1, pictures + place,
                (size_t)(count - place - 1) * sizeof *pictures);
        pictures[place] = i;
    }
    return count;
}
