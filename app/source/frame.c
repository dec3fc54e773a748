#include "frame.h"

struct frame *frame_hold(struct frame *frame)
{
    atomic_fetch_add_explicit(&frame->uses, 1, memory_order_relaxed);
    return frame;
}

void frame_drop(struct frame *frame)
{
    /* acq_rel: all reads of the pixels by other users happen before the producer gets them back */
    if (frame && atomic_fetch_sub_explicit(&frame->uses, 1, memory_order_acq_rel) == 1)
        frame->release(frame);
}
