#include "classify_thread.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../source/pace.h"

enum mn_status classify_image(struct mn_engine *engine, const struct mn_image *image,
                              float *probabilities, double *preprocess_ms, double *inference_ms,
                              struct mn_error *error)
{
    int classes = mn_engine_network(engine)->spec.classes;
    int64_t start = monotonic_ns();
    if (mn_engine_preprocess(engine, image, error))
        return error->status;
    int64_t preprocessed = monotonic_ns();
    const float *logits = mn_engine_run(engine);
    if (!logits)
        return mn_fail(error, MN_FAILED, "classification was interrupted");
    mn_softmax(logits, probabilities, classes);
    *preprocess_ms = (double)(preprocessed - start) * 1e-6;
    *inference_ms = (double)(monotonic_ns() - preprocessed) * 1e-6;
    if (!isfinite(probabilities[0])) /* one bad logit makes all of them bad */
        return mn_fail(
            error, MN_BAD_INPUT,
            "the model's answer is not a number: the model file is damaged; get it again");
    return MN_OK;
}

static enum mn_status answer(struct classify_thread *classify, const struct frame *frame,
                             struct result *result)
{
    *result = (struct result){.frame = frame->number,
                              .captured_ns = frame->captured_ns,
                              .truth = frame->truth,
                              .file = frame->file};
    if (classify_image(classify->engine, &frame->image, classify->probabilities,
                       &result->preprocess_ms, &result->inference_ms, &classify->error))
        return classify->error.status;
    steady_update(&classify->steady, classify->probabilities, frame->pts_ns);
    result->top_count =
        result_rank(classify->probabilities, classify->steady.count, result->top, RESULT_TOP);
    result->label = classify->steady.label;
    result->label_p = classify->steady.p;
    result->finished_ns = monotonic_ns();
    return MN_OK;
}

static void *run(void *argument)
{
    struct classify_thread *classify = argument;
    struct frame *frame;
    uint64_t answers = 0;
    while ((frame = mailbox_take(classify->frames))) {
        struct result result;
        enum mn_status status = answer(classify, frame, &result);
        frame_drop(frame);
        if (status || stop_requested(classify->stop))
            break;
        stats_count(classify->stats, STAGE_CLASSIFY, result.finished_ns);
        classify->on_result(classify->context, &result);
        if (++answers == classify->frame_limit)
            break;
    }
    if (stop_requested(classify->stop)) /* then a failure is only the interruption we asked for */
        classify->error.status = MN_OK;
    stop_request(classify->stop);
    mailbox_abandon(classify->frames);
    return NULL;
}

enum mn_status classify_thread_start(struct classify_thread *classify, struct mn_error *error)
{
    int classes = mn_engine_network(classify->engine)->spec.classes;
    classify->error.status = MN_OK;
    classify->probabilities = malloc((size_t)classes * sizeof(float));
    int failed =
        !classify->probabilities || steady_open(&classify->steady, classes, classify->unknown_below)
            ? ENOMEM
            : 0;
    if (!failed)
        failed = pthread_create(&classify->thread, NULL, run, classify);
    if (failed) {
        classify_thread_join(classify);
        return mn_fail(error, MN_FAILED, "cannot start the classify thread: %s", strerror(failed));
    }
    classify->is_started = true;
    pthread_setname_np(classify->thread, "classify");
    return MN_OK;
}

void classify_thread_join(struct classify_thread *classify)
{
    if (classify->is_started)
        pthread_join(classify->thread, NULL);
    classify->is_started = false;
    steady_close(&classify->steady);
    free(classify->probabilities);
    classify->probabilities = NULL;
}
