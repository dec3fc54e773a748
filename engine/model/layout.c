#include "layout.h"

void mn_layout_swap(const float *from, float *to, size_t outer, size_t inner, size_t last)
{
    for (size_t o = 0; o < outer; o++)
        for (size_t i = 0; i < inner; i++)
            for (size_t l = 0; l < last; l++)
                to[(o * last + l) * inner + i] = from[(o * inner + i) * last + l];
}
