/* What --model names: a file, or a model that ships. */
#ifndef CAMLABEL_MODEL_NAME_H
#define CAMLABEL_MODEL_NAME_H

#include <stddef.h>

#include "../engine/mobilenet.h"

/* The path of the model: `name` where it is a file's; else that of the model of this name that
 * ships ("cards"), or of the one in the folder of this name where that is a training's, written
 * into `path`; else `name` again, for whoever opens it to complain. */
const char *model_name_path(const char *name, char *path, size_t size);

/* mn_model_load() of that path. labels NULL: the model's own, or those of a list beside its file.
 */
enum mn_status model_name_load(struct mn_model **model, const char *name, const char *labels,
                               struct mn_error *error);

/* The same without a look at what lies beside it. */
enum mn_status model_name_load_alone(struct mn_model **model, const char *name,
                                     struct mn_error *error);

#endif
