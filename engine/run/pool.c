/* Each thread has a share of a step's pieces, an even part of them in order: its rows of one step
 * are what it reads in the next, and are still in its own caches. Who has done his share takes from
 * the end of the others', far from what they are about to read.
 *
 * A share is one word, its ticket: how many of its pieces its owner has taken from the front, and
 * how many nobody has taken yet. A piece is taken with a compare-and-swap; a serial number in the
 * same word makes the swap of a thread that slept through a step fail. A step is over when as many
 * pieces are done as it has, whoever did them. */
#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cgroup.h"

enum { SPIN_NS = 100000, SPINS_PER_LOOK = 64, CACHE_LINE = 64 };

struct worker {
    struct mn_pool *pool;
    pthread_t thread;
    int index;
};

/* Written by several threads, as `done` below is: a cache line of its own. */
struct share {
    _Alignas(CACHE_LINE) _Atomic uint64_t ticket; /* serial << 32 | taken in front << 16 | left */
};

struct mn_pool {
    struct share shares[MN_MAX_THREADS];
    /* Who reports pieces looks for sleepers: one line for both. */
    _Alignas(CACHE_LINE) atomic_int done; /* pieces of the open step */
    atomic_int sleepers;                  /* threads that wait on `wake`, or are about to */

    _Alignas(CACHE_LINE) mn_pool_work *work;
    void *context;
    int threads, started; /* workers that were started: at most threads - 1 */
    int step, pieces;     /* the open step; written by the caller before it opens */
    uint32_t serial;      /* of the open step; the caller's */

    atomic_bool closing;
    pthread_mutex_t lock; /* orders going to sleep and waking up; guards no field */
    pthread_cond_t wake;
    struct worker workers[MN_MAX_THREADS];
};

static int left(uint64_t ticket)
{
    return (int)(ticket & 0xffff);
}

static int taken_in_front(uint64_t ticket)
{
    return (int)(ticket >> 16 & 0xffff);
}

int mn_pool_share_begin(int pieces, int threads, int worker)
{
    return (int)((int64_t)pieces * worker / threads);
}

static int share_begin(const struct mn_pool *pool, int worker)
{
    return mn_pool_share_begin(pool->pieces, pool->threads, worker);
}

/* Takes and does pieces of one share until none is left, and says so once: `done` is everybody's,
 * and far away where cores share no cache. */
static void do_share(struct mn_pool *pool, int owner, int worker)
{
    _Atomic uint64_t *word = &pool->shares[owner].ticket;
    uint64_t ticket = atomic_load_explicit(word, memory_order_acquire);
    const bool own = owner == worker;
    const uint64_t one = own ? (UINT64_C(1) << 16) - 1 : UINT64_MAX; /* taken up, left down */
    int done = 0;
    while (left(ticket) > 0) {
        if (!atomic_compare_exchange_weak_explicit(word, &ticket, ticket + one,
                                                   memory_order_acquire, memory_order_acquire))
            continue;
        /* `step` and `pieces` stay as they are until this piece is said to be done. */
        int number = taken_in_front(ticket) + (own ? 0 : left(ticket) - 1);
        pool->work(pool->context, pool->step, share_begin(pool, owner) + number, worker);
        done++;
        ticket = atomic_load_explicit(word, memory_order_acquire);
    }
    if (done > 0)
        atomic_fetch_add_explicit(&pool->done, done, memory_order_seq_cst);
}

/* The own share first. */
static void do_pieces(struct mn_pool *pool, int worker)
{
    for (int i = 0; i < pool->threads; i++)
        do_share(pool, (worker + i) % pool->threads, worker);
}

