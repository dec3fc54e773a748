/* The thread pool: every piece once, whatever the threads, the lengths and the pauses; in the order
 * that caches like; no two threads with one number; no CPU at rest; and no system call where there
 * is one thread.
 *
 * Pieces write plain memory that pieces of the next step read: so the thread sanitizer sees whether
 * a step really comes before the next one. */
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "../../engine/run/pool.h"
#include "../support.h"
#include "no_system_calls.h"

enum { MOST_THREADS = 8, MOST_PIECES = 40, RUNS = 1500, STEPS = 3 };

struct job {
    long long done[2][MOST_PIECES]; /* by step % 2: the number of the run that did the piece last */
    long long run;                  /* the one under way, from 1 on; the caller's */
    int pieces[2];                  /* of this run and of the one before it, by run % 2 */
    int long_piece;                 /* takes a thousand times as long as the others */
    atomic_bool in_use[MOST_THREADS];
    atomic_int wrong; /* pieces done twice, orders upset, indexes shared, signals let through */
    int threads;
};

static void spin(int rounds)
{
    for (volatile int i = 0; i < rounds; i++)
        ;
}

/* Signals are left to the caller. */
static bool blocks_signals(void)
{
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    return sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGTERM) == 1;
}

static void do_piece(void *context, int step, int piece, int worker)
{
    struct job *job = context;
    if (worker < 0 || worker >= job->threads || piece < 0 || piece >= job->pieces[job->run % 2]) {
        atomic_fetch_add(&job->wrong, 1);
        return;
    }
    bool is_shared = atomic_exchange(&job->in_use[worker], true);
    int now = (int)(job->run % 2), before = 1 - now;
    bool is_wrong = is_shared || step != (int)(job->run % STEPS);
    for (int i = 0; i < job->pieces[before]; i++) /* all of the run before is done */
        is_wrong = is_wrong || job->done[before][i] != job->run - 1;
    is_wrong = is_wrong || job->done[now][piece] == job->run;
    is_wrong = is_wrong || (worker > 0 && !blocks_signals());
    job->done[now][piece] = job->run;
    spin(piece == job->long_piece ? 3000 : 3);
    atomic_fetch_add(&job->wrong, is_wrong);
    atomic_store(&job->in_use[worker], false);
}

static struct mn_pool *pool_of(int threads, mn_pool_work *work, void *context)
{
    struct mn_pool *pool;
    struct mn_error error;
    if (mn_pool_new(&pool, threads, work, context, &error))
        fail_msg("%s", error.message);
    assert_int_equal(mn_pool_threads(pool), threads);
    return pool;
}

static void run_once(struct mn_pool *pool, struct job *job, int pieces, int long_piece)
{
    job->run++;
    job->pieces[job->run % 2] = pieces;
    job->long_piece = long_piece;
    mn_pool_run(pool, (int)(job->run % STEPS), pieces);
    for (int i = 0; i < pieces; i++)
        if (job->done[job->run % 2][i] != job->run)
            fail_msg("piece %d of %d was not done, with %d threads", i, pieces, job->threads);
    assert_int_equal(atomic_load(&job->wrong), 0);
}

static void every_piece_is_done_once(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int threads = 1; threads <= MOST_THREADS; threads++) {
        struct job job = {.threads = threads};
        struct mn_pool *pool = pool_of(threads, do_piece, &job);
        for (int run = 0; run < RUNS; run++) {
            int pieces = 1 + (int)(test_random(&random) % MOST_PIECES);
            int long_piece = (int)(test_random(&random) % (4 * MOST_PIECES)); /* often none */
            run_once(pool, &job, pieces, long_piece);
            if (test_random(&random) % 256 == 0)
                usleep(1000); /* long enough for workers to fall asleep */
        }
        mn_pool_free(pool);
    }
}

static void count_piece(void *context, int step, int piece, int worker)
{
    (void)step, (void)worker;
    unsigned char *counts = context;
    counts[piece]++;
}

static void the_most_pieces_are_all_done(void **state)
{
    (void)state;
    static unsigned char counts[MN_MAX_PIECES];
    struct mn_pool *pool = pool_of(3, count_piece, counts);
    mn_pool_run(pool, 65535, MN_MAX_PIECES);
    mn_pool_free(pool);
    for (int i = 0; i < MN_MAX_PIECES; i++)
        assert_int_equal(counts[i], 1);
}

