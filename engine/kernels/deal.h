/* How rows or pixels are dealt to tiles: not as whole tiles and a rest, but evenly. 49 rows in
 * tiles of at most 6 are 5 of 5 and 4 of 6, because a tile of 5 rows runs as well as one of 6, and
 * one of a single row much worse. */
#ifndef MN_DEAL_H
#define MN_DEAL_H

/* The size of the next tile, where `left` >= 1 are left and a tile takes at most `most`. */
static inline int next_tile(int left, int most)
{
    return left / ((left + most - 1) / most);
}

#endif
