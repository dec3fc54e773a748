#include "dataset.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../image/picture_file.h"
#include "../base/crew.h"
#include "catalogue.h"
#include "cifar.h"
#include "picture_folder.h"
#include "shrink.h"

struct mn_dataset {
    struct mn_catalogue catalogue;
    uint64_t fingerprint;
    int max_side;
    int left_out; /* pictures */
    atomic_size_t cached_bytes;
};

/* --- one picture --- */

static enum mn_status read_entry(const struct mn_dataset *dataset, const struct mn_entry *entry,
                                 struct mn_bitmap *bitmap, struct mn_error *error)
{
    /* a JPEG's decoder does the coarse part, so that mean blocks make the rest smooth */
    int enough = dataset->max_side <= MN_MAX_IMAGE_SIDE / 2 ? 2 * dataset->max_side : 0;
    enum mn_status status = entry->file >= 0
                                ? mn_cifar_read(&dataset->catalogue, entry, bitmap, error)
                                : mn_picture_read_reduced(bitmap, entry->name, enough, error);
    if (!status)
        mn_shrink(bitmap, dataset->max_side);
    return status;
}

enum mn_status mn_dataset_picture(const struct mn_dataset *dataset, enum mn_split split, int index,
                                  struct mn_bitmap *bitmap, struct mn_image *image,
                                  struct mn_error *error)
{
    const struct mn_entry *entry = &dataset->catalogue.split[split].entries[index];
    const struct mn_kept *kept = &entry->kept;
    if (kept->pixels) {
        mn_image_wrap(image, kept->format, kept->width, kept->height, kept->pixels, 0);
        return MN_OK;
    }
    if (read_entry(dataset, entry, bitmap, error))
        return mn_fail(
            error, MN_FAILED,
            "%s: was a picture when the training began and cannot be read now; bring the "
            "data back and --resume",
            entry->name);
    *image = bitmap->image;
    return MN_OK;
}

/* --- opening: every picture is read once --- */

struct check {
    struct mn_dataset *dataset;
    const struct mn_dataset_options *options;
    enum mn_split split;
    bool keeps;                /* the split's pictures will be asked for again and again */
    int begin;                 /* of the pictures being checked, in the split */
    struct mn_bitmap *bitmaps; /* [crew's size] */
    struct mn_error *errors;   /* [CHECK_PICTURES], status MN_OK where it can be read */
};

enum { CHECK_PICTURES = 256 /* between two calls of progress */ };

static void keep(struct check *check, const struct mn_image *image, struct mn_kept *kept)
{
    size_t bytes = mn_image_bytes(image->format, image->width, image->height);
    atomic_size_t *cached_bytes = &check->dataset->cached_bytes;
    if (atomic_fetch_add(cached_bytes, bytes) + bytes > check->options->cache_bytes ||
        !(kept->pixels = malloc(bytes))) {
        atomic_fetch_sub(cached_bytes, bytes);
        return;
    }
    size_t row = bytes / (size_t)image->height;
    for (int y = 0; y < image->height; y++)
        memcpy(kept->pixels + (size_t)y * row, image->plane[0] + (size_t)y * image->stride[0], row);
    kept->width = image->width;
    kept->height = image->height;
    kept->format = image->format;
}

static void check_one(void *context, int piece, int worker)
{
    struct check *check = context;
    int index = check->begin + piece;
    struct mn_entry *entry = &check->dataset->catalogue.split[check->split].entries[index];
    struct mn_bitmap *bitmap = &check->bitmaps[worker];
    check->errors[piece].status = MN_OK;
    if (!read_entry(check->dataset, entry, bitmap, &check->errors[piece]) && check->keeps)
        keep(check, &bitmap->image, &entry->kept);
}

/* Takes the names of the pictures of errors[] away, with a warning each. */
static enum mn_status drop_broken(struct check *check, int count, struct mn_error *error)
{
    struct mn_catalogue *catalogue = &check->dataset->catalogue;
    struct mn_entry *entries = catalogue->split[check->split].entries + check->begin;
    for (int i = 0; i < count; i++) {
        if (check->errors[i].status == MN_OK)
            continue;
        if (mn_catalogue_warn(catalogue, error, "%s; left out", check->errors[i].message))
            return error->status;
        free(entries[i].name);
        entries[i].name = NULL;
        check->dataset->left_out++;
    }
    return MN_OK;
}

