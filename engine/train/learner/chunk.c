#include "chunk.h"

#include "learner_room.h"

enum {
    CHUNK_FLOATS = 1 << 15, /* 128 KB, a quarter of a second-level cache */
    CHUNK_WEIGHTS = 8,      /* but a float for so many weights of a product: they are read for each
                               chunk anew */
    CHUNKS_A_THREAD = 2,    /* at least */
};

/* --- sizes --- */

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A picture's. */
static size_t picture_floats(const struct mn_layer *layer)
{
    return largest(largest(mn_layer_in_floats(layer), mn_layer_out_floats(layer)),
                   mn_layer_columns(layer));
}

size_t mn_chunk_floats(const struct mn_layer *layer)
{
    size_t weights = (size_t)layer->in_channels * (size_t)layer->out_channels;
    size_t floats =
        largest(CHUNK_FLOATS, layer->kind == MN_POINTWISE ? weights / CHUNK_WEIGHTS : 0);
    return largest(floats, picture_floats(layer));
}

static int least_chunks(const struct mn_learner *learner)
{
    return CHUNKS_A_THREAD * mn_crew_size(learner->options.crew);
}

int mn_chunk_pictures(const struct mn_learner *learner, const struct mn_layer *layer, int batch)
{
    int least = least_chunks(learner);
    size_t few = (size_t)((batch + least - 1) / least);
    return (int)smaller(mn_chunk_floats(layer) / picture_floats(layer), few);
}

size_t mn_chunk_most(const struct mn_learner *learner, const struct mn_layer *layer)
{
    size_t batch = (size_t)learner->options.batch, least = (size_t)least_chunks(learner);
    size_t count = (size_t)mn_chunk_pictures(learner, layer, learner->options.batch);
    return smaller(batch, largest((batch + count - 1) / count, least));
}

int mn_chunk_count(const struct mn_learner *learner, const struct mn_layer *layer)
{
    int count = mn_chunk_pictures(learner, layer, learner->pictures);
    return (learner->pictures + count - 1) / count;
}

int mn_chunk_group(const struct mn_learner *learner, const struct mn_layer *layer)
{
    int rows =
        mn_chunk_pictures(learner, layer, learner->pictures) * layer->out_size * layer->out_size;
    return rows < MN_GROUP_ROWS ? MN_GROUP_ROWS / rows : 1;
}

struct mn_chunk mn_chunk_of(const struct mn_learner *learner, const struct mn_layer *layer,
                            int number, int together)
{
    int count = mn_chunk_pictures(learner, layer, learner->pictures) * together;
    int begin = number * count, rest = learner->pictures - begin;
    return (struct mn_chunk){begin, count < rest ? count : rest};
}

/* --- who takes which --- */

/* Each worker's pieces the other way round. */
static int from_the_back(const struct mn_crew *crew, int piece, int pieces)
{
    int worker = 0;
    while (piece >= mn_crew_first_piece(crew, pieces, worker + 1))
        worker++;
    return mn_crew_first_piece(crew, pieces, worker) +
           mn_crew_first_piece(crew, pieces, worker + 1) - 1 - piece;
}

static void take(void *context, int piece, int worker)
{
    struct mn_learner *learner = context;
    if (learner->layer % 2)
        piece =
            from_the_back(learner->options.crew, piece, learner->end_chunk - learner->first_chunk);
    learner->work(learner, learner->first_chunk + piece, worker);
}

void mn_chunk_each(struct mn_learner *learner, int first, int end, mn_chunk_work *work)
{
    learner->first_chunk = first;
    learner->end_chunk = end;
    learner->work = work;
    mn_crew_share_out(learner->options.crew, end - first, take, learner);
}
