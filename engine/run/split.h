/* How a step is cut into pieces: rows for the caches' sake, rows and channels for the threads'. */
#ifndef MN_SPLIT_H
#define MN_SPLIT_H

#include "../network.h"
#include "plan.h"

/* Rows are rows of pixels for 3x3 layers and blocks, pixels for matrix products. Each dimension is
 * cut evenly. */
struct mn_split {
    int images, rows, channels; /* to be cut */
    int row_parts, channel_parts;
    int panel; /* channels are cut at multiples of it */
};

struct mn_piece {
    int image, row_begin, row_end, channel_begin, channel_end;
};

/* Is this 1x1 layer better done a few rows at a time, together with the depthwise layer before it?
 */
bool mn_split_fuses(const struct mn_layer *pointwise);

/* `fused`: the layer is the 1x1 half of a block. */
struct mn_split mn_split_layer(const struct mn_layer *layer, bool fused, int panel,
                               const struct mn_plan_options *options);

/* The most rows that a piece has. */
int mn_split_most_rows(const struct mn_split *split);

int mn_split_pieces(const struct mn_split *split);
struct mn_piece mn_split_piece(const struct mn_split *split, int number);

#endif
