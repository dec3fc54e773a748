#include "cifar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../model/text.h"

enum { SIDE = 32, PLANE = SIDE * SIDE, PIXELS = 3 * PLANE, MAX_BATCHES = 6 };

struct batch {
    const char *name;
    enum mn_split split;
};

/* One of the two data sets. */
struct kind {
    struct batch batches[MAX_BATCHES + 1];
    int label_bytes, classes;
    const char *label_files[2]; /* one name a line, as the binary and the other archives call it */
    const char *labels[10];     /* where neither is there; NULL: "class N" */
};

static const struct kind kinds[] = {
    {{{"data_batch_1.bin", MN_TRAIN},
      {"data_batch_2.bin", MN_TRAIN},
      {"data_batch_3.bin", MN_TRAIN},
      {"data_batch_4.bin", MN_TRAIN},
      {"data_batch_5.bin", MN_TRAIN},
      {"test_batch.bin", MN_TEST}},
     1,
     10,
     {"batches.meta.txt", "label_names.txt"},
     {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}},
    {{{"train.bin", MN_TRAIN}, {"test.bin", MN_TEST}},
     2,
     100,
     {"fine_label_names.txt", "label_names.txt"},
     {NULL}},
};

static bool has(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static const struct kind *kind_of(const char *folder)
{
    if (has(folder, "data_batch_1.bin") || has(folder, "test_batch.bin"))
        return &kinds[0];
    if (has(folder, "train.bin") && has(folder, "test.bin"))
        return &kinds[1];
    return NULL;
}

bool mn_cifar_is(const char *folder)
{
    return kind_of(folder) != NULL;
}

/* --- names --- */

/* A name a line; false unless there are as many as classes. */
static bool read_labels(const char *folder, const char *name, int classes,
                        struct mn_text_list *labels)
{
    char path[4096], line[256];
    struct mn_error ignored;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    while (file && labels->count < classes && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        bool is_clean = mn_text_is_clean(line, strlen(line));
        if (*line && (!is_clean || mn_text_list_add(labels, &ignored, "%s", line)))
            break;
    }
    if (file)
        fclose(file);
    if (labels->count == classes)
        return true;
    while (labels->count)
        free(labels->lines[--labels->count]);
    return false;
}

static enum mn_status list_classes(const char *folder, const struct kind *kind,
                                   struct mn_catalogue *catalogue, struct mn_error *error)
{
    for (int i = 0; i < 2; i++)
        if (read_labels(folder, kind->label_files[i], kind->classes, &catalogue->classes))
            return MN_OK;
    for (int i = 0; i < kind->classes; i++)
        if (kind->labels[0] ? mn_text_list_add(&catalogue->classes, error, "%s", kind->labels[i])
                            : mn_text_list_add(&catalogue->classes, error, "class %d", i))
            return error->status;
    return MN_OK;
}

/* --- records --- */

static enum mn_status open_batch(const char *path, size_t record, struct mn_catalogue *catalogue,
                                 int *records, struct mn_error *error)
{
    struct stat info;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold us */
    if (file < 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: %s; the data set is not complete, unpack it again",
                       path, strerror(errno));
    if (fstat(file, &info) || !S_ISREG(info.st_mode) || info.st_size == 0 ||
        (size_t)info.st_size % record) {
        close(file);
        return mn_fail(
            error, MN_BAD_INPUT,
            "%s: is not made of records of %zu bytes; it was cut off or is no CIFAR batch, "
            "unpack it again",
            path, record);
    }
    *records = (int)((size_t)info.st_size / record);
    catalogue->files[catalogue->file_count++] = file;
    return MN_OK;
}

static enum mn_status list_batch(const char *path, const struct batch *batch,
                                 const struct kind *kind, struct mn_catalogue *catalogue,
                                 struct mn_error *error)
{
    size_t record = (size_t)kind->label_bytes + PIXELS;
    int records = 0;
    if (open_batch(path, record, catalogue, &records, error))
        return error->status;
    int file = catalogue->file_count - 1;
    for (int i = 0; i < records; i++) {
        uint8_t labels[2];
        char name[64];
        off_t at = (off_t)((size_t)i * record);
        if (pread(catalogue->files[file], labels, (size_t)kind->label_bytes, at) !=
            kind->label_bytes)
            return mn_fail(error, MN_FAILED, "%s: cannot be read: %s", path, strerror(errno));
        int label = labels[kind->label_bytes - 1];
        if (label >= kind->classes)
            return mn_fail(
                error, MN_BAD_INPUT,
                "%s: record %d has label %d, and there are %d classes; the file is damaged", path,
                i, label, kind->classes);
        snprintf(name, sizeof name, "%s:%d", batch->name, i);
        if (mn_entry_list_add(&catalogue->split[batch->split], name, label, file,
                              (long long)at + kind->label_bytes, error))
            return error->status;
    }
    return MN_OK;
}

enum mn_status mn_cifar_list(const char *folder, struct mn_catalogue *catalogue,
                             struct mn_error *error)
{
    const struct kind *kind = kind_of(folder);
    if (list_classes(folder, kind, catalogue, error))
        return error->status;
    catalogue->label_bytes = kind->label_bytes;
    for (const struct batch *batch = kind->batches; batch->name; batch++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, batch->name);
        if (list_batch(path, batch, kind, catalogue, error))
            return error->status;
    }
    return MN_OK;
}

enum mn_status mn_cifar_read(const struct mn_catalogue *catalogue, const struct mn_entry *entry,
                             struct mn_bitmap *bitmap, struct mn_error *error)
{
    uint8_t planes[PIXELS];
    errno = 0; /* a short read sets none */
    if (pread(catalogue->files[entry->file], planes, PIXELS, (off_t)entry->at) != PIXELS)
        return mn_fail(error, MN_FAILED, "%s: cannot be read any more: %s", entry->name,
                       errno ? strerror(errno) : "the file has become shorter");
    if (mn_bitmap_reserve(bitmap, MN_PIXEL_RGB24, SIDE, SIDE, error))
        return error->status;
    for (int i = 0; i < PLANE; i++)
        for (int c = 0; c < 3; c++)
            bitmap->pixels[3 * i + c] = planes[c * PLANE + i];
    return MN_OK;
}
