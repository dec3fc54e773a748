/* A live result as a line of JSON on standard output. */
#ifndef CAMLABEL_RESULT_LINE_H
#define CAMLABEL_RESULT_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "../pipeline/result.h"
#include "../pipeline/stats.h"

/* [{"index":…,"label":…,"p":…},…]; label is null where labels is NULL. */
json_t *result_line_top(const struct ranked *top, int count, char *const *labels);

/* {"frame":…,"time_ms":…,"age_ms":…,"label":…,"p":…,"top":[…],"capture_fps":…,"classify_fps":…}
 * and, where it is known, "truth"; ends in a newline. label is a class's, "unknown", or null while
 * nothing is sure. labels may be NULL; start_ns is where time_ms counts from. NULL when memory runs
 * out; the caller frees. */
char *result_line(const struct result *result, char *const *labels,
                  const struct stats_snapshot *stats, int64_t start_ns);

/* Writes the whole line, or gives up between two pieces when stop_fd becomes readable while the
 * reader keeps us waiting. False if nobody reads any more. */
bool result_line_write(const char *line, int stop_fd);

#endif
