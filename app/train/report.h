/* report.html: one file that says how a training went and how good its model is. It needs nothing
 * beside it: curves are SVG, pictures are in it, there is no script. It can be read on a phone, on
 * paper, by a screen reader, in light and dark, and is well-formed XML. */
#ifndef CAMLABEL_REPORT_H
#define CAMLABEL_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "../../engine/image/bitmap.h"
#include "../../engine/image/preprocess.h"
#include "../../engine/network.h"
#include "../../engine/train/metrics.h"
#include "../../engine/train/pictures/dataset.h"

/* A row of log.csv. Accuracies are shares, 0 … 1; what was not measured is NAN. */
struct report_epoch {
    int epoch; /* from 1 */
    double train_loss, train_acc, val_loss, val_acc;
    double lr, seconds;
};

/* Where the pictures of the evaluation come from; report_pictures_of() makes one of a data set. */
struct report_pictures {
    enum mn_status (*get)(const struct report_pictures *pictures, int index,
                          struct mn_bitmap *bitmap, struct mn_image *image, struct mn_error *error);
    const char *(*name)(const struct report_pictures *pictures, int index);
    const struct mn_dataset *dataset; /* for these two */
    enum mn_split split;
};

struct report_pictures report_pictures_of(const struct mn_dataset *dataset, enum mn_split split);

/* Everything is borrowed. What is NULL or 0 (NAN for numbers that may be 0) is left out. */
struct report {
    /* how good it is; the first three are needed */
    const struct mn_evaluation *evaluation;
    const struct mn_metrics *metrics;       /* of this evaluation */
    char *const *labels;                    /* [classes], any bytes */
    const char *split;                      /* "validation", "test": what was evaluated */
    const char *eval_flags;                 /* of camlabel-train eval, for the same pictures */
    const struct report_pictures *pictures; /* for the worst mistakes */
    const struct mn_preprocessing *preprocessing; /* they are shown as the network sees them; NULL:
                                                     their middle square */

    /* how it came about */
    const struct report_epoch *epochs;
    int epoch_count;
    int best_epoch;               /* whose weights the model has; 0: the last one's */
    const char *recipe;           /* its text, lines */
    const char *recipe_path;      /* the file that repeats it */
    const char *data_dir;         /* as its user typed it */
    int train_pictures, left_out; /* read, and not readable */

    /* the model */
    const char *name; /* heading: "everyday" */
    const struct mn_network *network;
    const char *model_path; /* as its user will type it; may have any bytes */
    long long model_bytes;

    /* the machine and the time */
    const char *date; /* "2026-01-31 14:05" */
    const char *cpu;  /* "Intel(R) Xeon(R) …"; machine_cpu_name() reads it */
    int threads;
    double seconds; /* of the whole training */
};

/* Complete or absent: temporary file, flushed, renamed. Pictures that cannot be read any more are
 * shown as missing: a report is worth having without them. Errors: MN_BAD_INPUT for a path that
 * cannot be, MN_FAILED with the system's reason; the old file is kept. */
enum mn_status report_write(const char *path, const struct report *report, struct mn_error *error);

#endif
