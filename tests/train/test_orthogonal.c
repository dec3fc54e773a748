/* Matrices made of known singular values: what comes back has the same vectors, and values of about
 * 1. */
#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "../../engine/train/orthogonal.h"
#include "../support.h"

/* Element k of cosine vector i: the vectors of one length are orthogonal and of length 1. */
static double cosine(int i, int k, int length)
{
    return sqrt((i ? 2.0 : 1.0) / length) * cos(acos(-1) / length * i * (k + 0.5));
}

/* left[i] * matrix * right[j], the vectors above. */
static double seen_from(const float *matrix, int rows, int columns, int i, int j)
{
    double sum = 0;
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++)
            sum += cosine(i, y, rows) * (double)matrix[y * columns + x] * cosine(j, x, columns);
    return sum;
}

static void check(int rows, int columns, double largest, double smallest)
{
    float *matrix = calloc((size_t)(rows * columns), sizeof *matrix);
    for (int i = 0; i < rows; i++) {
        double value = largest * pow(smallest / largest, rows > 1 ? (double)i / (rows - 1) : 0);
        for (int y = 0; y < rows; y++)
            for (int x = 0; x < columns; x++)
                matrix[y * columns + x] +=
                    (float)(value * cosine(i, y, rows) * cosine(i, x, columns));
    }
    mn_orthogonalise(matrix, rows, columns);
    int every = rows > 20 ? 9 : 1;
    for (int i = 0; i < rows; i += every) {
        double value = seen_from(matrix, rows, columns, i, i);
        if (value < 0.65 || value > 1.25)
            fail_msg("%d x %d: singular value %d became %g", rows, columns, i, value);
        assert_true(fabs(seen_from(matrix, rows, columns, i, (i + 1) % columns)) < 1e-3 ||
                    columns == 1);
    }
    free(matrix);
}

static void singular_values_become_one(void **state)
{
    (void)state;
    check(1, 1, 3, 3);
    check(1, 7, 1e-6, 1e-6);
    check(3, 5, 100, 5);
    check(8, 8, 1, 0.05);
    check(32, 130, 1e-3, 1e-4);
    check(MN_ORTHOGONAL_ROWS, 128, 1, 0.2);
    check(MN_ORTHOGONAL_ROWS, 300, 1, 0.2); /* 300: no multiple of any width */
}

static void a_matrix_of_next_to_nothing_stays(void **state)
{
    (void)state;
    float zeros[6] = {0}, faded[6] = {1e-42F, 1e-43F, 0, 2e-42F, 0, 0};
    mn_orthogonalise(zeros, 2, 3);
    mn_orthogonalise(faded, 2, 3);
    for (int i = 0; i < 6; i++)
        assert_true(zeros[i] == 0 && fabsf(faded[i]) < 1e-30F);
}

int main(void)
{
    openblas_set_num_threads(1); /* as in a crew; what its own threads do, TSan cannot see */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(singular_values_become_one),
        cmocka_unit_test(a_matrix_of_next_to_nothing_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
