/* Takes the newest frame, preprocesses and classifies it, steadies the answer and reports it. */
#ifndef CAMLABEL_CLASSIFY_THREAD_H
#define CAMLABEL_CLASSIFY_THREAD_H

#include <pthread.h>

#include "../../engine/mobilenet.h"
#include "../stop.h"
#include "mailbox.h"
#include "result.h"
#include "stats.h"

struct classify_thread {
    /* set before start */
    struct mn_engine *engine; /* used by this thread alone until it is joined */
    struct mailbox *frames;
    struct stats *stats;
    struct stop *stop; /* requested when the frames end, the limit is reached or something fails */
    uint64_t frame_limit; /* answers to give; 0: no limit */
    double unknown_below; /* probability of the likeliest class; 0: there is no "unknown" */
    void (*on_result)(void *context, const struct result *result); /* on this thread */
    void *context;
    /* valid after join */
    struct mn_error error; /* status MN_OK unless something failed */
    /* its own */
    struct steady steady;
    float *probabilities; /* [classes] */
    bool is_started;
    pthread_t thread;
};

/* The one path from a picture to its probabilities, for live and for files: times both halves.
 * Fails where the picture cannot be preprocessed, the network gives no finite answer, or the engine
 * was cancelled. */
enum mn_status classify_image(struct mn_engine *engine, const struct mn_image *image,
                              float *probabilities, double *preprocess_ms, double *inference_ms,
                              struct mn_error *error);

/* Errors: MN_FAILED where the system gives no thread or no memory. */
enum mn_status classify_thread_start(struct classify_thread *classify, struct mn_error *error);

/* The mailbox must be closed. Never started, or joined before, is fine. */
void classify_thread_join(struct classify_thread *classify);

#endif
