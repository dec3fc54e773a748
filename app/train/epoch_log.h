/* log.csv: a row an epoch, and what a resumed training has to know of the epochs before. */
#ifndef CAMLABEL_EPOCH_LOG_H
#define CAMLABEL_EPOCH_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "../../engine/base/error.h"

struct epoch_row {
    int epoch;                                                           /* from 1 */
    double train_loss, train_accuracy, val_loss, val_accuracy, val_top5; /* accuracies: 0 … 1 */
    double lr;
    int resolution;
    double pictures_per_s, seconds; /* of the training alone; of the whole epoch */
};

struct epoch_log {
    FILE *file;
    struct epoch_row *rows; /* [count], owned; rows[i] is of epoch i + 1 */
    int count;
    int best_epoch; /* 0: none yet; of equals, the first */
};

/* Keeps the rows of the first `epochs` epochs, drops those behind, and goes on behind them. The row
 * of the last of them may be missing yet. Errors: MN_BAD_INPUT where a row is damaged, MN_FAILED
 * with the system's reason. */
enum mn_status epoch_log_open(struct epoch_log *log, const char *path, int epochs,
                              struct mn_error *error);

/* Is an epoch with this validation accuracy better than all those in the log? */
bool epoch_log_would_be_best(const struct epoch_log *log, double val_accuracy);

/* Adds a row, which is on the disk then. Errors: MN_FAILED with the system's reason. */
enum mn_status epoch_log_add(struct epoch_log *log, const struct epoch_row *row,
                             struct mn_error *error);

void epoch_log_close(struct epoch_log *log); /* idempotent */

#endif