static void relax(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#elif defined __ARM_ARCH && __ARM_ARCH >= 7
    __asm__ volatile("yield");
#endif
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static bool has_work(struct mn_pool *pool)
{
    for (int i = 0; i < pool->threads; i++)
        if (left(atomic_load(&pool->shares[i].ticket)) > 0)
            return true;
    return atomic_load(&pool->closing);
}

static bool is_done(struct mn_pool *pool)
{
    return atomic_load(&pool->done) == pool->pieces;
}

/* Spins, then sleeps until the condition holds. */
static void wait_for(struct mn_pool *pool, bool (*condition)(struct mn_pool *))
{
    int64_t begin = 0;
    for (int spins = 0; !condition(pool); spins++) {
        relax();
        if (spins % SPINS_PER_LOOK)
            continue;
        if (!begin)
            begin = now_ns();
        if (now_ns() - begin > SPIN_NS)
            break;
    }
    if (condition(pool))
        return;
    pthread_mutex_lock(&pool->lock);
    /* Whoever makes the condition true looks for sleepers after that: one of the two sees the
     * other. */
    atomic_fetch_add(&pool->sleepers, 1);
    while (!condition(pool))
        pthread_cond_wait(&pool->wake, &pool->lock);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->lock);
}

static void wake_sleepers(struct mn_pool *pool)
{
    if (atomic_load(&pool->sleepers) == 0)
        return;
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
}

static void *run_worker(void *argument)
{
    struct worker *worker = argument;
    struct mn_pool *pool = worker->pool;
    char name[16];
    snprintf(name, sizeof name, "mn-worker-%d", worker->index);
    pthread_setname_np(pthread_self(), name);
    while (!atomic_load(&pool->closing)) {
        do_pieces(pool, worker->index);
        wake_sleepers(pool); /* the caller may sleep until the last piece is done */
        wait_for(pool, has_work);
    }
    return NULL;
}

static enum mn_status start_workers(struct mn_pool *pool, struct mn_error *error)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* threads inherit it: signals are the caller's */
    for (int i = 1; i < pool->threads; i++) {
        struct worker *worker = &pool->workers[i];
        *worker = (struct worker){.pool = pool, .index = i};
        if (pthread_create(&worker->thread, NULL, run_worker, worker))
            break;
        pool->started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pool->started < pool->threads - 1)
        return mn_fail(error, MN_FAILED,
                       "the system gives no more than %d threads; ask for that many with --threads",
                       pool->started + 1);
    return MN_OK;
}

enum mn_status mn_pool_new(struct mn_pool **result, int threads, mn_pool_work *work, void *context,
                           struct mn_error *error)
{
    if (threads < 1 || threads > MN_MAX_THREADS)
        return mn_fail(error, MN_BAD_INPUT, "%d threads: it must be 1 to %d", threads,
                       MN_MAX_THREADS);
    struct mn_pool *pool = aligned_alloc(_Alignof(struct mn_pool), sizeof *pool);
    if (!pool)
        return mn_fail(error, MN_FAILED, "not enough memory for threads");
    *pool = (struct mn_pool){.work = work, .context = context, .threads = threads};
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    if (start_workers(pool, error)) {
        mn_pool_free(pool);
        return MN_FAILED;
    }
    *result = pool;
    return MN_OK;
}

void mn_pool_free(struct mn_pool *pool)
{
    if (!pool)
        return;
    atomic_store(&pool->closing, true);
    wake_sleepers(pool);
    for (int i = 1; i <= pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

int mn_pool_threads(const struct mn_pool *pool)
{
    return pool->threads;
}

void mn_pool_run(struct mn_pool *pool, int step, int pieces)
{
    if (pool->threads == 1 || pieces == 1) {
        for (int piece = 0; piece < pieces; piece++)
            pool->work(pool->context, step, piece, 0);
        return;
    }
    pool->step = step;
    pool->pieces = pieces;
    atomic_store(&pool->done, 0);
    uint64_t open = (uint64_t)++pool->serial << 32;
    for (int i = pool->threads - 1; i >= 0; i--) { /* a worker finds its own before the caller's */
        int share = share_begin(pool, i + 1) - share_begin(pool, i);
        atomic_store(&pool->shares[i].ticket, open | (uint64_t)share);
    }
    wake_sleepers(pool);
    do_pieces(pool, 0);
    wait_for(pool, is_done);
}

int mn_pool_default_threads(void)
{
    cpu_set_t set;
    int cpus = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
    int quota = mn_cgroup_cpus();
    cpus = quota > 0 && quota < cpus ? quota : cpus;
    return cpus < 1 ? 1 : cpus > MN_MAX_THREADS ? MN_MAX_THREADS : cpus;
}
