/* How much of what a training needs: memory for pictures, and their size. */
#ifndef CAMLABEL_WORK_SIZE_H
#define CAMLABEL_WORK_SIZE_H

#include "fit_settings.h"

/* Bytes that training itself takes, without pictures kept for the next epoch. An estimate: the
 * program's own few megabytes are left out. */
double work_training_bytes(const struct mn_recipe *recipe);

/* What --ram leaves for decoded pictures; may be 0. */
size_t work_cache_bytes(const struct fit_settings *settings);

/* px that a picture's shorter side needs at most, so that its smallest square crop still fills the
 * largest input. */
int work_picture_side(const struct mn_recipe *recipe);

#endif
