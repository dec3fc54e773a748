/* Rates of a running pipeline, counted by several threads, read by one. */
#ifndef CAMLABEL_STATS_H
#define CAMLABEL_STATS_H

#include <pthread.h>
#include <stdint.h>

enum stage { STAGE_CAPTURE, STAGE_CLASSIFY, STAGE_DISPLAY, STAGE_COUNT };

enum {
    STATS_WINDOW = 64
}; /* rates are over the last 64 events or two seconds, whichever is shorter */

struct stats {
    pthread_mutex_t lock; /* guards all below */
    int64_t when_ns[STAGE_COUNT][STATS_WINDOW];
    uint64_t events[STAGE_COUNT];
};

struct stats_snapshot {
    double fps[STAGE_COUNT]; /* 0 until two events happened */
    uint64_t events[STAGE_COUNT];
};

void stats_open(struct stats *stats);
void stats_close(struct stats *stats);
void stats_count(struct stats *stats, enum stage stage, int64_t now_ns);
struct stats_snapshot stats_read(struct stats *stats, int64_t now_ns);

#endif
