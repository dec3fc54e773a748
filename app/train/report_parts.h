/* The sections of a report, a file a group. Each writes whole elements to the page and leaves
 * errors of writing in the stream. */
#ifndef CAMLABEL_REPORT_PARTS_H
#define CAMLABEL_REPORT_PARTS_H

#include <stdio.h>

#include "report.h"

/* report_style.c: the page's style sheet. */
void report_style(FILE *to);

/* report_story.c: heading, numbers, and what they mean in sentences. */
void report_headline(FILE *to, const struct report *report);

/* report_curves.c: by epoch, by confidence, by threshold. */
void report_curves(FILE *to, const struct report *report);
void report_calibration(FILE *to, const struct report *report);
void report_threshold(FILE *to, const struct report *report);

/* report_classes.c: who is taken for whom, and how well each class is known. The table fails where
 * memory does. */
void report_confusion(FILE *to, const struct report *report);
enum mn_status report_classes(FILE *to, const struct report *report, struct mn_error *error);

/* report_mistakes.c: the wrong answers that the model was surest of. */
void report_mistakes(FILE *to, const struct report *report);

/* report_making.c: how to use the model, and how it was made. */
void report_usage(FILE *to, const struct report *report);
void report_making(FILE *to, const struct report *report);

#endif
