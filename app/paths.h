/* Where the program's own files are: models, font, icon. */
#ifndef CAMLABEL_PATHS_H
#define CAMLABEL_PATHS_H

#include <stdbool.h>
#include <stddef.h>

/* Finds `name` ("models/cards.safetensors", "assets/icon.png") beside the program (a build tree:
 * ../ of its folder) or in the installed share folder, and writes its path. False if it is in
 * neither. */
bool path_of_data(char *path, size_t size, const char *name);

#endif
