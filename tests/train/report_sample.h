/* A made-up evaluation and everything else that a report is about. */
#ifndef TESTS_REPORT_SAMPLE_H
#define TESTS_REPORT_SAMPLE_H

#include "../../app/train/report.h"

enum { SAMPLE_EPOCHS = 40 };

struct sample {
    struct mn_evaluation evaluation;
    struct mn_metrics metrics;
    struct mn_network network;
    struct report_epoch epochs[SAMPLE_EPOCHS];
    struct report_pictures pictures;
    struct report report;
    char **labels;
    char path[64]; /* of the report, in a folder of its own */
};

/* Answers of which about two in three are right; labels "class_number_0" …; everything filled in.
 */
void sample_open(struct sample *sample, int classes, int per_class);

/* Checks that the report was alone in its folder. */
void sample_close(struct sample *sample);

/* Writes it and reads it back; the caller frees. */
char *sample_write(struct sample *sample, size_t *bytes);

#endif
