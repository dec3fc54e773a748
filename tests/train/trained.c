#include "trained.h"

#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include "../../engine/image/picture_file.h"
#include "../support.h"

enum { SIDE = 32 /* px */ };

const char *const trained_classes[TRAINED_CLASSES] = {"blue", "green", "red"};

static char folder[] = "/tmp/camlabel-train-XXXXXX";

const char *trained_path(const char *name)
{
    static char paths[8][256];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int write_pictures(const char *split, int class, int count)
{
    static uint8_t pixels[SIDE * SIDE * 3];
    uint64_t seed = (uint64_t) class + (uint64_t)count * 100;
    char name[128];
    snprintf(name, sizeof name, "data/%s/%s", split, trained_classes[class]);
    if (mkdir(trained_path(name), 0777))
        return -1;
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < SIDE * SIDE * 3; k++)
            pixels[k] = (uint8_t)((test_random(&seed) >> 58) + (k % 3 == 2 - class ? 160 : 40));
        struct mn_image image;
        struct mn_error error;
        mn_image_wrap(&image, MN_PIXEL_RGB24, SIDE, SIDE, pixels, 0);
        snprintf(name, sizeof name, "data/%s/%s/%d.png", split, trained_classes[class], i);
        if (mn_png_write(trained_path(name), &image, &error))
            return -1;
    }
    return 0;
}

static int use_trainer(void)
{
    static char program[4200];
    process_build_path(program, sizeof program, "camlabel-train");
    process_set_program(program);
    return access(program, X_OK);
}

/* Colours are what the classes differ by. */
static int write_recipe(void)
{
    FILE *file = fopen(trained_path("tiny.recipe"), "w");
    if (!file)
        return -1;
    fputs("img-size = 32\nwidth = 0.25\nepochs = 5\nwarmup-epochs = 0\nbatch-size = 8\naa = none\n"
          "color-jitter = 0\ncamera = 0\nmodel-ema-decay = 0\nlr = 0.05\nbn-momentum = 0.3\n"
          "crop = none\ndrop = 0\nsmoothing = 0\n",
          file);
    return fclose(file);
}

struct process trained_run_until(const char *line, int lines, int signal_number)
{
    enum { MAX_WORDS = 31 };
    static char copy[1024], paths[MAX_WORDS][256];
    const char *words[MAX_WORDS + 1];
    int count = 0;
    struct process process;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word && count < MAX_WORDS; word = strtok(NULL, " ")) {
        snprintf(paths[count], sizeof paths[0], "%s", *word == '@' ? trained_path(word + 1) : word);
        words[count] = paths[count];
        count++;
    }
    words[count] = NULL;
    process_run_until(&process, words, lines, signal_number);
    return process;
}

struct process trained_run(const char *line)
{
    return trained_run_until(line, 0, 0);
}

void trained_assert_code(const struct process *process, int code)
{
    if (process->code != code)
        fail_msg("exit code %d, not %d:\n%s%s", process->code, code, process->out, process->err);
}

void trained_must_run(const char *line)
{
    struct process process = trained_run(line);
    trained_assert_code(&process, 0);
    process_free(&process);
}

void trained_must_fail(const char *line, int code, const char *wanted)
{
    struct process process = trained_run(line);
    trained_assert_code(&process, code);
    if (!strstr(process.err, wanted))
        fail_msg("%s: \"%s\" is not in: %s", line, wanted, process.err);
    process_free(&process);
}

char *trained_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    *size = 0;
    if (!file) {
        fail_msg("%s: %s", path, strerror(errno));
        return NULL; /* what cppcheck does not know: fail_msg() does not return */
    }
    static const size_t room = (size_t)1 << 24;
    char *data = malloc(room);
    assert_non_null(data);
    *size = fread(data, 1, room - 1, file);
    data[*size] = 0;
    fclose(file);
    return data;
}

void trained_assert_same(const char *a, const char *b)
{
    size_t a_size, b_size;
    char *a_data = trained_read(trained_path(a), &a_size),
         *b_data = trained_read(trained_path(b), &b_size);
    if (a_size != b_size || memcmp(a_data, b_data, a_size) != 0)
        fail_msg("%s and %s differ", a, b);
    free(a_data);
    free(b_data);
}

int trained_set_up(void **state)
{
    (void)state;
    if (use_trainer() || !mkdtemp(folder) || mkdir(trained_path("data"), 0777) || write_recipe() ||
        mkdir(trained_path("data/train"), 0777) || mkdir(trained_path("data/val"), 0777))
        return -1;
    for (int class = 0; class < TRAINED_CLASSES; class ++)
        if (write_pictures("train", class, TRAINED_TRAIN) ||
            write_pictures("val", class, TRAINED_VAL))
            return -1;
    struct process whole = trained_run(TRAINED_FIT "--output @runs/whole");
    if (whole.code != 0)
        fprintf(stderr, "%s%s", whole.out, whole.err);
    process_free(&whole);
    return whole.code;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

int trained_tear_down(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
