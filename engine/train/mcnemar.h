/* Is one classifier better than another, or was it luck? McNemar's test (1947) on answers to the
 * same pictures: those that both know or both miss say nothing; of the others each would be a
 * coin's toss if the two were equally good. */
#ifndef MN_MCNEMAR_H
#define MN_MCNEMAR_H

/* The exact two-sided probability that the split is at least as uneven as `only_first` right by the
 * first alone against `only_second`, if both are equally good: binomial, no approximation. Both
 * counts >= 0. */
double mn_mcnemar(int only_first, int only_second);

#endif
