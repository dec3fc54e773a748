/* Cross entropy of softmax, with smoothed and mixed targets. */
#ifndef MN_LOSS_H
#define MN_LOSS_H

struct mn_loss {
    double sum;  /* over the pictures */
    int correct; /* pictures whose largest logit is their own label's */
};

/* The target of picture i is (1 - smoothing) * (lambda of label[i], the rest of label[pictures - 1
 * - i]) plus smoothing / classes everywhere. Writes d_logits [pictures][classes], of the mean loss.
 */
struct mn_loss mn_loss(const float *logits, const int *label, int pictures, int classes,
                       double smoothing, double lambda, float *d_logits);

#endif