struct order {
    int last[2]; /* what the second thread took last of the first one's share, and of its own */
    int pieces;
    atomic_int done, wrong;
};

/* Piece 0 takes until the others are done: so the second thread comes to help. */
static void do_in_order(void *context, int step, int piece, int worker)
{
    struct order *order = context;
    bool is_of_second = piece >= order->pieces / 2;
    (void)step;
    while (piece == 0 && atomic_load(&order->done) < order->pieces - 1)
        spin(3);
    if (worker == 1) {
        int *last = &order->last[is_of_second];
        atomic_fetch_add(&order->wrong, piece != *last + (is_of_second ? 1 : -1));
        *last = piece;
    }
    atomic_fetch_add(&order->done, 1);
}

static void own_pieces_come_in_order_and_others_from_the_end(void **state)
{
    (void)state;
    for (int run = 0; run < 100; run++) {
        struct order order = {.pieces = 8, .last = {4, 3}};
        struct mn_pool *pool = pool_of(2, do_in_order, &order);
        mn_pool_run(pool, 0, order.pieces);
        mn_pool_free(pool);
        assert_int_equal(atomic_load(&order.wrong), 0);
        assert_int_equal(order.last[1], 7);
        assert_in_range(order.last[0], 0, 1); /* it may even have taken piece 0 */
    }
}

/* While workers spin, while they sleep, and before they have begun. */
static void a_pool_can_be_freed_at_any_time(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        struct job job = {.threads = 2 + i % 4};
        struct mn_pool *pool = pool_of(job.threads, do_piece, &job);
        if (i % 3 != 0)
            run_once(pool, &job, MOST_PIECES, 0);
        if (i % 3 == 1)
            usleep(500);
        mn_pool_free(pool);
    }
    mn_pool_free(NULL);
}

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static void a_pool_at_rest_uses_no_cpu(void **state)
{
    (void)state;
    struct job job = {.threads = 4};
    struct mn_pool *pool = pool_of(job.threads, do_piece, &job);
    run_once(pool, &job, MOST_PIECES, 0);
    usleep(20000);
    double begin = cpu_ms();
    usleep(300000);
    double used = cpu_ms() - begin;
    run_once(pool, &job, MOST_PIECES, 0); /* and it wakes up again */
    mn_pool_free(pool);
    print_message("measured: %.2f ms of CPU in 300 ms of rest\n", used);
    assert_true(used < 20);
}

static void use_pool(void *context)
{
    struct job *job = context;
    struct mn_pool *pool = pool_of(1, do_piece, job);
    no_system_calls_from_here();
    for (int i = 0; i < 1000; i++)
        run_once(pool, job, MOST_PIECES, 0);
}

static void one_thread_makes_no_system_call(void **state)
{
    (void)state;
    struct job job = {.threads = 1};
    no_system_calls_in(use_pool, &job);
}

static void more_threads_than_can_be_are_refused(void **state)
{
    (void)state;
    struct mn_pool *pool = NULL;
    struct mn_error error;
    assert_int_equal(mn_pool_new(&pool, MN_MAX_THREADS + 1, do_piece, NULL, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "64"));
    assert_int_equal(mn_pool_new(&pool, 0, do_piece, NULL, &error), MN_BAD_INPUT);
    assert_null(pool);
}

/* In a child, so that this process stays as it is. */
static void default_threads_respect_affinity(void **state)
{
    (void)state;
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    int threads = mn_pool_default_threads();
    assert_in_range(threads, 1, CPU_COUNT(&all));
    CPU_ZERO(&one);
    for (int cpu = 0; CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &all))
            CPU_SET(cpu, &one);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(sched_setaffinity(0, sizeof one, &one) ? 100 : mn_pool_default_threads());
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_is_done_once),
        cmocka_unit_test(the_most_pieces_are_all_done),
        cmocka_unit_test(own_pieces_come_in_order_and_others_from_the_end),
        cmocka_unit_test(a_pool_can_be_freed_at_any_time),
        cmocka_unit_test(a_pool_at_rest_uses_no_cpu),
        cmocka_unit_test(one_thread_makes_no_system_call),
        cmocka_unit_test(more_threads_than_can_be_are_refused),
        cmocka_unit_test(default_threads_respect_affinity),
    };
    return cmocka_run_group_tests_name("thread pool", tests, NULL, NULL);
}
