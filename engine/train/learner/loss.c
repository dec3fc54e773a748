#include "loss.h"

#include <math.h>

struct target {
    int label, partner;
    double own, other, all; /* label's, partner's, and every class's share */
};

static double target_of(const struct target *target, int class)
{
    return target->all + (class == target->label ? target->own : 0) +
           (class == target->partner ? target->other : 0);
}

static int largest(const float *logits, int classes)
{
    int best = 0;
    for (int c = 1; c < classes; c++)
        if (logits[c] > logits[best])
            best = c;
    return best;
}

static double picture_loss(const float *logits, const struct target *target, int classes,
                           double weight, float *d_logits)
{
    double top = (double)logits[largest(logits, classes)], sum = 0, loss = 0;
    for (int c = 0; c < classes; c++)
        sum += exp((double)logits[c] - top);
    for (int c = 0; c < classes; c++) {
        double log_p = (double)logits[c] - top - log(sum), wanted = target_of(target, c);
        loss -= wanted * log_p;
        d_logits[c] = (float)(weight * (exp(log_p) - wanted));
    }
    return loss;
}

struct mn_loss mn_loss(const float *logits, const int *label, int pictures, int classes,
                       double smoothing, double lambda, float *d_logits)
{
    struct mn_loss loss = {0};
    for (int i = 0; i < pictures; i++) {
        const float *row = logits + (long)i * classes;
        struct target target = {label[i], label[pictures - 1 - i], (1 - smoothing) * lambda,
                                (1 - smoothing) * (1 - lambda), smoothing / classes};
        loss.sum +=
            picture_loss(row, &target, classes, 1.0 / pictures, d_logits + (long)i * classes);
        loss.correct += largest(row, classes) == label[i];
    }
    return loss;
}
