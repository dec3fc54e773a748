#include "spelling.h"

#include <string.h>

enum { FARTHEST = 2, LONGEST = 63 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* The edit distance, in which two neighbours that are swapped count once ("optimal string
 * alignment"): d[i][j] is that of the first i letters of a and the first j of b. Both are at most
 * LONGEST long. */
static int distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= a_length; i++)
        for (size_t j = 0; j <= b_length; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (int)(i + j);
                continue;
            }
            d[i][j] = least(d[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
                            least(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a_length][b_length];
}

struct spelling spelling_of(const char *word, size_t length)
{
    return (struct spelling){.word = word, .length = length, .distance = FARTHEST + 1};
}

void spelling_offer(struct spelling *spelling, const char *name)
{
    size_t length = strlen(name);
    if (spelling->length > LONGEST || length > LONGEST)
        return;
    int far = distance(spelling->word, spelling->length, name, length);
    if (far < spelling->distance && 2 * (size_t)far < spelling->length) {
        spelling->best = name;
        spelling->distance = far;
    }
}