static enum mn_status check_split(struct check *check, struct mn_crew *crew, int *done, int total,
                                  struct mn_error *error)
{
    const struct mn_dataset_options *options = check->options;
    int count = check->dataset->catalogue.split[check->split].count;
    for (check->begin = 0; check->begin < count; check->begin += CHECK_PICTURES) {
        int some = count - check->begin < CHECK_PICTURES ? count - check->begin : CHECK_PICTURES;
        mn_crew_share_out(crew, some, check_one, check);
        if (drop_broken(check, some, error))
            return error->status;
        *done += some;
        if (options->progress && !options->progress(options->progress_context, *done, total))
            return mn_fail(error, MN_FAILED, "stopped while reading the pictures");
    }
    return MN_OK;
}

static enum mn_status check_splits(struct mn_dataset *dataset,
                                   const struct mn_dataset_options *options, enum mn_split first,
                                   enum mn_split last, struct mn_error *error)
{
    bool has_val = options->val_fraction > 0 || dataset->catalogue.split[MN_VAL].count > 0;
    enum mn_split judging = has_val ? MN_VAL : MN_TEST;
    struct mn_crew *crew;
    struct check check = {.dataset = dataset, .options = options};
    int done = 0, total = 0;
    if (mn_crew_new(&crew, options->threads, error))
        return error->status;
    size_t threads = (size_t)mn_crew_size(crew);
    check.bitmaps = calloc(threads, sizeof *check.bitmaps);
    check.errors = calloc(CHECK_PICTURES, sizeof *check.errors);
    enum mn_status status = MN_OK;
    if (!check.bitmaps || !check.errors)
        status = mn_fail(error, MN_FAILED, "no memory to read pictures; close other programs");
    for (int s = (int)first; s <= (int)last; s++)
        total += dataset->catalogue.split[s].count;
    for (int s = (int)first; s <= (int)last && !status; s++) {
        check.split = (enum mn_split)s;
        check.keeps = !options->train_once || check.split == judging;
        status = check_split(&check, crew, &done, total, error);
    }
    for (size_t i = 0; check.bitmaps && i < threads; i++)
        mn_bitmap_free(&check.bitmaps[i]);
    free(check.bitmaps);
    free(check.errors);
    mn_crew_free(crew);
    return status;
}

/* FNV-1a, Fowler, Noll and Vo 1991. */
static uint64_t hash(uint64_t state, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        state = (state ^ bytes[i]) * UINT64_C(0x100000001b3);
    return state;
}

static uint64_t fingerprint_of(const struct mn_catalogue *catalogue, size_t folder_length)
{
    uint64_t state = UINT64_C(0xcbf29ce484222325);
    for (int i = 0; i < catalogue->classes.count; i++)
        state = hash(state, catalogue->classes.lines[i], strlen(catalogue->classes.lines[i]) + 1);
    for (int s = 0; s < MN_SPLITS; s++)
        for (int i = 0; i < catalogue->split[s].count; i++) {
            const struct mn_entry *entry = &catalogue->split[s].entries[i];
            /* a data set may be moved: its own folder's name is not part of it */
            const char *name = entry->name + (entry->file < 0 ? folder_length : 0);
            state = hash(state, &s, sizeof s);
            state = hash(state, &entry->label, sizeof entry->label);
            state = hash(state, &entry->at, sizeof entry->at);
            state = hash(state, name, strlen(name) + 1);
        }
    return state;
}

/* Training needs two classes that have pictures. */
static enum mn_status check_classes(const struct mn_catalogue *catalogue, const char *folder,
                                    struct mn_error *error)
{
    const struct mn_entry_list *train = &catalogue->split[MN_TRAIN];
    int first = train->count ? train->entries[0].label : -1, several = 0;
    for (int i = 0; i < train->count; i++)
        several |= train->entries[i].label != first;
    const char *why = catalogue->warnings.count ? catalogue->warnings.lines[0] : NULL;
    if (!train->count)
        return mn_fail(error, MN_BAD_INPUT,
                       "%s: no picture to train with; a data set is train/CLASS/*.jpg with "
                       "val/CLASS/*.jpg beside it, or CLASS/*.jpg, or CIFAR's .bin files%s%.300s",
                       folder, why ? "; " : "", why ? why : "");
    if (!several)
        return mn_fail(error, MN_BAD_INPUT,
                       "%s: all pictures are of one class, %s; a classifier needs a second one to "
                       "tell it from: add a folder of other pictures%s%.300s",
                       folder, catalogue->classes.lines[first], why ? "; left out: " : "",
                       why ? why : "");
    return MN_OK;
}

