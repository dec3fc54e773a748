#include "crew.h"

#include <cblas.h>
#include <stdint.h>
#include <stdlib.h>

#include "../../run/pool.h"

struct mn_crew {
    struct mn_pool *pool;
    int size;
    /* what is being done; written between runs of the pool only */
    void (*work)(void *context, int share);
    void (*piecework)(void *context, int piece, int worker);
    void *context;
};

enum { SHARES, PIECES };

static void run(void *context, int step, int piece, int worker)
{
    struct mn_crew *crew = context;
    if (step == SHARES)
        crew->work(crew->context, piece);
    else
        crew->piecework(crew->context, piece, worker);
}

enum mn_status mn_crew_new(struct mn_crew **out, int threads, struct mn_error *error)
{
    struct mn_crew *crew = calloc(1, sizeof *crew);
    if (!crew)
        return mn_fail(error, MN_FAILED, "no memory for the threads; close other programs");
    crew->size = threads > 0 ? threads : mn_pool_default_threads();
    if (mn_pool_new(&crew->pool, crew->size, run, crew, error)) {
        free(crew);
        return error->status;
    }
    openblas_set_num_threads(1); /* each of ours multiplies its own share */
    *out = crew;
    return MN_OK;
}

void mn_crew_free(struct mn_crew *crew)
{
    if (!crew)
        return;
    mn_pool_free(crew->pool);
    free(crew);
}

int mn_crew_size(const struct mn_crew *crew)
{
    return crew->size;
}

void mn_crew_work(struct mn_crew *crew, void (*work)(void *context, int share), void *context)
{
    crew->work = work;
    crew->context = context;
    mn_pool_run(crew->pool, SHARES, crew->size);
}

void mn_crew_share_out(struct mn_crew *crew, int pieces,
                       void (*work)(void *context, int piece, int worker), void *context)
{
    crew->piecework = work;
    crew->context = context;
    mn_pool_run(crew->pool, PIECES, pieces);
}

int mn_crew_first_piece(const struct mn_crew *crew, int pieces, int worker)
{
    return mn_pool_share_begin(pieces, crew->size, worker);
}
