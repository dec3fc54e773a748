/* Frames whose pixels live in memory, used again and again: for the demo, pictures and clips.
 *
 * A frame goes back to its pool when its last use is dropped, on whatever thread that happens. The
 * pool outlives frame_pool_close() until the last of its frames has come back. It never holds more
 * frames than were out at one time, and keeps only a few of them for the next take. */
#ifndef CAMLABEL_FRAME_POOL_H
#define CAMLABEL_FRAME_POOL_H

#include "../../engine/image/bitmap.h"
#include "frame.h"

struct frame_pool;

struct frame_pool *frame_pool_new(void); /* NULL when memory runs out */

/* Gives up the caller's hold. Frees the pool now, or when the last frame that is out has come back.
 * NULL is fine. */
void frame_pool_close(struct frame_pool *pool);

/* A frame with one use, the caller's; all its fields but `uses` and `release` are zero, and are for
 * the caller to fill. NULL when memory runs out. */
struct frame *frame_pool_take(struct frame_pool *pool);

/* The bitmap that belongs to a frame of a pool, to reserve and draw into before the frame is handed
 * on; then `frame->image = bitmap->image` lends it. It keeps its capacity from use to use. */
struct mn_bitmap *frame_pool_bitmap(struct frame *frame);

#endif