static enum mn_status fill(struct mn_dataset *dataset, const char *folder,
                           const struct mn_dataset_options *options, struct mn_error *error)
{
    struct mn_catalogue *catalogue = &dataset->catalogue;
    bool is_cifar = mn_cifar_is(folder); /* whose classes are what they are */
    enum mn_status status = is_cifar ? mn_cifar_list(folder, catalogue, error)
                                     : mn_picture_folder_list(folder, catalogue, error);
    if (status)
        return status;
    if (check_splits(dataset, options, MN_TRAIN, MN_TEST, error))
        return error->status;
    mn_catalogue_compact(catalogue);
    mn_catalogue_sort_warnings(catalogue);
    if (check_classes(catalogue, folder, error))
        return error->status;
    if (!is_cifar && mn_catalogue_drop_classes(catalogue, error))
        return error->status;
    bool has_val = catalogue->split[MN_VAL].count > 0;
    if (options->val_fraction > 0 && !has_val &&
        mn_catalogue_split(catalogue, options->val_fraction, options->seed, error))
        return error->status;
    /* what was taken out of the training pictures was not kept with them */
    int left_out = dataset->left_out;
    if (options->train_once && !has_val && check_splits(dataset, options, MN_VAL, MN_VAL, error))
        return error->status;
    if (dataset->left_out > left_out)
        return mn_fail(error, MN_FAILED,
                       "%s: pictures that could be read a moment ago cannot be read now; bring the "
                       "data back and begin again",
                       folder);
    dataset->fingerprint = fingerprint_of(catalogue, strlen(folder));
    return MN_OK;
}

enum mn_status mn_dataset_open(struct mn_dataset **out, const char *folder,
                               const struct mn_dataset_options *options, struct mn_error *error)
{
    struct mn_dataset *dataset = calloc(1, sizeof *dataset);
    if (!dataset)
        return mn_fail(error, MN_FAILED, "no memory for the data set; close other programs");
    dataset->max_side = options->max_side;
    if (fill(dataset, folder, options, error)) {
        mn_dataset_close(dataset);
        return error->status;
    }
    *out = dataset;
    return MN_OK;
}

void mn_dataset_close(struct mn_dataset *dataset)
{
    if (!dataset)
        return;
    mn_catalogue_free(&dataset->catalogue);
    free(dataset);
}

/* --- what is in it --- */

int mn_dataset_classes(const struct mn_dataset *dataset)
{
    return dataset->catalogue.classes.count;
}

char *const *mn_dataset_labels(const struct mn_dataset *dataset)
{
    return dataset->catalogue.classes.lines;
}

int mn_dataset_count(const struct mn_dataset *dataset, enum mn_split split)
{
    return dataset->catalogue.split[split].count;
}

int mn_dataset_label(const struct mn_dataset *dataset, enum mn_split split, int index)
{
    return dataset->catalogue.split[split].entries[index].label;
}

const char *mn_dataset_name(const struct mn_dataset *dataset, enum mn_split split, int index)
{
    return dataset->catalogue.split[split].entries[index].name;
}

int mn_dataset_warnings(const struct mn_dataset *dataset, char *const **lines)
{
    *lines = dataset->catalogue.warnings.lines;
    return dataset->catalogue.warnings.count;
}

int mn_dataset_warning_count(const struct mn_dataset *dataset)
{
    return dataset->catalogue.warning_count;
}

int mn_dataset_left_out(const struct mn_dataset *dataset)
{
    return dataset->left_out;
}

uint64_t mn_dataset_fingerprint(const struct mn_dataset *dataset)
{
    return dataset->fingerprint;
}
