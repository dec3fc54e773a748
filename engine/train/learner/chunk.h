/* Chunks: pictures that go through a layer in one go, begin … begin + count - 1 of the batch. As
 * many as keep input and output in the second-level cache, and so few that each thread has several;
 * at least one. The sums of a batch are made of its chunks', in their order: so they are the same
 * bytes whichever thread had which. */
#ifndef MN_CHUNK_H
#define MN_CHUNK_H

#include <stddef.h>

#include "../../network.h"

struct mn_learner;

struct mn_chunk {
    int begin, count;
};

/* Floats of a layer's chunk, of its larger side: no chunk has more. */
size_t mn_chunk_floats(const struct mn_layer *layer);

/* Pictures of a chunk where the batch has so many. */
int mn_chunk_pictures(const struct mn_learner *learner, const struct mn_layer *layer, int batch);

/* Chunks of the largest batch, at the largest resolution or below: smaller pictures come in larger
 * chunks, but not in chunks of more floats, nor in more chunks. */
size_t mn_chunk_most(const struct mn_learner *learner, const struct mn_layer *layer);

/* Of the batch that is under way: its chunks, and one of them, or so many `together`. */
int mn_chunk_count(const struct mn_learner *learner, const struct mn_layer *layer);
struct mn_chunk mn_chunk_of(const struct mn_learner *learner, const struct mn_layer *layer,
                            int number, int together);

/* Chunks that are a group: as many as have these rows, whose operands (layers.h) lie together. */
enum { MN_GROUP_ROWS = 512 };
int mn_chunk_group(const struct mn_learner *learner, const struct mn_layer *layer);

/* What is done with a chunk of the learner's layer. */
typedef void mn_chunk_work(struct mn_learner *learner, int number, int worker);

/* Does it with chunks first … end - 1 as threads come free. Each thread has neighbours, and with
 * every other layer takes them from the back: it begins with those that the layer before has left
 * in its caches. */
void mn_chunk_each(struct mn_learner *learner, int first, int end, mn_chunk_work *work);

#endif
