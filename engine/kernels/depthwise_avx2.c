/* Depthwise 3x3 convolution with AVX2 and FMA. Tile sizes and the reason for them: vector_avx2.h;
 * how the pixels are gone through: depthwise.h. */
#include "vector_avx2.h"

#include "depthwise.h"

void mn_depthwise3x3_avx2(const struct mn_conv_args *args)
{
    run_depthwise3x3(args);
}
