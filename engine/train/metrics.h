/* What an evaluation says about a model: how often it is right, where it is wrong, whether its
 * probabilities can be believed, and below which one it had better say "unknown".
 *
 * A picture's answer is its most probable class, the lower index among equals, as in the live
 * program; its confidence is that class's probability. */
#ifndef MN_METRICS_H
#define MN_METRICS_H

#include <stdbool.h>

#include "evaluate.h"

enum {
    MN_CALIBRATION_BINS = 15, /* as Guo et al. 2017 */
    MN_THRESHOLD_STEPS = 100, /* the curve has a point more: 0.00, 0.01 … 1.00 */
};

/* The threshold is chosen so that of the right answers at most this share is rejected, */
#define MN_FALSE_REJECT_LIMIT 0.02
/* and then as much lower: what a camera shows differs more from the training pictures than those
 * that were put aside, and the surer a network is of the latter the more. */
#define MN_THRESHOLD_SLACK 0.75

/* A share with its 95 % confidence interval, all 0 … 1. */
struct mn_share {
    double value, low, high;
};

/* count of `of`, and Wilson's score interval (Wilson 1927; Brown, Cai, DasGupta 2001, eq. 4), z =
 * 1.96: (p + z²/2n ± z √(p (1 - p) / n + z²/4n²)) / (1 + z²/n). Nothing of nothing: 0, 0 … 1. */
struct mn_share mn_share_of(int count, int of);

/* One class against all others. What would divide by nothing is NAN: precision where the class was
 * never the answer, recall where it has no picture, F1 where it has neither. */
struct mn_class_metrics {
    int pictures;     /* of this class */
    int answers;      /* that named it */
    int right;        /* of both */
    double precision; /* right / answers */
    double recall;    /* right / pictures */
    double f1;        /* 2 right / (pictures + answers) */
};

/* Answers of about the same confidence: bin i holds i / 15 < confidence <= (i + 1) / 15. */
struct mn_calibration_bin {
    int answers;
    int right;
    double confidence; /* their mean; 0 where there is no answer */
};

struct mn_calibration {
    struct mn_calibration_bin bins[MN_CALIBRATION_BINS];
    double confidence; /* mean of all answers: above the accuracy, the model believes too much */
    double error;      /* expected calibration error (Guo et al. 2017, eq. 3): sum over the bins of
                          answers / all · |right / answers - confidence| */
};

/* What happens when answers of a confidence below the threshold become "unknown". NAN where there
 * is nothing to divide by. */
struct mn_threshold_point {
    double threshold;
    double false_reject; /* right answers below it / right answers */
    double false_accept; /* wrong answers not below it / wrong answers */
    double kept;         /* answers not below it / answers */
    double kept_right;   /* right ones of those kept: the accuracy that its user sees */
};

/* The rule: MN_THRESHOLD_SLACK of the largest threshold at which at most MN_FALSE_REJECT_LIMIT of
 * the right answers is rejected, rounded down to a thousandth so that what is shown is what is
 * used. With the right answers' confidences in ascending order c[0 … n-1] that is
 * floor(1000 * 0.75 * c[floor(0.02 n)]) / 1000, and 0 where no answer is right.
 *
 * It depends on right answers only, and the price is stated in a number that a user feels. What it
 * buys, the false-accept rate, is then measured on the wrong answers. */
struct mn_threshold {
    struct mn_threshold_point chosen;
    struct mn_threshold_point curve[MN_THRESHOLD_STEPS + 1];
    int right, wrong; /* answers that it was measured on */
};

struct mn_metrics {
    int pictures, classes;
    struct mn_share top1, top5;         /* top5: of the five most probable, or of all if fewer */
    double loss;                        /* the evaluation's */
    double precision, recall, f1;       /* means over the classes that have the number ("macro") */
    struct mn_class_metrics *per_class; /* [classes] */
    int *confusion;                     /* [classes][classes]: rows truth, columns answer */
    int *answer;                        /* [pictures] */
    float *confidence;                  /* [pictures] */
    struct mn_calibration calibration;
    struct mn_threshold threshold;
};

/* Probabilities that are no numbers count as 0. On MN_OK free with mn_metrics_free(); else *metrics
 * is zeroed. Errors: MN_BAD_INPUT for no pictures or no classes; MN_FAILED for memory. */
enum mn_status mn_metrics_new(struct mn_metrics *metrics, const struct mn_evaluation *evaluation,
                              struct mn_error *error);
void mn_metrics_free(struct mn_metrics *metrics); /* leaves it zeroed */

/* Pictures of one class that were taken for another. */
struct mn_confused {
    int truth, answer, pictures;
};

/* The most frequent of them, most first, then in the order of the classes. Returns how many: at
 * most `most`, fewer where fewer pairs are confused. */
int mn_metrics_confused(const struct mn_metrics *metrics, struct mn_confused *pairs, int most);

/* Wrong answers, most confident first: indices into the evaluation. Returns how many. */
int mn_metrics_mistakes(const struct mn_metrics *metrics, const struct mn_evaluation *evaluation,
                        int *pictures, int most);

#endif
