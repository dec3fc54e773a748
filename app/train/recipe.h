/* The flags of a recipe (engine/train/recipe.h), named as timm names them. The same names, a line
 * "name = value" each, make a recipe file and what a model says about its training. */
#ifndef CAMLABEL_RECIPE_H
#define CAMLABEL_RECIPE_H

#include "../../engine/train/recipe.h"
#include "../options.h"

/* Into a struct mn_recipe: becomes part of a command's table by an entry of type OPTION_GROUP. */
extern const struct option_spec recipe_option_table[];

#endif
