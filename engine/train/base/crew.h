/* The threads of a training. What is cut into shares is always cut at the same places, whoever
 * computes which share, and when: so the same number of threads gives the same sums. */
#ifndef MN_CREW_H
#define MN_CREW_H

#include "../../base/error.h"

struct mn_crew;

/* `threads` of 0: mn_pool_default_threads(). On MN_OK *crew is the caller's. */
enum mn_status mn_crew_new(struct mn_crew **crew, int threads, struct mn_error *error);
void mn_crew_free(struct mn_crew *crew); /* NULL is fine */
int mn_crew_size(const struct mn_crew *crew);

/* Calls work(context, share) for each share 0 … size - 1, at the same time, and returns when all
 * are done. */
void mn_crew_work(struct mn_crew *crew, void (*work)(void *context, int share), void *context);

/* The same for `pieces` 0 … 65535 that nobody sums over: they are taken as threads come free. At
 * most `size` run at a time, each with a `worker` 0 … size - 1 of its own, who begins with his own
 * neighbours: the first of them is mn_crew_first_piece(), and behind them are the next worker's. */
void mn_crew_share_out(struct mn_crew *crew, int pieces,
                       void (*work)(void *context, int piece, int worker), void *context);
int mn_crew_first_piece(const struct mn_crew *crew, int pieces, int worker);

#endif
