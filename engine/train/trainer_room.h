/* What a trainer has: its parts and its memory, made once. Only trainer.c and trainer_room.c
 * include this. */
#ifndef MN_TRAINER_ROOM_H
#define MN_TRAINER_ROOM_H

#include "batch.h"
#include "features.h"
#include "learner/learner.h"
#include "trainer.h"

struct mn_trainer {
    struct mn_recipe recipe;
    char *recipe_text;
    const struct mn_dataset *dataset;
    struct mn_network network; /* at the recipe's resolution */
    struct mn_weights_map map;
    struct mn_crew *crew;
    struct mn_learner *learner;
    struct mn_batch_maker *maker;
    struct mn_features features; /* of a frozen trunk; values NULL where there is none */
    int first_trained;           /* layer */
    int batch, epoch_steps;

    struct mn_state state; /* what a checkpoint holds */

    /* room for one step */
    float *gradient, *d_logits, *keep;
    int *index, *label;
    int step_size; /* resolution of the step just done; 0 before the first */
};

/* How pictures become the network's input where the model is used. */
struct mn_preprocessing mn_trainer_preprocessing(const struct mn_recipe *recipe);

enum mn_status mn_trainer_no_memory(struct mn_error *error);

#endif
