/* The orthogonal matrix nearest to a given one: its singular values all become about 1, so that a
 * step along it turns the weights as far in rare directions as in common ones. By the iteration of
 * Newton and Schulz with the coefficients of K. Jordan, "Muon" (2024): five rounds of products, no
 * decomposition; the singular values end between about 0.7 and 1.2, which serves as well. */
#ifndef MN_ORTHOGONAL_H
#define MN_ORTHOGONAL_H

enum { MN_ORTHOGONAL_ROWS = 128 };

/* matrix[rows][columns], in place; rows at most MN_ORTHOGONAL_ROWS and at most columns. One of
 * zeros stays, or of next to nothing: a momentum that fades away. */
void mn_orthogonalise(float *matrix, int rows, int columns);

/* Multiply-adds of that. */
double mn_orthogonal_mult_adds(double rows, double columns);

#endif
