/* The one way to end: a request that every waiting thread can wait for.
 *
 * Signals are blocked in all threads; a thread of its own turns the first SIGINT, SIGTERM or
 * SIGHUP, and the end of a duration, into the request. A second signal ends the process at once,
 * should something hang. */
#ifndef CAMLABEL_STOP_H
#define CAMLABEL_STOP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "../engine/base/error.h"

struct stop {
    int fd;         /* eventfd: readable once stopping is requested; for poll() */
    int closing_fd; /* eventfd: readable when stop_close() wants the thread back */
    int signal_fd;
    double duration_s;
    atomic_bool requested;
    bool signalled; /* the first signal came; the watching thread's until stop_close() */
    pthread_t thread;
    void (*wake)(void *context); /* called once the request is made; any thread */
    void *wake_context;
};

/* Blocks the signals, for all threads that are started afterwards, and starts the watching.
 * duration_s 0: no end. */
enum mn_status stop_open(struct stop *stop, double duration_s, void (*wake)(void *), void *context,
                         struct mn_error *error);
void stop_close(struct stop *stop); /* a second signal still ends the process afterwards */

void stop_request(struct stop *stop); /* any thread, idempotent */
bool stop_requested(const struct stop *stop);

#endif
