/* Where the program's own files are: models, font, icon; and what a path leads to. */
#ifndef CAMLABEL_PATHS_H
#define CAMLABEL_PATHS_H

#include <stdbool.h>
#include <stddef.h>

/* Finds `name` ("models/cards.safetensors", "assets/icon.bmp") and writes its path. It is looked
 * for from where the program itself is, so that an installation may be moved: in ../share/camlabel
 * of the program's folder (installed), else in that folder and up to four above it (a build tree).
 * False if it is in none of them; the path is then the installed one. */
bool path_of_data(char *path, size_t size, const char *name);

/* Are both there, and one file, however they are written? */
bool path_is_same_file(const char *a, const char *b);

#endif
