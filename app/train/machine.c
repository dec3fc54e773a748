#include "machine.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/* The value of the first "key : value" line of /proc/cpuinfo with this key. */
static bool find_value(FILE *file, const char *key, char *value, size_t bytes)
{
    char line[512];
    rewind(file);
    while (fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, key, strlen(key)) != 0 || !colon)
            continue;
        char *text = colon + 1 + strspn(colon + 1, " \t");
        text[strcspn(text, "\n")] = '\0';
        if (*text) {
            snprintf(value, bytes, "%s", text);
            return true;
        }
    }
    return false;
}

void machine_cpu_name(char *name, size_t bytes)
{
    struct utsname system;
    FILE *file = fopen("/proc/cpuinfo", "re");
    bool is_found = file && (find_value(file, "model name", name, bytes) ||
                             find_value(file, "Model", name, bytes));
    if (file)
        fclose(file);
    if (!is_found)
        snprintf(name, bytes, "%s", uname(&system) == 0 ? system.machine : "unknown CPU");
}
