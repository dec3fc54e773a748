/* Matrix product with AVX-512: 1x1 convolutions and the linear layer. Tile sizes and the reason for
 * them: vector_avx512.h; how the panels are gone through: pointwise.h. */
#include "vector_avx512.h"

#include "pointwise.h"

void mn_pointwise_avx512(const struct mn_matmul_args *args)
{
    run_pointwise(args);
}
