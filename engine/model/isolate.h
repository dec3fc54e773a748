/* Runs a parser that is not to be trusted with damaged files in a process of its own, so that
 * whatever it does to itself (a crash, an endless loop) is an error message here. */
#ifndef MN_ISOLATE_H
#define MN_ISOLATE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../base/error.h"

typedef enum mn_status mn_isolated_work(const void *context, FILE *output, struct mn_error *error);

/* Forks; the child runs work() and what it writes to output comes back as *data, the caller's to
 * free. Whatever the bytes say is as trustworthy as the file was. Errors: those of work();
 * MN_BAD_INPUT where the child was killed by a signal or used more than 10 s of CPU time; MN_FAILED
 * where the system cannot. To be called before other threads hold locks that work() needs. */
enum mn_status mn_isolated_run(mn_isolated_work *work, const void *context, uint8_t **data,
                               size_t *size, struct mn_error *error);

#endif
