/* What the classifier says of a frame, and the label that is calm enough to be read. */
#ifndef CAMLABEL_RESULT_H
#define CAMLABEL_RESULT_H

#include <stdint.h>

enum { RESULT_TOP = 5 };

struct ranked {
    int index; /* class */
    float p;   /* probability, 0 … 1 */
};

struct result {
    uint64_t frame;      /* its number */
    int64_t captured_ns; /* CLOCK_MONOTONIC */
    int64_t finished_ns; /* when the answer was there: finished - captured is the answer's age */
    const char *truth;   /* of the frame; NULL if unknown. Static */
    int top_count;       /* RESULT_TOP, or fewer where the network has fewer classes */
    struct ranked top[RESULT_TOP]; /* this frame's own answer, most probable first */
    int label;                     /* the steadied answer: class, or -1 while nothing is sure */
    float label_p;                 /* its smoothed probability */
    double preprocess_ms, inference_ms;
};

/* The k most probable classes, most probable first, lower index first among equals. Returns how
 * many: min(k, count). */
int result_rank(const float *probabilities, int count, struct ranked *top, int k);

/* Steadies the answer from frame to frame: probabilities are smoothed, a label is entered when its
 * smoothed probability passes `enter` and left when it falls below `stay` or another one passes it
 * by entering. */
struct steady {
    double smoothing_ms; /* time constant of the smoothing */
    float enter, stay;
    int label; /* state: class or -1 */
    int64_t updated_ns;
    int count;
    float *smoothed; /* [count], owned */
};

int steady_open(struct steady *steady, int count); /* 0, or -1 when memory runs out */
void steady_update(struct steady *steady, const float *probabilities, int64_t captured_ns);
void steady_close(struct steady *steady);

#endif
