#include "capture_thread.h"

#include <string.h>

#include "../source/pace.h"

static void hand_over(struct capture_thread *capture, struct frame *frame)
{
    stats_count(capture->stats, STAGE_CAPTURE, monotonic_ns());
    frame->image.turn = capture->turn; /* before anybody else has it */
    if (capture->display) {
        mailbox_put(capture->display, frame_hold(frame));
        if (capture->on_frame)
            capture->on_frame(capture->context);
    }
    mailbox_put(capture->classify, frame);
}

static void *run(void *argument)
{
    struct capture_thread *capture = argument;
    struct frame *frame;
    enum source_status status;
    while ((status = capture->source->next(capture->source, capture->stop->fd, &frame,
                                           &capture->error)) == SOURCE_FRAME) {
        hand_over(capture, frame);
        if (capture->lockstep && !mailbox_wait_empty(capture->classify))
            break;
    }
    if (status != SOURCE_ERROR)
        capture->error.status = MN_OK;
    mailbox_close(capture->classify);
    return NULL;
}

enum mn_status capture_thread_start(struct capture_thread *capture, struct mn_error *error)
{
    int failed = pthread_create(&capture->thread, NULL, run, capture);
    if (failed)
        return mn_fail(error, MN_FAILED, "cannot start the capture thread: %s", strerror(failed));
    capture->is_started = true;
    pthread_setname_np(capture->thread, "capture");
    return MN_OK;
}

void capture_thread_join(struct capture_thread *capture)
{
    if (capture->is_started)
        pthread_join(capture->thread, NULL);
    capture->is_started = false;
}
