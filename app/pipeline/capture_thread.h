/* Pulls frames from the source and hands each to the classifier's and the window's mailbox. */
#ifndef CAMLABEL_CAPTURE_THREAD_H
#define CAMLABEL_CAPTURE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "../source/source.h"
#include "../stop.h"
#include "mailbox.h"
#include "stats.h"

struct capture_thread {
    /* set before start */
    struct source *source;    /* used by this thread alone until it is joined */
    struct mailbox *classify; /* closed when the source has ended */
    struct mailbox *display;  /* NULL: no window */
    struct mn_turn turn;      /* of every frame */
    bool lockstep;            /* wait until the classifier took a frame before pulling the next */
    struct stats *stats;
    struct stop *stop;
    void (*on_frame)(void *context); /* after each frame for the window; may be NULL */
    void *context;
    /* valid after join */
    struct mn_error error; /* status MN_OK unless the source failed */
    /* its own */
    bool is_started;
    pthread_t thread;
};

/* Errors: MN_FAILED where the system gives no thread. */
enum mn_status capture_thread_start(struct capture_thread *capture, struct mn_error *error);

/* Stop must be requested, or the source end. Never started, or joined before, is fine. */
void capture_thread_join(struct capture_thread *capture);

#endif
