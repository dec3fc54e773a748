/* What a data set consists of, before a picture is decoded: classes, and for each split where its
 * pictures are. Two readers fill it: cifar.h and picture_folder.h. */
#ifndef MN_CATALOGUE_H
#define MN_CATALOGUE_H

#include "dataset.h"

/* A decoded picture in memory, tightly packed; pixels NULL where it is read again each time. */
struct mn_kept {
    uint8_t *pixels; /* owned */
    int width, height;
    enum mn_pixel_format format;
};

struct mn_entry {
    int label;
    char *name;   /* path, or "data_batch_1.bin:17"; owned */
    int file;     /* CIFAR: index of the batch file, -1 for a picture file; */
    long long at; /* and the record's first byte in it. Else the size of the file in bytes */
    struct mn_kept kept;
};

struct mn_entry_list {
    struct mn_entry *entries; /* owned */
    int count, capacity;
};

struct mn_text_list {
    char **lines; /* owned, each */
    int count, capacity;
};

enum { MN_MOST_WARNINGS = 1000 /* a folder of a million text files shall not fill the memory */ };

struct mn_catalogue {
    struct mn_text_list classes;
    struct mn_entry_list split[MN_SPLITS];
    struct mn_text_list warnings; /* of files the first MN_MOST_WARNINGS, of classes all */
    int warning_count;            /* of all */
    int files[8], file_count;     /* CIFAR's batches, open; owned */
    int label_bytes;              /* of a CIFAR record, before its 3072 of pixels */
};

/* The one error of all that follows is MN_FAILED for memory. Texts are copied. */
enum mn_status mn_text_list_add(struct mn_text_list *list, struct mn_error *error,
                                const char *format, ...) __attribute__((format(printf, 3, 4)));
enum mn_status mn_entry_list_add(struct mn_entry_list *list, const char *name, int label, int file,
                                 long long at, struct mn_error *error);

/* Each line begins with the path that it is about. */
enum mn_status mn_catalogue_warn(struct mn_catalogue *catalogue, struct mn_error *error,
                                 const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts the warnings in the order of their paths. */
void mn_catalogue_sort_warnings(struct mn_catalogue *catalogue);

/* Takes the entries without a name out of the lists. */
void mn_catalogue_compact(struct mn_catalogue *catalogue);

/* Takes the classes out that have no training picture, each with a warning, and with them what the
 * other splits have of them. */
enum mn_status mn_catalogue_drop_classes(struct mn_catalogue *catalogue, struct mn_error *error);

void mn_catalogue_free(struct mn_catalogue *catalogue); /* leaves it zeroed, closes the files */

/* Moves a fraction of each class's training pictures, chosen by seed, to the validation split; at
 * least one of each class that has two, and never all. */
enum mn_status mn_catalogue_split(struct mn_catalogue *catalogue, double fraction, uint64_t seed,
                                  struct mn_error *error);

#endif
