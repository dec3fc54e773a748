/* Below which confidence an answer had better be "unknown", and what that costs and buys. */
#ifndef MN_THRESHOLD_H
#define MN_THRESHOLD_H

#include <stdbool.h>

enum { MN_THRESHOLD_STEPS = 100 /* the curve has a point more: 0.00, 0.01 … 1.00 */ };

/* The threshold is chosen so that of the right answers at most this share is rejected, */
#define MN_FALSE_REJECT_LIMIT 0.02
/* and then as much lower: what a camera shows differs more from the training pictures than those
 * that were put aside, and the surer a network is of the latter the more. */
#define MN_THRESHOLD_SLACK 0.75

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

/* Of one answer a picture: its confidence (0 … 1, no NAN), its class and the true one, each
 * [pictures], at least one. False where there is no memory. */
bool mn_threshold_find(struct mn_threshold *threshold, const float *confidence, const int *answer,
                       const int *label, int pictures);

#endif
