/* Standard 3x3 convolution with AVX2 and FMA. Tile sizes and the reason for them: vector_avx2.h;
 * how the pixels are gone through: conv.h. */
#include "vector_avx2.h"

#include "conv.h"

void mn_conv3x3_avx2(const struct mn_conv_args *args)
{
    run_conv3x3(args);
}
