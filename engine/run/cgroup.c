#include "cgroup.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 4096, LINE_BYTES = 256 };

double mn_cgroup_parse_max(const char *text)
{
    char *rest;
    double quota = strtod(text, &rest); /* 0 for "max", as for anything that is no number */
    double period = strtod(rest, NULL);
    return quota > 0 && period > 0 ? quota / period : 0;
}

static bool read_line(const char *path, char line[LINE_BYTES])
{
    FILE *file = fopen(path, "re");
    bool is_read = file && fgets(line, LINE_BYTES, file);
    if (file)
        fclose(file);
    return is_read;
}

/* The quota set on one folder; 0 for none. */
static double folder_cpus(const char *folder)
{
    char path[PATH_BYTES + 32], line[LINE_BYTES], period[LINE_BYTES], text[2 * LINE_BYTES];
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (read_line(path, line))
        return mn_cgroup_parse_max(line);
    snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
    if (!read_line(path, line))
        return 0;
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
    if (!read_line(path, period))
        return 0;
    snprintf(text, sizeof text, "%s %s", line, period);
    return mn_cgroup_parse_max(text);
}

/* The least quota of the folder `group` under `mount` and of those above it. Inside a container the
 * group's name may be the host's: what is not there is passed over. */
static double least_cpus(const char *mount, const char *group)
{
    char folder[PATH_BYTES];
    double least = INFINITY;
    snprintf(folder, sizeof folder, "%s%s", mount, strcmp(group, "/") == 0 ? "" : group);
    for (;;) {
        double cpus = folder_cpus(folder);
        if (cpus > 0)
            least = fmin(least, cpus);
        char *slash = strrchr(folder, '/');
        if (!slash || strlen(folder) <= strlen(mount))
            return least;
        *slash = 0;
    }
}

/* Is `cpu` one of the names in a list like "cpu,cpuacct"? "cpuset" is another. */
static bool has_cpu(const char *controllers)
{
    for (const char *name = controllers; *name; name += name[0] == ',') {
        size_t length = strcspn(name, ",");
        if (length == 3 && strncmp(name, "cpu", length) == 0)
            return true;
        name += length;
    }
    return false;
}

/* A line of /proc/self/cgroup is number:controllers:group; v2's controllers are empty. */
static double line_cpus(char *line)
{
    line[strcspn(line, "\n")] = 0;
    char *controllers = strchr(line, ':');
    char *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group)
        return INFINITY;
    *group++ = 0;
    if (controllers[1] == 0)
        return least_cpus("/sys/fs/cgroup", group);
    return has_cpu(controllers + 1) ? least_cpus("/sys/fs/cgroup/cpu", group) : INFINITY;
}

int mn_cgroup_cpus(void)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[PATH_BYTES];
    double least = INFINITY;
    while (file && fgets(line, sizeof line, file))
        least = fmin(least, line_cpus(line));
    if (file)
        fclose(file);
    return isfinite(least) ? (int)ceil(fmin(least, 1e6)) : 0;
}
