#include "option_file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/model/file.h"
#include "option_value.h"

static const size_t max_bytes = (size_t)1 << 16;

/* Without the blanks around it, which are cut off in place. */
static char *trimmed(char *text)
{
    text += strspn(text, " \t\r");
    size_t length = strlen(text);
    while (length && isspace((unsigned char)text[length - 1]))
        text[--length] = 0;
    return text;
}

static enum mn_status set_line(const struct options_flat *flat, char *line, void *settings,
                               struct mn_error *error)
{
    line[strcspn(line, "#")] = 0;
    line = trimmed(line);
    if (!*line)
        return MN_OK;
    char *equals = strchr(line, '=');
    if (!equals)
        return mn_fail(error, MN_BAD_INPUT, "%s: a line is \"name = value\"", line);
    *equals = 0;
    const char *name = trimmed(line), *text = trimmed(equals + 1);
    for (int i = 0; i < flat->count; i++)
        if (strcmp(flat->option[i].spec->name, name) == 0) {
            struct mn_error why;
            if (option_set(flat->option[i].spec, text, (char *)settings + flat->option[i].offset,
                           &why))
                return mn_fail(error, why.status, "%s = %s: %s", name, text, why.message);
            return MN_OK;
        }
    return mn_fail(error, MN_BAD_INPUT, "there is no option %s", name);
}

enum mn_status option_file_read(const struct option_spec *table, const char *path, void *settings,
                                struct mn_error *error)
{
    struct options_flat flat;
    options_flatten(&flat, table);
    uint8_t *data;
    size_t bytes;
    if (mn_file_read(path, max_bytes, &data, &bytes, error))
        return error->status;
    enum mn_status status = MN_OK;
    char *next = (char *)data;
    for (int number = 1; next && !status; number++) {
        struct mn_error why;
        char *line = strsep(&next, "\n");
        status = set_line(&flat, line, settings, &why);
        if (status)
            mn_fail(error, status, "%s:%d: %s", path, number, why.message);
    }
    free(data);
    return status;
}

char *option_file_text(const struct option_spec *table, const void *settings)
{
    struct options_flat flat;
    options_flatten(&flat, table);
    char *text = NULL, value[OPTION_TEXT_SIZE];
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return NULL;
    for (int i = 0; i < flat.count; i++) {
        option_print(flat.option[i].spec, (const char *)settings + flat.option[i].offset, value);
        fprintf(stream, "%s = %s\n", flat.option[i].spec->name, value);
    }
    bool is_whole = !ferror(stream);
    if (fclose(stream) || !is_whole) {
        free(text);
        return NULL;
    }
    return text;
}
