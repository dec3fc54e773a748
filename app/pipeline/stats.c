#include "stats.h"

void stats_open(struct stats *stats)
{
    *stats = (struct stats){.events = {0}};
    pthread_mutex_init(&stats->lock, NULL);
}

void stats_close(struct stats *stats)
{
    pthread_mutex_destroy(&stats->lock);
}

void stats_count(struct stats *stats, enum stage stage, int64_t now_ns)
{
    pthread_mutex_lock(&stats->lock);
    stats->when_ns[stage][stats->events[stage]++ % STATS_WINDOW] = now_ns;
    pthread_mutex_unlock(&stats->lock);
}

/* Intervals between the events of the last two seconds. When nothing came for longer than the usual
 * interval, the time since the last event counts too, so that a camera that fell silent shows a
 * falling rate, not its last good one. */
static double rate(const int64_t *when_ns, uint64_t events, int64_t now_ns)
{
    const int64_t span_ns = 2000000000;
    uint64_t kept = events < STATS_WINDOW ? events : STATS_WINDOW;
    uint64_t count = 0;
    int64_t oldest = now_ns, newest = now_ns;
    for (uint64_t i = 0; i < kept; i++) {
        int64_t when = when_ns[(events - 1 - i) % STATS_WINDOW];
        if (now_ns - when > span_ns)
            break;
        oldest = when;
        if (count++ == 0)
            newest = when;
    }
    if (count < 2 || newest <= oldest)
        return 0;
    double interval_ns = (double)(newest - oldest) / (double)(count - 1);
    double silent_ns = (double)(now_ns - newest);
    return silent_ns > 2 * interval_ns ? (double)count / ((double)(now_ns - oldest) * 1e-9)
                                       : 1e9 / interval_ns;
}

struct stats_snapshot stats_read(struct stats *stats, int64_t now_ns)
{
    struct stats_snapshot snapshot;
    pthread_mutex_lock(&stats->lock);
    for (int s = 0; s < STAGE_COUNT; s++) {
        snapshot.events[s] = stats->events[s];
        snapshot.fps[s] = rate(stats->when_ns[s], stats->events[s], now_ns);
    }
    pthread_mutex_unlock(&stats->lock);
    return snapshot;
}
