/* What the classifier says of a frame, and the label that is calm enough to be read. */
#ifndef CAMLABEL_RESULT_H
#define CAMLABEL_RESULT_H

#include <stdint.h>

enum { RESULT_TOP = 5 };

/* Instead of a class. */
enum {
    RESULT_UNSURE = -1,  /* nothing is calm enough yet */
    RESULT_UNKNOWN = -2, /* the likeliest class is not likely enough: it is none of them */
};

struct ranked {
    int index; /* class */
    float p;   /* probability, 0 … 1 */
};

struct result {
    uint64_t frame;      /* its number */
    int64_t captured_ns; /* CLOCK_MONOTONIC */
    int64_t finished_ns; /* when the answer was there: finished - captured is the answer's age */
    const char *truth;   /* of the frame; NULL if unknown. Static */
    const char *file;    /* of the frame; NULL unless it is a picture. The source's */
    int top_count;       /* RESULT_TOP, or fewer where the network has fewer classes */
    struct ranked top[RESULT_TOP]; /* this frame's own answer, most probable first */
    int label;                     /* the steadied answer: class, RESULT_UNSURE or RESULT_UNKNOWN */
    float label_p; /* its smoothed probability; of RESULT_UNKNOWN that of the likeliest class */
    double preprocess_ms, inference_ms;
};

/* The k most probable classes, most probable first, lower index first among equals. Returns how
 * many: min(k, count). */
int result_rank(const float *probabilities, int count, struct ranked *top, int k);

/* Steadies the answer from frame to frame: probabilities are smoothed, a label is entered when its
 * smoothed probability passes `enter` and left when it falls below `stay` or another one passes it
 * by entering. Whether a frame is known is asked of its own answer, as the threshold was measured;
 * the share of known frames is smoothed, and the label unknown while it is the smaller one. Where
 * nothing is unknown there is always a label, however unlikely. */
struct steady {
    double smoothing_ms; /* time constant of the smoothing */
    float enter, stay;
    float lead; /* times as probable as the label one must be to take its place below `enter` */
    double unknown_below;
    int label;          /* state: as in struct result */
    float p;            /* of the label, as in struct result */
    float known;        /* share of the frames whose likeliest class reaches unknown_below */
    int64_t updated_ns; /* pts of the last frame; 0 before the first */
    int count;
    float *smoothed; /* [count], owned */
};

/* unknown_below: probability of the likeliest class below which it is unknown; 0: there is no such
 * answer. Returns 0, or -1 when memory runs out. */
int steady_open(struct steady *steady, int count, double unknown_below);
void steady_update(struct steady *steady, const float *probabilities, int64_t pts_ns);
void steady_close(struct steady *steady);

#endif
