#include "flag_hint.h"

#include <string.h>

#include "spelling.h"

static bool has_flag(const struct options_flat *flat, const char *name, size_t length)
{
    for (int i = 0; i < flat->count; i++)
        if (strlen(flat->option[i].spec->name) == length &&
            memcmp(flat->option[i].spec->name, name, length) == 0)
            return true;
    return false;
}

/* What we call it that other programs, and other commands of ours, call so; NULL: nothing. */
static const char *name_here(const struct options_flat *flat, const char *name, size_t length)
{
    static const struct {
        const char *theirs, *ours;
    } names[] = {
        {"learning-rate", "--lr"},
        {"input-size", "--img-size"},
        {"input-size", "--resolution"},
        {"img-size", "--resolution"},
        {"num-workers", "--threads"},
        {"workers", "--threads"},
        {"pretrained", "--initial-checkpoint"},
        {"model", "--initial-checkpoint"},
        {"checkpoint", "--initial-checkpoint"},
        {"fps", "--framerate"},
        {"rotate", "--rotation"},
        {"mirror", "--hflip"},
        {"flip", "--hflip"},
        {"video-size", "--width and --height"},
        {"list-devices", "camlabel devices"},
        {"list-formats-ext", "--list-formats"},
        {"list-formats-ext", "camlabel devices --list-formats"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *ours = names[i].ours;
        if (strlen(names[i].theirs) == length && memcmp(names[i].theirs, name, length) == 0 &&
            (*ours != '-' || has_flag(flat, ours + 2, strcspn(ours + 2, " "))))
            return ours;
    }
    return NULL;
}

/* "did you mean --warmup-lr or --warmup-epochs? " for "warmup". */
static bool list_beginning_with(char *text, size_t size, const struct options_flat *flat,
                                const char *name, size_t length)
{
    enum { SHORTEST = 3 };
    size_t used = 0;
    for (int i = 0; length >= SHORTEST && i < flat->count && used < size; i++)
        if (strncmp(flat->option[i].spec->name, name, length) == 0)
            used += (size_t)snprintf(text + used, size - used, "%s--%s",
                                     used ? " or " : "did you mean ", flat->option[i].spec->name);
    if (used && used < size)
        snprintf(text + used, size - used, "? ");
    return used > 0;
}

void flag_hint(char *text, size_t size, const struct options_flat *flat, const char *name,
               size_t length)
{
    *text = 0;
    const char *here = name_here(flat, name, length);
    if (here) {
        snprintf(text, size, "it is called %s here; ", here);
        return;
    }
    if (list_beginning_with(text, size, flat, name, length))
        return;
    struct spelling spelling = spelling_of(name, length);
    for (int i = 0; i < flat->count; i++)
        spelling_offer(&spelling, flat->option[i].spec->name);
    spelling_offer(&spelling, "help");
    if (spelling.best)
        snprintf(text, size, "did you mean --%s? ", spelling.best);
}
