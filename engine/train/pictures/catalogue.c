#include "catalogue.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/random.h"

static enum mn_status no_memory(struct mn_error *error)
{
    return mn_fail(error, MN_FAILED, "no memory for the list of pictures; close other programs");
}

/* Room for one more. */
static bool grow(void **items, int count, int *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    int more = *capacity ? 2 * *capacity : 64;
    void *larger = realloc(*items, (size_t)more * size);
    if (!larger)
        return false;
    *items = larger;
    *capacity = more;
    return true;
}

static bool add_formatted(struct mn_text_list *list, const char *format, va_list arguments)
{
    char *text;
    if (vasprintf(&text, format, arguments) < 0)
        return false;
    void *lines = list->lines;
    if (!grow(&lines, list->count, &list->capacity, sizeof *list->lines)) {
        free(text);
        return false;
    }
    list->lines = lines;
    list->lines[list->count++] = text;
    return true;
}

enum mn_status mn_text_list_add(struct mn_text_list *list, struct mn_error *error,
                                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool done = add_formatted(list, format, arguments);
    va_end(arguments);
    return done ? MN_OK : no_memory(error);
}

enum mn_status mn_entry_list_add(struct mn_entry_list *list, const char *name, int label, int file,
                                 long long at, struct mn_error *error)
{
    void *entries = list->entries;
    if (!grow(&entries, list->count, &list->capacity, sizeof *list->entries))
        return no_memory(error);
    list->entries = entries;
    char *copy = strdup(name);
    if (!copy)
        return no_memory(error);
    struct mn_entry *entry = &list->entries[list->count++];
    entry->name = copy;
    entry->label = label;
    entry->file = file;
    entry->at = at;
    entry->kept = (struct mn_kept){.pixels = NULL};
    return MN_OK;
}

static void free_texts(struct mn_text_list *list)
{
    for (int i = 0; i < list->count; i++)
        free(list->lines[i]);
    free(list->lines);
}

void mn_catalogue_free(struct mn_catalogue *catalogue)
{
    for (int s = 0; s < MN_SPLITS; s++) {
        for (int i = 0; i < catalogue->split[s].count; i++) {
            free(catalogue->split[s].entries[i].name);
            free(catalogue->split[s].entries[i].kept.pixels);
        }
        free(catalogue->split[s].entries);
    }
    for (int i = 0; i < catalogue->file_count; i++)
        close(catalogue->files[i]);
    free_texts(&catalogue->classes);
    free_texts(&catalogue->warnings);
    *catalogue = (struct mn_catalogue){0};
}

void mn_catalogue_compact(struct mn_catalogue *catalogue)
{
    for (int s = 0; s < MN_SPLITS; s++) {
        struct mn_entry_list *list = &catalogue->split[s];
        int good = 0;
        for (int i = 0; i < list->count; i++)
            if (list->entries[i].name)
                list->entries[good++] = list->entries[i];
        list->count = good;
    }
}

/* --- warnings --- */

