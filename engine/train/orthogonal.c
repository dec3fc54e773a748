#include "orthogonal.h"

#include <cblas.h>
#include <string.h>

enum { ROUNDS = 5 };

/* The upper half is the lower one's mirror image. */
static void mirror(float *square, int side)
{
    for (int i = 0; i < side; i++)
        for (int k = i + 1; k < side; k++)
            square[i * side + k] = square[k * side + i];
}

/* matrix = factor matrix, some columns at a time */
static void multiply(const float *factor, float *matrix, int rows, int columns)
{
    enum { WIDTH = 128 };
    float before[MN_ORTHOGONAL_ROWS * WIDTH];
    for (int first = 0; first < columns; first += WIDTH) {
        int width = columns - first < WIDTH ? columns - first : WIDTH;
        for (int i = 0; i < rows; i++)
            memcpy(before + (size_t)i * WIDTH, matrix + (size_t)i * (size_t)columns + first,
                   (size_t)width * sizeof *before);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, width, rows, 1, factor, rows,
                    before, WIDTH, 0, matrix + first, columns);
    }
}

double mn_orthogonal_mult_adds(double rows, double columns)
{
    return ROUNDS * rows * rows * (columns / 2 + rows / 2 + columns);
}

void mn_orthogonalise(float *matrix, int rows, int columns)
{
    enum { SIDE = MN_ORTHOGONAL_ROWS };
    static const float a = 3.4445F, b = -4.775F, c = 2.0315F;
    float gram[SIDE * SIDE], factor[SIDE * SIDE];
    static const float nothing = 1e-30F; /* 1 / less may be infinite */
    float length = cblas_snrm2(rows * columns, matrix, 1);
    if (length < nothing)
        return;
    cblas_sscal(rows * columns, 1 / length, matrix, 1);
    for (int round = 0; round < ROUNDS; round++) {
        /* G = X X^T; X becomes (a + b G + c G^2) X. Symmetric G and G^2 are half the work */
        cblas_ssyrk(CblasRowMajor, CblasLower, CblasNoTrans, rows, columns, 1, matrix, columns, 0,
                    gram, rows);
        mirror(gram, rows);
        memcpy(factor, gram, (size_t)(rows * rows) * sizeof *gram);
        cblas_ssyrk(CblasRowMajor, CblasLower, CblasNoTrans, rows, rows, c, gram, rows, b, factor,
                    rows);
        mirror(factor, rows);
        for (int i = 0; i < rows; i++)
            factor[i * rows + i] += a;
        multiply(factor, matrix, rows, columns);
    }
}
