#include "mcnemar.h"

#include <math.h>

double mn_mcnemar(int only_first, int only_second)
{
    int fewer = only_first < only_second ? only_first : only_second;
    double tosses = (double)only_first + only_second, tail = 0;
    for (int k = fewer; k >= 0; k--) {
        double term =
            exp(lgamma(tosses + 1) - lgamma(k + 1.0) - lgamma(tosses - k + 1) - tosses * log(2.0));
        tail += term;
        if (term < tail * 1e-18)
            break; /* the rest is smaller still */
    }
    return fmin(1, 2 * tail);
}
