#include "paths.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LEVELS = 5 }; /* a test may lie build/asan/tests/live deep in the project */

static bool join(char *path, size_t size, const char *folder, const char *name)
{
    int length = snprintf(path, size, "%s/%s", folder, name);
    return length > 0 && (size_t)length < size && access(path, R_OK) == 0;
}

bool path_of_data(char *path, size_t size, const char *name)
{
    char program[4096], share[4096 + 32];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = 0;
    char *slash = strrchr(program, '/');
    if (slash)
        *slash = 0;
    snprintf(share, sizeof share, "%s/../share/camlabel", program);
    if (join(path, size, share, name))
        return true;
    for (int level = 0; slash && level < MAX_LEVELS; level++) {
        if (join(path, size, program, name))
            return true;
        slash = strrchr(program, '/');
        if (slash)
            *slash = 0;
    }
    return join(path, size, share, name); /* for the message: where an installation has it */
}

bool path_is_same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}