enum mn_status mn_catalogue_warn(struct mn_catalogue *catalogue, struct mn_error *error,
                                 const char *format, ...)
{
    if (catalogue->warning_count++ >= MN_MOST_WARNINGS)
        return MN_OK;
    va_list arguments;
    va_start(arguments, format);
    bool done = add_formatted(&catalogue->warnings, format, arguments);
    va_end(arguments);
    if (!done)
        return no_memory(error);
    /* names of files may be anything */
    mn_hide_controls(catalogue->warnings.lines[catalogue->warnings.count - 1]);
    return MN_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void mn_catalogue_sort_warnings(struct mn_catalogue *catalogue)
{
    struct mn_text_list *list = &catalogue->warnings;
    if (list->count)
        qsort(list->lines, (size_t)list->count, sizeof *list->lines, by_bytes);
}

/* --- classes that cannot be learned --- */

/* Before all other warnings, whose number has a limit; `before`: classes that were. */
static enum mn_status warn_of_class(struct mn_catalogue *catalogue, const char *name, int before,
                                    struct mn_error *error)
{
    struct mn_text_list *list = &catalogue->warnings;
    if (mn_text_list_add(list, error, "class %s: left out, it has no picture to learn from", name))
        return error->status;
    char **place = list->lines + before, *line = list->lines[list->count - 1];
    memmove(place + 1, place, (size_t)(list->count - 1 - before) * sizeof *place);
    *place = line;
    catalogue->warning_count++;
    return MN_OK;
}

/* Gives entries the labels of `place`, and takes those out whose class has none: -1. */
static void relabel(struct mn_catalogue *catalogue, const int *place)
{
    for (int s = 0; s < MN_SPLITS; s++)
        for (int i = 0; i < catalogue->split[s].count; i++) {
            struct mn_entry *entry = &catalogue->split[s].entries[i];
            entry->label = place[entry->label];
            if (entry->label >= 0)
                continue;
            free(entry->name);
            free(entry->kept.pixels);
            entry->name = NULL;
        }
    mn_catalogue_compact(catalogue);
}

enum mn_status mn_catalogue_drop_classes(struct mn_catalogue *catalogue, struct mn_error *error)
{
    struct mn_text_list *classes = &catalogue->classes;
    const struct mn_entry_list *train = &catalogue->split[MN_TRAIN];
    int *place = calloc((size_t)classes->count + 1, sizeof *place), kept = 0;
    enum mn_status status = MN_OK;
    if (!place)
        return no_memory(error);
    for (int i = 0; i < train->count; i++)
        place[train->entries[i].label] = 1;
    for (int class = 0; !status && class < classes->count; class ++) {
        char *name = classes->lines[class];
        classes->lines[class] = NULL;
        if (place[class]) {
            classes->lines[kept] = name;
            place[class] = kept++;
            continue;
        }
        status = warn_of_class(catalogue, name, class - kept, error);
        free(name);
        place[class] = -1;
    }
    if (!status) {
        classes->count = kept;
        relabel(catalogue, place);
    }
    free(place);
    return status;
}

/* --- splitting --- */

/* Marks `wanted` of the class's entries, whose places are in `places`. */
static void choose(struct mn_random random, int *places, int count, int wanted, bool *chosen)
{
    mn_random_shuffle(&random, places, count);
    for (int i = 0; i < wanted; i++)
        chosen[places[i]] = true;
}

static int wanted_of(int count, double fraction)
{
    int wanted = (int)(fraction * count + 0.5);
    if (wanted < 1)
        wanted = 1;
    return wanted < count ? wanted : count - 1;
}

static void choose_all(const struct mn_catalogue *catalogue, double fraction, uint64_t seed,
                       int *places, bool *chosen)
{
    const struct mn_entry_list *train = &catalogue->split[MN_TRAIN];
    for (int class = 0; class < catalogue->classes.count; class ++) {
        int count = 0;
        for (int i = 0; i < train->count; i++)
            if (train->entries[i].label == class)
                places[count++] = i;
        if (count > 1)
            choose(mn_random_of(seed, MN_RANDOM_SPLIT, (uint64_t) class), places, count,
                   wanted_of(count, fraction), chosen);
    }
}

/* Room in the validation split first, so that moving cannot fail half way. */
static bool move_chosen(struct mn_catalogue *catalogue, const bool *chosen)
{
    struct mn_entry_list *train = &catalogue->split[MN_TRAIN], *val = &catalogue->split[MN_VAL];
    int kept = 0;
    if (!train->count)
        return true;
    struct mn_entry *room =
        realloc(val->entries, (size_t)(val->count + train->count) * sizeof *room);
    if (!room)
        return false;
    val->entries = room;
    val->capacity = val->count + train->count;
    for (int i = 0; i < train->count; i++) {
        if (chosen[i])
            val->entries[val->count++] = train->entries[i];
        else
            train->entries[kept++] = train->entries[i];
    }
    train->count = kept;
    return true;
}

enum mn_status mn_catalogue_split(struct mn_catalogue *catalogue, double fraction, uint64_t seed,
                                  struct mn_error *error)
{
    size_t count = (size_t)catalogue->split[MN_TRAIN].count;
    int *places = calloc(count + 1, sizeof *places);
    bool *chosen = calloc(count + 1, sizeof *chosen);
    bool enough = places && chosen;
    if (enough) {
        choose_all(catalogue, fraction, seed, places, chosen);
        enough = move_chosen(catalogue, chosen);
    }
    free(places);
    free(chosen);
    return enough ? MN_OK : no_memory(error);
}
