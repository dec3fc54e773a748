#include "threshold.h"

#include <math.h>
#include <stdlib.h>

static double divide(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

/* Confidences, in ascending order once they are all there. */
struct sorted {
    float *values;
    int count;
};

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void sort(struct sorted *sorted)
{
    qsort(sorted->values, (size_t)sorted->count, sizeof *sorted->values, compare_floats);
}

static int count_below(const struct sorted *sorted, double threshold)
{
    int low = 0, high = sorted->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if ((double)sorted->values[middle] < threshold)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int count_kept(const struct sorted *sorted, double threshold)
{
    return sorted->count - count_below(sorted, threshold);
}

struct answers {
    struct sorted right, wrong;
};

static struct mn_threshold_point measure(const struct answers *answers, double threshold)
{
    double right = count_kept(&answers->right, threshold),
           wrong = count_kept(&answers->wrong, threshold), kept = right + wrong;
    return (struct mn_threshold_point){
        .threshold = threshold,
        .false_reject = divide(count_below(&answers->right, threshold), answers->right.count),
        .false_accept = divide(wrong, answers->wrong.count),
        .kept = divide(kept, (double)answers->right.count + answers->wrong.count),
        .kept_right = divide(right, kept),
    };
}

static double choose_threshold(const struct sorted *right)
{
    if (right->count == 0)
        return 0;
    int rejected = (int)(MN_FALSE_REJECT_LIMIT * right->count);
    return floor(1000 * MN_THRESHOLD_SLACK * (double)right->values[rejected]) / 1000;
}

bool mn_threshold_find(struct mn_threshold *threshold, const float *confidence, const int *answer,
                       const int *label, int pictures)
{
    float *values = malloc(2 * (size_t)pictures * sizeof(float));
    if (!values)
        return false;
    struct answers answers = {{values, 0}, {values + pictures, 0}};
    for (int i = 0; i < pictures; i++) {
        struct sorted *to = answer[i] == label[i] ? &answers.right : &answers.wrong;
        to->values[to->count++] = confidence[i];
    }
    sort(&answers.right);
    sort(&answers.wrong);

    threshold->right = answers.right.count;
    threshold->wrong = answers.wrong.count;
    threshold->chosen = measure(&answers, choose_threshold(&answers.right));
    for (int i = 0; i <= MN_THRESHOLD_STEPS; i++)
        threshold->curve[i] = measure(&answers, (double)i / MN_THRESHOLD_STEPS);
    free(values);
    return true;
}
