/* CIFAR-10 and CIFAR-100 as their author distributes them: binary records of a label, or a coarse
 * and a fine one, and 32 x 32 bytes each of red, green and blue (Krizhevsky 2009,
 * https://www.cs.toronto.edu/~kriz/cifar.html). */
#ifndef MN_CIFAR_H
#define MN_CIFAR_H

#include "catalogue.h"

/* Is there one in the folder? */
bool mn_cifar_is(const char *folder);

/* Fills a zeroed catalogue. Errors: MN_BAD_INPUT names the file that is missing or has another
 * length; MN_FAILED for memory. */
enum mn_status mn_cifar_list(const char *folder, struct mn_catalogue *catalogue,
                             struct mn_error *error);

/* Reads one picture as RGB24. Errors: MN_FAILED, named. */
enum mn_status mn_cifar_read(const struct mn_catalogue *catalogue, const struct mn_entry *entry,
                             struct mn_bitmap *bitmap, struct mn_error *error);

#endif
