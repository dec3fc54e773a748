/* The newest-frame mailbox between two threads: holds at most one frame, the newest. Putting never
 * waits; a frame that nobody took is dropped and counted. */
#ifndef CAMLABEL_MAILBOX_H
#define CAMLABEL_MAILBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "../source/frame.h"

struct mailbox {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    struct frame *newest; /* one use of it, or NULL */
    bool closed;
    uint64_t dropped;
};

void mailbox_open(struct mailbox *mailbox);
void mailbox_destroy(
    struct mailbox *mailbox); /* drops what is inside; no thread may use it any more */

/* Takes over one use of the frame. After mailbox_close() the frame is dropped at once. */
void mailbox_put(struct mailbox *mailbox, struct frame *frame);

/* Waits for a frame; the use of it is the caller's. NULL once the mailbox is closed and empty. */
struct frame *mailbox_take(struct mailbox *mailbox);

/* The same without waiting: NULL if nothing new is there. */
struct frame *mailbox_try_take(struct mailbox *mailbox);

/* Waits until the frame inside was taken; false if the mailbox was closed meanwhile. */
bool mailbox_wait_empty(struct mailbox *mailbox);

/* No more frames: what is inside can still be taken, then mailbox_take() gives NULL. Wakes
 * everybody. Any thread, idempotent. */
void mailbox_close(struct mailbox *mailbox);

/* Closes, and drops what is inside as well: for stopping at once. */
void mailbox_abandon(struct mailbox *mailbox);

uint64_t mailbox_dropped(struct mailbox *mailbox);

#endif
