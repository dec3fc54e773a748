#include "man_page.h"

#include <dirent.h>
#include <string.h>

#include "support.h"

static char page[65536];

static void read_page(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(page, 1, sizeof page - 1, file), kept = 0;
    fclose(file);
    page[length] = 0;
    for (size_t i = 0; i < length; i++) /* roff writes - as \-, and \fB where bold begins */
        if (page[i] != '\\')
            page[kept++] = page[i];
        else if (page[i + 1] == 'f')
            i += 2;
    page[kept] = 0;
}

/* The command's section: from its ".SS name" to the next heading. */
static void section_of(const char *command, char *section, size_t size)
{
    char heading[64];
    snprintf(heading, sizeof heading, "\n.SS %s", command);
    const char *begin = strstr(page, heading);
    const char *end = begin ? strstr(begin + 4, "\n.S") : NULL;
    if (!end)
        fail_msg("the man page has no section for %s", command);
    else
        snprintf(section, size, "%.*s", (int)(end - begin), begin);
}

/* The heading of a flag's entry, which is a line below ".TP"; NULL if there is none. */
static const char *find_heading(const char *section, const char *name)
{
    char flag[64];
    size_t length = (size_t)snprintf(flag, sizeof flag, "--%s", name);
    for (const char *at = strstr(section, "\n.TP\n"); at; at = strstr(at + 1, "\n.TP\n")) {
        const char *line = at + 5, *end = strchr(line, '\n');
        for (const char *found = strstr(line, flag); found && found < end;
             found = strstr(found + 1, flag))
            if (strchr(" \n\"", found[length]))
                return line;
    }
    return NULL;
}

/* Where help lists the models that ship, it lists them all. */
static void check_models(const struct option_spec *spec, const char *command)
{
    if (!strstr(spec->help, "one that ships:"))
        return;
    int count = 0;
    DIR *models = opendir("models");
    assert_non_null(models);
    for (struct dirent *file; (file = readdir(models));) {
        char name[256];
        const char *ending = strstr(file->d_name, ".safetensors");
        if (!ending)
            continue;
        snprintf(name, sizeof name, " %.*s", (int)(ending - file->d_name), file->d_name);
        const char *found = strstr(spec->help, name);
        while (found && !strchr(",;", found[strlen(name)]))
            found = strstr(found + 1, name);
        if (!found)
            fail_msg("%s --%s --help does not name%s", command, spec->name, name);
        count++;
    }
    closedir(models);
    assert_true(count > 0);
}

/* Checks the flags of a table against the section; returns how many there are. */
static int check_table(const struct option_spec *table, const char *command, const char *section)
{
    int count = 0;
    for (const struct option_spec *spec = table; spec->name; spec++) {
        if (spec->type == OPTION_GROUP) {
            count += check_table(spec->group, command, section);
            continue;
        }
        if (!find_heading(section, spec->name))
            fail_msg("%s --%s is not in the man page", command, spec->name);
        check_models(spec, command);
        count++;
    }
    return count;
}

static int flags_in(const char *section)
{
    int count = 0;
    for (const char *at = strstr(section, "\n.TP\n"); at; at = strstr(at + 1, "\n.TP\n"))
        for (const char *line = at + 5; *line && *line != '\n'; line++)
            count += line[0] == ' ' && line[1] == '-' && line[2] == '-';
    return count;
}

void man_page_check(const char *path, const struct command *const *commands, int command_count)
{
    static char section[32768];
    read_page(path);
    for (int i = 0; i < command_count; i++) {
        section_of(commands[i]->name, section, sizeof section);
        int count = check_table(commands[i]->options, commands[i]->name, section);
        if (flags_in(section) != count)
            fail_msg("%s has %d flags, the man page %d", commands[i]->name, count,
                     flags_in(section));
    }
    int sections = 0;
    for (const char *at = strstr(page, "\n.SS "); at; at = strstr(at + 1, "\n.SS "))
        sections++;
    sections -= strstr(page, "\n.SS train, ") != NULL; /* camlabel-train's own, named together */
    assert_int_equal(sections, command_count);
    assert_non_null(strstr(page, "\"camlabel " CAMLABEL_VERSION "\""));
}

/* Is the first word of the text a value that some flag takes? */
static bool begins_with_value(const char *text, const struct options_flat *flat)
{
    size_t length = strcspn(text, " ,:;");
    for (int i = 0; i < flat->count; i++)
        for (const char *const *choice = flat->option[i].spec->choices; choice && *choice; choice++)
            if (strlen(*choice) == length && strncmp(text, *choice, length) == 0)
                return true;
    return false;
}

void man_page_check_texts(const char *path, const struct command *const *commands,
                          int command_count)
{
    static char section[32768], entry[2048];
    struct options_flat flat;
    read_page(path);
    for (int i = 0; i < command_count; i++) {
        section_of(commands[i]->name, section, sizeof section);
        options_flatten(&flat, commands[i]->options);
        for (int o = 0; o < flat.count; o++) {
            const char *help = flat.option[o].spec->help;
            const char *begin = find_heading(section, flat.option[o].spec->name);
            assert_non_null(begin);
            const char *end = strstr(begin, "\n.TP");
            snprintf(entry, sizeof entry, "%.*s", end ? (int)(end - begin) : -1, begin);
            /* a sentence begins with a capital, but not one that begins with a value */
            if (!strstr(entry, begins_with_value(help, &flat) ? help : help + 1))
                fail_msg("%s --%s: \"%s\" is not in the man page's%s", commands[i]->name,
                         flat.option[o].spec->name, help, entry);
        }
    }
}
