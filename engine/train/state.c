#include "state.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/block.h"
#include "checkpoint.h"

enum { MAX_TENSORS = 4, TEXTS = 4, NUMBER_CHARS = 128 };

bool mn_state_new(struct mn_state *state, const struct mn_weights_map *map,
                  const struct mn_recipe *recipe)
{
    bool two = mn_optimizer_rows(recipe->opt) > 1, averages = recipe->model_ema_decay > 0;
    *state = (struct mn_state){.trained = map->trained, .total = map->total};
    state->values = mn_block_zeroed(state->total);
    state->optimizer.momentum = mn_block_zeroed(state->trained);
    if (two)
        state->optimizer.square = mn_block_zeroed(state->trained);
    if (averages)
        state->average = mn_block_zeroed(state->total);
    if (!state->values || !state->optimizer.momentum || (two && !state->optimizer.square) ||
        (averages && !state->average))
        return false;
    mn_optimizer_begin(&state->optimizer, recipe->opt, state->trained);
    return true;
}

void mn_state_free(struct mn_state *state)
{
    free(state->values);
    free(state->average);
    free(state->optimizer.momentum);
    free(state->optimizer.square);
    *state = (struct mn_state){0};
}

static int list_tensors(const struct mn_state *state, struct mn_state_tensor *tensors)
{
    struct mn_state_tensor all[MAX_TENSORS] = {
        {"weights", state->values, state->total},
        {"average", state->average, state->total},
        {"optimizer.momentum", state->optimizer.momentum, state->trained},
        {"optimizer.square", state->optimizer.square, state->trained}};
    int count = 0;
    for (int i = 0; i < MAX_TENSORS; i++)
        if (all[i].values)
            tensors[count++] = all[i];
    return count;
}

/* --- the texts: what it belongs to, and where it stands --- */

struct numbers {
    char data[NUMBER_CHARS], threads[NUMBER_CHARS], position[NUMBER_CHARS];
};

static void list_texts(const struct mn_state *state, const struct mn_run_identity *run,
                       struct numbers *numbers, struct mn_state_text texts[TEXTS])
{
    snprintf(numbers->data, NUMBER_CHARS, "%016llx", (unsigned long long)run->data);
    snprintf(numbers->threads, NUMBER_CHARS, "%d", run->threads);
    snprintf(numbers->position, NUMBER_CHARS, "%d %d %lld %.17g %.17g", state->epoch, state->step,
             state->sums.pictures, state->sums.correct, state->sums.loss);
    texts[0] = (struct mn_state_text){"recipe", (char *)run->recipe};
    texts[1] = (struct mn_state_text){"data", numbers->data};
    texts[2] = (struct mn_state_text){"threads", numbers->threads};
    texts[3] = (struct mn_state_text){"position", numbers->position};
}

/* Into the state, if it is all there. */
static bool read_position(const char *text, const struct mn_run_identity *run,
                          struct mn_state *state)
{
    char *end;
    long epoch = strtol(text, &end, 10), step = strtol(end, &end, 10);
    struct mn_epoch_sums sums = {.pictures = strtoll(end, &end, 10)};
    sums.correct = strtod(end, &end);
    const char *last = end;
    sums.loss = strtod(end, &end);
    if (end == last || *end || epoch < 0 || epoch > run->epochs || step < 0 || step >= run->steps)
        return false;
    state->epoch = (int)epoch;
    state->step = (int)step;
    state->sums = sums;
    return true;
}

static enum mn_status check_texts(const struct mn_state_text read[TEXTS],
                                  const struct mn_state_text ours[TEXTS], const char *path,
                                  struct mn_error *error)
{
    static const char *const what[] = {"another recipe", "other data"};
    for (int i = 0; i < 2; i++)
        if (strcmp(read[i].text, ours[i].text) != 0)
            return mn_fail(error, MN_BAD_INPUT,
                           "%s: was made with %s; resume with what the run began with, or begin "
                           "a new one",
                           path, what[i]);
    if (strcmp(read[2].text, ours[2].text) != 0)
        return mn_fail(error, MN_BAD_INPUT,
                       "%s: was made with %s threads, and these are %s; resume with --threads %s, "
                       "so that the result is the same",
                       path, read[2].text, ours[2].text, read[2].text);
    return MN_OK;
}

/* --- files --- */

enum mn_status mn_state_save(const struct mn_state *state, const struct mn_run_identity *run,
                             const char *path, struct mn_error *error)
{
    struct mn_state_tensor tensors[MAX_TENSORS];
    struct mn_state_text texts[TEXTS];
    struct numbers numbers;
    list_texts(state, run, &numbers, texts);
    int count = list_tensors(state, tensors);
    return mn_checkpoint_write(path, tensors, (size_t)count, texts, TEXTS, error);
}

/* The position is taken last, when nothing can fail any more. */
static enum mn_status take(struct mn_state *state, const struct mn_run_identity *run,
                           const struct mn_state_text read[TEXTS], const char *path,
                           struct mn_error *error)
{
    struct mn_state_tensor tensors[MAX_TENSORS];
    struct mn_state position = {0};
    if (!read_position(read[3].text, run, &position))
        return mn_fail(error, MN_BAD_INPUT, "%s: damaged: there is no position \"%s\"", path,
                       read[3].text);
    int count = list_tensors(state, tensors);
    if (mn_checkpoint_read(path, tensors, (size_t)count, error))
        return error->status;
    state->epoch = position.epoch;
    state->step = position.step;
    state->sums = position.sums;
    return MN_OK;
}

enum mn_status mn_state_restore(struct mn_state *state, const struct mn_run_identity *run,
                                const char *path, struct mn_error *error)
{
    struct mn_state_text ours[TEXTS], read[TEXTS];
    struct numbers numbers;
    list_texts(state, run, &numbers, ours);
    memcpy(read, ours, sizeof read); /* for the names */
    for (int i = 0; i < TEXTS; i++)
        read[i].text = NULL;
    if (mn_checkpoint_read_texts(path, read, TEXTS, error))
        return error->status;
    enum mn_status status = check_texts(read, ours, path, error);
    if (!status)
        status = take(state, run, read, path, error);
    for (int i = 0; i < TEXTS; i++)
        free(read[i].text);
    return status;
}
