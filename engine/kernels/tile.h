/* The tile of a matrix product, for whatever vectors and sizes vector_*.h, included before this,
 * gives: some rows by a panel of one or two vectors of output channels. Its sums stay in registers
 * over the whole depth; each step of the depth loads the panel's weights once and broadcasts one
 * input a row.
 */
#ifndef MN_TILE_H
#define MN_TILE_H

#include <stddef.h>

#include "deal.h"
#include "unroll.h"

/* The depth goes in STEPS steps, of which vector_*.h says how many. Before them the loop fetches
 * from far away what is needed next: one line for every four steps, and `advance` floats are gone
 * on. Where that is less than a line the same one is asked for again: it costs less than a branch.
 * Where it is more, the lines between are left to the machine. */
enum { FAR_LINES = STEPS / 4 };

struct fetch {
    const float *next;
    size_t advance;
};

static inline void fetch_far(struct fetch *fetch)
{
    for (int i = 0; i < FAR_LINES; i++, fetch->next += fetch->advance)
        __builtin_prefetch(fetch->next, 0, 2); /* into the second level */
}

/* With NEAR_STEPS, each step fetches into the first level the weights of so many steps later, and
 * the line of one row's inputs that the next STEPS steps read, a line being as many floats. All
 * rows come to the end of their lines at the same step; so their next ones come one by one instead.
 */
static inline __attribute__((always_inline)) void fetch_near(const float *input,
                                                             const float *weight, int vectors)
{
    for (int v = 0; v < vectors && NEAR_STEPS > 0; v++)
        __builtin_prefetch(weight + (NEAR_STEPS * vectors + v) * VECTOR, 0, 3);
    if (NEAR_STEPS > 0)
        __builtin_prefetch(input, 0, 3);
}

/* Two arrays, and loops over them that are told to unroll: so compilers keep all of it in
 * registers. In the functions below, `rows` and `vectors` (1 or 2) must be constants where they are
 * called. */
struct sums {
    vector low[NARROW_ROWS], high[NARROW_ROWS]; /* high: where there are two vectors */
};

static inline __attribute__((always_inline)) void start_sums(struct sums *sums, const float *bias,
                                                             int rows, int vectors)
{
    MN_UNROLL_WHOLE
    for (int r = 0; r < rows; r++) {
        sums->low[r] = load(bias);
        sums->high[r] = vectors == 2 ? load(bias + VECTOR) : sums->low[r];
    }
}

static inline vector load_up_to(const float *from, int count)
{
    return count >= VECTOR ? load(from) : load_some(from, lanes_below(count));
}

/* From where store_sums() puts them. */
static inline __attribute__((always_inline)) void load_sums(struct sums *sums, const float *output,
                                                            size_t stride, int channels, int rows,
                                                            int vectors)
{
    MN_UNROLL_WHOLE
    for (int r = 0; r < rows; r++, output += stride) {
        sums->low[r] = vectors == 2 ? load(output) : load_up_to(output, channels);
        sums->high[r] =
            vectors == 2 ? load_up_to(output + VECTOR, channels - VECTOR) : sums->low[r];
    }
}

/* One row has too few sums to hide the latency: every fourth step of the depth gets its own. */
static inline __attribute__((always_inline)) void
add_row_of_products(struct sums *sums, const float *input, size_t depth, const float *weight,
                    int vectors)
{
    const vector zero = repeat(0);
    const size_t width = (size_t)(VECTOR * vectors);
    vector low[4] = {sums->low[0], zero, zero, zero}, high[4] = {sums->high[0], zero, zero, zero};
    size_t i = 0;
    for (; i + 4 <= depth; i += 4) {
        MN_UNROLL_WHOLE
        for (size_t k = 0; k < 4; k++) {
            vector x = repeat(input[i + k]);
            const float *w = weight + (i + k) * width;
            low[k] = multiply_add(x, load(w), low[k]);
            if (vectors == 2)
                high[k] = multiply_add(x, load(w + VECTOR), high[k]);
        }
    }
    for (; i < depth; i++) {
        vector x = repeat(input[i]);
        low[0] = multiply_add(x, load(weight + i * width), low[0]);
        if (vectors == 2)
            high[0] = multiply_add(x, load(weight + i * width + VECTOR), high[0]);
    }
    sums->low[0] = add(add(low[0], low[1]), add(low[2], low[3]));
    if (vectors == 2)
        sums->high[0] = add(add(high[0], high[1]), add(high[2], high[3]));
}

/* The second half of many rows is reached from a pointer of its own, so that few multiples of the
 * stride are needed at a time. */
enum { HALF = 7 };

static inline __attribute__((always_inline)) void add_step(struct sums *sums, const float *input,
                                                           const float *upper, size_t stride,
                                                           const float *weight, int rows,
                                                           int vectors)
{
    vector low = load(weight), high = vectors == 2 ? load(weight + VECTOR) : low;
    MN_UNROLL_WHOLE
    for (int r = 0; r < rows; r++) {
        vector x =
            repeat(r < HALF ? input[(size_t)r * stride] : upper[(size_t)(r - HALF) * stride]);
        sums->low[r] = multiply_add(x, low, sums->low[r]);
        if (vectors == 2)
            sums->high[r] = multiply_add(x, high, sums->high[r]);
        needed(x);
    }
    needed(low);
    needed(high);
}

/* Row r of the input begins at input + r * stride. */
static inline __attribute__((always_inline)) void add_products(struct sums *sums,
                                                               const float *input, size_t stride,
                                                               size_t depth, const float *weight,
                                                               int rows, int vectors)
{
    if (rows == 1) {
        add_row_of_products(sums, input, depth, weight, vectors);
        return;
    }
    const float *upper = input + HALF * stride;
    for (size_t i = 0; i < depth; i++, weight += VECTOR * vectors)
        add_step(sums, input + i, upper + i, stride, weight, rows, vectors);
}

/* The same, for a great depth. A single row takes the time that its weights need, and fetches
 * nothing. */
static inline __attribute__((always_inline)) void
add_products_and_fetch(struct sums *sums, const float *input, size_t stride, size_t depth,
                       const float *weight, int rows, int vectors, struct fetch *fetch)
{
    const float *upper = input + HALF * stride;
    for (; depth >= STEPS && rows > 1; depth -= STEPS) {
        fetch_far(fetch);
        const float *line = input + STEPS;
#pragma GCC unroll UNROLL
        for (int k = 0; k < STEPS; k++, input++, upper++, weight += VECTOR * vectors) {
            fetch_near(line, weight, vectors);
            line += stride;
            add_step(sums, input, upper, stride, weight, rows, vectors);
        }
    }
    add_products(sums, input, stride, depth, weight, rows, vectors);
}

static inline void store_up_to(float *output, vector x, int count)
{
    if (count >= VECTOR)
        store(output, x);
    else
        store_some(output, x, lanes_below(count));
}

/* `channels` of the panel exist; row r of the output begins at output + r * stride. */
static inline __attribute__((always_inline)) void store_sums(const struct sums *sums, float lo,
                                                             float hi, float *output, size_t stride,
                                                             int channels, int rows, int vectors)
{
    const vector least = repeat(lo), most = repeat(hi);
    MN_UNROLL_WHOLE
    for (int r = 0; r < rows; r++, output += stride) {
        if (vectors == 1) {
            store_up_to(output, clamp(sums->low[r], least, most), channels);
            continue;
        }
        store(output, clamp(sums->low[r], least, most));
        store_up_to(output + VECTOR, clamp(sums->high[r], least, most), channels - VECTOR);
    }
}

#endif
