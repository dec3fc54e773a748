/* A free list behind a mutex. The lock guards every field of struct frame_pool. */
#include "frame_pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

/* One on screen, one in the mailbox, one being classified, one being filled: four circulate. */
enum { FRAME_POOL_KEEP = 4 };

struct pooled_frame {
    struct frame frame; /* first: a frame of a pool is converted back by its address */
    struct frame_pool *pool;
    struct pooled_frame *next; /* in the free list */
    struct mn_bitmap bitmap;
};

struct frame_pool {
    pthread_mutex_t lock;
    struct pooled_frame *idle; /* frames at home */
    int idle_count;
    int out_count; /* frames with the takers */
    bool closed;
};

struct frame_pool *frame_pool_new(void)
{
    struct frame_pool *pool = calloc(1, sizeof *pool);
    if (pool && pthread_mutex_init(&pool->lock, NULL) != 0) {
        free(pool);
        return NULL;
    }
    return pool;
}

static void free_frame(struct pooled_frame *pooled)
{
    mn_bitmap_free(&pooled->bitmap);
    free(pooled);
}

static void free_pool(struct frame_pool *pool)
{
    while (pool->idle) {
        struct pooled_frame *pooled = pool->idle;
        pool->idle = pooled->next;
        free_frame(pooled);
    }
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

void frame_pool_close(struct frame_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->closed = true;
    bool last = pool->out_count == 0;
    pthread_mutex_unlock(&pool->lock);
    if (last)
        free_pool(pool);
}

/* The `release` of a pool's frames: back on the free list, or gone if there are enough or the pool
 * was closed. */
static void give_back(struct frame *frame)
{
    struct pooled_frame *pooled = (struct pooled_frame *)frame;
    struct frame_pool *pool = pooled->pool;
    pthread_mutex_lock(&pool->lock);
    bool keep = !pool->closed && pool->idle_count < FRAME_POOL_KEEP;
    if (keep) {
        pooled->next = pool->idle;
        pool->idle = pooled;
        pool->idle_count++;
    }
    pool->out_count--;
    bool last = pool->closed && pool->out_count == 0;
    pthread_mutex_unlock(&pool->lock);
    if (!keep)
        free_frame(pooled);
    if (last)
        free_pool(pool);
}

/* The lock must be held. */
static struct pooled_frame *take_idle(struct frame_pool *pool)
{
    struct pooled_frame *pooled = pool->idle;
    if (pooled) {
        pool->idle = pooled->next;
        pool->idle_count--;
        pool->out_count++;
    }
    return pooled;
}

static struct pooled_frame *add_frame(struct frame_pool *pool)
{
    struct pooled_frame *pooled = calloc(1, sizeof *pooled);
    if (!pooled)
        return NULL;
    pooled->pool = pool;
    pthread_mutex_lock(&pool->lock);
    pool->out_count++;
    pthread_mutex_unlock(&pool->lock);
    return pooled;
}

struct frame *frame_pool_take(struct frame_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    struct pooled_frame *pooled = take_idle(pool);
    pthread_mutex_unlock(&pool->lock);
    if (!pooled)
        pooled = add_frame(pool);
    if (!pooled)
        return NULL;
    pooled->frame = (struct frame){.release = give_back, .owner = pool};
    atomic_init(&pooled->frame.uses, 1);
    return &pooled->frame;
}

struct mn_bitmap *frame_pool_bitmap(struct frame *frame)
{
    return &((struct pooled_frame *)frame)->bitmap;
}
