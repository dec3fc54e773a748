/* What an evaluation says about a model: how often it is right, where it is wrong, whether its
 * probabilities can be believed, and below which one it had better say "unknown".
 *
 * A picture's answer is its most probable class, the lower index among equals, as in the live
 * program; its confidence is that class's probability. */
#ifndef MN_METRICS_H
#define MN_METRICS_H

#include <stdbool.h>

#include "evaluate.h"
#include "threshold.h"

enum { MN_CALIBRATION_BINS = 15 /* as Guo et al. 2017 */ };

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
/* Is what is right no more than what guessing would get, as far as so many pictures can tell? */
bool mn_metrics_are_chance(const struct mn_metrics *metrics);

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
