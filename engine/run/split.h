/* Which layers are a step, and how it is cut into pieces: rows for the caches' sake, rows and
 * channels for the threads'. */
#ifndef MN_SPLIT_H
#define MN_SPLIT_H

#include "../network.h"
#include "plan.h"

/* Rows are rows of pixels for 3x3 layers and blocks, pixels for matrix products. Each dimension is
 * cut evenly. */
struct mn_split {
    int images, rows, channels; /* to be cut */
    int row_parts, channel_parts;
    int panel;         /* channels are cut at multiples of it */
    bool near_weights; /* they stay in the second cache level from piece to piece */
};

struct mn_piece {
    int image, row_begin, row_end, channel_begin, channel_end;
};

/* Channels of a bridge that are done together: whole panels of every level's. */
enum { MN_BRIDGE_CHANNELS = 32 };

/* Which layers from this one on are a step, see plan.h: how many. `left` layers there are. */
int mn_split_layers(const struct mn_layer *first, int left, const struct mn_plan_options *options);

/* Of the step of these layers. */
struct mn_split mn_split_step(const struct mn_layer *first, const struct mn_layer *last, int panel,
                              const struct mn_plan_options *options);

/* The most rows that a piece has. */
int mn_split_most_rows(const struct mn_split *split);

int mn_split_pieces(const struct mn_split *split);
struct mn_piece mn_split_piece(const struct mn_split *split, int number);

#endif
