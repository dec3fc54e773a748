/* A thread pool for one network: its threads take the pieces of one step at a time.
 *
 * Each thread begins with its own share of the pieces and then helps with the others': a thread
 * that is slow, or busy with somebody else's work, does fewer, and one that sleeps holds nothing
 * up. Between the steps of a run the workers spin for a tenth of a millisecond and then sleep; at
 * rest they burn nothing. */
#ifndef MN_POOL_H
#define MN_POOL_H

#include "../base/error.h"

enum { MN_MAX_THREADS = 64, MN_MAX_PIECES = 65535 };

struct mn_pool;

/* Does one piece of a step. `worker` is 0 … threads - 1, 0 being the caller of mn_pool_run(); no
 * two threads have the same one at a time. */
typedef void mn_pool_work(void *context, int step, int piece, int worker);

/* A pool of `threads` threads, the caller of mn_pool_run() being one of them. On MN_OK *pool is the
 * caller's. Errors: MN_BAD_INPUT where threads is not 1 … MN_MAX_THREADS, MN_FAILED where the
 * system gives no threads or no memory. */
enum mn_status mn_pool_new(struct mn_pool **pool, int threads, mn_pool_work *work, void *context,
                           struct mn_error *error);
void mn_pool_free(struct mn_pool *pool); /* NULL is fine */
int mn_pool_threads(const struct mn_pool *pool);

/* Does pieces 0 … pieces - 1 of the step, and returns when all are done. With one thread this is a
 * plain loop: no lock, no system call. */
void mn_pool_run(struct mn_pool *pool, int step, int pieces);

/* The first piece of a worker's share, and the first behind that of worker - 1: shares are as even
 * as can be, and in order. */
int mn_pool_share_begin(int pieces, int threads, int worker);

/* How many threads this process may keep busy: the CPUs it is bound to, and no more than its
 * cgroups' CPU quota allows. At least 1. */
int mn_pool_default_threads(void);

#endif
