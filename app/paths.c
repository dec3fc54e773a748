#include "paths.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool path_of_data(char *path, size_t size, const char *name)
{
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0) {
        program[length] = 0;
        char *slash = strrchr(program, '/');
        *slash = 0;
        snprintf(path, size, "%s/../%s", program, name);
        if (access(path, R_OK) == 0)
            return true;
    }
    snprintf(path, size, "%s/%s", CAMLABEL_DATA_FOLDER, name);
    return access(path, R_OK) == 0;
}
