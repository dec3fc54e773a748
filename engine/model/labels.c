/* The bytes are copied once, cut into lines in place, and each form then only moves the lines'
 * starts (and, for numbered ones, their order). */
#include "labels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "file.h"
#include "text.h"

enum {
    MAX_FILE_BYTES = 64 << 20,
    MAX_LABEL_BYTES = 1000, /* longer lines are no labels */
};

void mn_labels_free(struct mn_labels *labels)
{
    free(labels->text);
    free(labels->block);
    *labels = (struct mn_labels){0};
}

/* Without the byte order mark in front and blank lines at the end. */
static void trim(const uint8_t **data, size_t *size)
{
    if (*size >= 3 && !memcmp(*data, "\xef\xbb\xbf", 3)) {
        *data += 3;
        *size -= 3;
    }
    while (*size && strchr(" \t\r\n", (*data)[*size - 1]) && (*data)[*size - 1])
        --*size;
}

static char *trim_line(char *line)
{
    line += strspn(line, " \t");
    size_t length = strlen(line);
    while (length && strchr(" \t\r", line[length - 1]))
        line[--length] = '\0';
    return line;
}

static bool check_line(const char *line, int number, struct mn_error *error)
{
    size_t length = strlen(line);
    if (length == 0) {
        mn_fail(error, MN_BAD_INPUT, "line %d is empty; each line is one label", number);
        return false;
    }
    if (length > MAX_LABEL_BYTES) {
        mn_fail(error, MN_BAD_INPUT, "line %d has %zu bytes; this is no list of labels", number,
                length);
        return false;
    }
    if (!mn_text_is_clean(line, length)) {
        mn_fail(error, MN_BAD_INPUT,
                "line %d is not printable UTF-8 text; this is no list of labels", number);
        return false;
    }
    return true;
}

static bool split_lines(struct mn_labels *labels, size_t size, struct mn_error *error)
{
    if (size == 0) {
        mn_fail(error, MN_BAD_INPUT, "there are no labels in it");
        return false;
    }
    if (memchr(labels->block, '\0', size)) {
        mn_fail(error, MN_BAD_INPUT, "there are zero bytes in it; this is no text file");
        return false;
    }
    size_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += labels->block[i] == '\n';
    if (lines > MN_MAX_CLASSES + 1) {
        mn_fail(error, MN_BAD_INPUT, "it has %zu lines, more than the %d classes there are", lines,
                MN_MAX_CLASSES);
        return false;
    }
    labels->text = calloc(lines, sizeof *labels->text);
    if (!labels->text) {
        mn_fail(error, MN_FAILED, "not enough memory for %zu labels", lines);
        return false;
    }

    for (char *line = labels->block; line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        line = trim_line(line);
        if (!check_line(line, labels->count + 1, error))
            return false;
        labels->text[labels->count++] = line;
        line = end;
    }
    return true;
}

/* Where the label starts in "12 label" or "12:label"; NULL if the line is not so. */
static char *after_number(char *line, long *number)
{
    /* The analyzer loses what split_lines() has stored. NOLINTNEXTLINE(clang-analyzer-core.*) */
    size_t digits = strspn(line, "0123456789");
    if (digits == 0 || digits > 6 || !line[digits] || !strchr(" \t:", line[digits]))
        return NULL;
    *number = strtol(line, NULL, 10);
    char *label = line + digits + strspn(line + digits, " \t");
    if (*label == ':')
        label++;
    label += strspn(label, " \t");
    return *label ? label : NULL;
}

static bool is_numbered(const struct mn_labels *labels, long *lowest)
{
    *lowest = MN_MAX_CLASSES;
    for (int i = 0; i < labels->count; i++) {
        long number;
        if (!after_number(labels->text[i], &number))
            return false;
        if (number < *lowest)
            *lowest = number;
    }
    return true;
}

