/* Where the program's own files are: models, font, icon. */
#ifndef CAMLABEL_PATHS_H
#define CAMLABEL_PATHS_H

#include <stdbool.h>
#include <stddef.h>

/* Finds `name` ("models/cards.safetensors", "assets/icon.png") in the program's folder or up to
 * four above it (a build tree), or in the installed share folder, and writes its path. False if it
 * is in none of them. */
bool path_of_data(char *path, size_t size, const char *name);

#endif
