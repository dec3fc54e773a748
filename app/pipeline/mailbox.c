#include "mailbox.h"

#include <stddef.h>

void mailbox_open(struct mailbox *mailbox)
{
    *mailbox = (struct mailbox){.newest = NULL};
    pthread_mutex_init(&mailbox->lock, NULL);
    pthread_cond_init(&mailbox->changed, NULL);
}

void mailbox_destroy(struct mailbox *mailbox)
{
    frame_drop(mailbox->newest);
    mailbox->newest = NULL;
    pthread_cond_destroy(&mailbox->changed);
    pthread_mutex_destroy(&mailbox->lock);
}

void mailbox_put(struct mailbox *mailbox, struct frame *frame)
{
    pthread_mutex_lock(&mailbox->lock);
    struct frame *loser = mailbox->closed ? frame : mailbox->newest;
    if (!mailbox->closed) {
        mailbox->dropped += loser != NULL;
        mailbox->newest = frame;
        pthread_cond_broadcast(&mailbox->changed);
    }
    pthread_mutex_unlock(&mailbox->lock);
    frame_drop(loser); /* outside of the lock: giving a camera its buffer back is a system call */
}

/* With the lock held. */
static struct frame *take_newest(struct mailbox *mailbox)
{
    struct frame *frame = mailbox->newest;
    mailbox->newest = NULL;
    if (frame)
        pthread_cond_broadcast(&mailbox->changed);
    return frame;
}

struct frame *mailbox_take(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    while (!mailbox->newest && !mailbox->closed)
        pthread_cond_wait(&mailbox->changed, &mailbox->lock);
    struct frame *frame = take_newest(mailbox);
    pthread_mutex_unlock(&mailbox->lock);
    return frame;
}

struct frame *mailbox_try_take(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    struct frame *frame = take_newest(mailbox);
    pthread_mutex_unlock(&mailbox->lock);
    return frame;
}

bool mailbox_wait_empty(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    while (mailbox->newest && !mailbox->closed)
        pthread_cond_wait(&mailbox->changed, &mailbox->lock);
    bool open = !mailbox->closed;
    pthread_mutex_unlock(&mailbox->lock);
    return open;
}

void mailbox_close(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    mailbox->closed = true;
    pthread_cond_broadcast(&mailbox->changed);
    pthread_mutex_unlock(&mailbox->lock);
}

void mailbox_abandon(struct mailbox *mailbox)
{
    mailbox_close(mailbox);
    frame_drop(mailbox_try_take(mailbox));
}

uint64_t mailbox_dropped(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    uint64_t dropped = mailbox->dropped;
    pthread_mutex_unlock(&mailbox->lock);
    return dropped;
}
