#include "data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const split_names[] = {"train", "val", "test", NULL};

struct watcher {
    struct progress *progress;
    struct stop *stop;
};

static bool watch(void *context, int done, int total)
{
    const struct watcher *watcher = context;
    progress_count(watcher->progress, "reading pictures", done, total);
    return !watcher->stop || !stop_requested(watcher->stop);
}

static void print_warnings(const struct mn_dataset *dataset)
{
    enum { MOST = 20 };
    char *const *lines;
    int count = mn_dataset_warnings(dataset, &lines),
        more = mn_dataset_warning_count(dataset) - MOST;
    for (int i = 0; i < count && i < MOST; i++)
        fprintf(stderr, "warning: %s\n", lines[i]);
    if (more > 0)
        fprintf(stderr, "warning: … and %d more like these\n", more);
}

enum mn_status data_open(struct mn_dataset **dataset, const char *folder,
                         const struct mn_dataset_options *options, struct progress *progress,
                         struct stop *stop, struct mn_error *error)
{
    struct watcher watcher = {progress, stop};
    struct mn_dataset_options watched = *options;
    watched.progress = watch;
    watched.progress_context = &watcher;
    enum mn_status status = mn_dataset_open(dataset, folder, &watched, error);
    progress_clear(progress);
    if (!status)
        print_warnings(*dataset);
    return status;
}

enum mn_split data_judging_split(const struct mn_dataset *dataset)
{
    return mn_dataset_count(dataset, MN_VAL) ? MN_VAL : MN_TEST;
}

void data_name(const char *folder, char *name, size_t size)
{
    char *real = realpath(folder, NULL); /* "." has a name, too */
    const char *path = real ? real : folder, *slash = strrchr(path, '/');
    snprintf(name, size, "%s", slash && slash[1] ? slash + 1 : path);
    free(real);
}