/* Brings numbered lines into the order of their numbers. */
static bool order(struct mn_labels *labels, long lowest, struct mn_error *error)
{
    if (lowest > 1) {
        mn_fail(error, MN_BAD_INPUT, "the labels are numbered from %ld; they must begin at 0 or 1",
                lowest);
        return false;
    }
    char **sorted = calloc((size_t)labels->count, sizeof *sorted);
    if (!sorted) {
        mn_fail(error, MN_FAILED, "not enough memory for %d labels", labels->count);
        return false;
    }
    for (int i = 0; i < labels->count; i++) {
        long number = 0;
        char *label = after_number(labels->text[i], &number);
        if (number - lowest >= labels->count || sorted[number - lowest]) {
            bool twice = number - lowest < labels->count;
            free(sorted);
            mn_fail(error, MN_BAD_INPUT,
                    twice ? "line %d has the number %ld a second time"
                          : "line %d has the number %ld, which leaves a gap",
                    i + 1, number);
            return false;
        }
        sorted[number - lowest] = label;
    }
    free(labels->text);
    labels->text = sorted;
    return true;
}

static bool is_background(const char *label)
{
    return !strcasecmp(label, "background") || !strcasecmp(label, "dummy");
}

/* Where the label starts in "n01440764 label"; NULL if the line is not so. */
static char *after_synset(char *line)
{
    enum { SYNSET = 9 };
    if (line[0] != 'n' || strspn(line + 1, "0123456789") != SYNSET - 1 || !line[SYNSET] ||
        !strchr(" \t", line[SYNSET]))
        return NULL;
    char *label = line + SYNSET + strspn(line + SYNSET, " \t");
    return *label ? label : NULL;
}

static void strip_synsets(struct mn_labels *labels)
{
    int first = labels->count > 1 && is_background(labels->text[0]) ? 1 : 0;
    for (int i = first; i < labels->count; i++)
        if (!after_synset(labels->text[i]))
            return;
    for (int i = first; i < labels->count; i++)
        labels->text[i] = after_synset(labels->text[i]);
}

enum mn_status mn_labels_decode(struct mn_labels *labels, const uint8_t *data, size_t size,
                                struct mn_error *error)
{
    *labels = (struct mn_labels){0};
    if (size > MAX_FILE_BYTES)
        return mn_fail(error, MN_BAD_INPUT, "it has %zu bytes; this is no list of labels", size);
    trim(&data, &size);
    labels->block = malloc(size + 1);
    if (!labels->block)
        return mn_fail(error, MN_FAILED, "not enough memory for the labels");
    memcpy(labels->block, data, size);
    labels->block[size] = '\0';

    long lowest;
    if (!split_lines(labels, size, error) ||
        (is_numbered(labels, &lowest) && !order(labels, lowest, error))) {
        mn_labels_free(labels);
        return error->status;
    }
    strip_synsets(labels);
    return MN_OK;
}

enum mn_status mn_labels_read(struct mn_labels *labels, const char *path, struct mn_error *error)
{
    uint8_t *data;
    size_t size;
    *labels = (struct mn_labels){0};
    if (mn_file_read(path, MAX_FILE_BYTES, &data, &size, error))
        return error->status;
    struct mn_error why;
    enum mn_status status = mn_labels_decode(labels, data, size, &why);
    free(data);
    return status ? mn_fail(error, status, "label file %s: %s", path, why.message) : MN_OK;
}

enum mn_status mn_labels_apply(const struct mn_labels *labels, struct mn_model *model,
                               struct mn_error *error)
{
    int classes = model->network.spec.classes;
    if (labels->count == classes + 1 && is_background(labels->text[0]))
        return mn_model_set_labels(model, labels->text + 1, classes, error);
    if (labels->count != classes - 1 || !model->background || is_background(labels->text[0]))
        return mn_model_set_labels(model, labels->text, labels->count, error);

    char background[] = "background";
    char **longer = calloc((size_t)classes, sizeof *longer);
    if (!longer)
        return mn_fail(error, MN_FAILED, "not enough memory for %d labels", classes);
    longer[0] = background;
    memcpy(longer + 1, labels->text, (size_t)labels->count * sizeof *longer);
    error->status = mn_model_set_labels(model, longer, classes, error);
    free(longer);
    return error->status;
}
