/* A network's weights as its kernels read them: batch norm folded in, in panels (packing.h), all in
 * one block. They are made in pieces that threads can take, each so small that it stays in the
 * second-level cache from reading the model to packing. */
#ifndef MN_PACKED_H
#define MN_PACKED_H

#include "../kernels/kernels.h"
#include "../model/model.h"

struct mn_packed;

/* Room alone; `threads` of them will pack. On MN_OK *packed is the caller's. Errors: MN_FAILED for
 * memory. */
enum mn_status mn_packed_new(struct mn_packed **packed, const struct mn_network *network,
                             const struct mn_kernels *kernels, int threads, struct mn_error *error);
void mn_packed_free(struct mn_packed *packed); /* NULL is fine */

/* All pieces are to be made, in any order, from a model of the network's channels. `worker` is
 * 0 … threads - 1, no two at a time the same. */
int mn_packed_pieces(const struct mn_packed *packed); /* 1 … MN_MAX_PIECES */
void mn_packed_make(struct mn_packed *packed, const struct mn_model *model, int piece, int worker);

/* After all of them: gives back what only making them needs. False if the model's file could not be
 * read any more. */
bool mn_packed_finish(struct mn_packed *packed);

/* The weights of a layer, as kernels take them. */
const float *mn_packed_layer(const struct mn_packed *packed, int layer);

#endif
