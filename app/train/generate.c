/* camlabel-train generate: training pictures that nobody has to take.
 *
 * `cards` are the demo's twelve pictograms, each picture from a seed of its own: the same seed and
 * counts give the same files on every machine, whatever the number of threads. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../engine/image/picture_file.h"
#include "../../engine/run/pool.h"
#include "../../engine/train/base/random.h"
#include "../cards/cards.h"
#include "commands.h"
#include "progress.h"

struct generate_settings {
    int count, val, size, seed, threads;
};

static const struct generate_settings defaults = {.count = 500, .val = 50, .size = 96, .seed = 1};

#define FIELD(member) offsetof(struct generate_settings, member)

static const struct option_spec options[] = {
    {OPTION_INTEGER, 'n', "count", "N", FIELD(count),
     "pictures to learn from, of each card; default: 500", .low = 1, .high = 1000000},
    {OPTION_INTEGER, 0, "val", "N", FIELD(val), "pictures to judge by, of each; default: 50",
     .low = 0, .high = 1000000},
    {OPTION_INTEGER, 0, "size", "PX", FIELD(size), "width and height; default: 96",
     .low = CARDS_MIN_SIDE, .high = CARDS_MAX_SIDE},
    {OPTION_INTEGER, 0, "seed", "N", FIELD(seed), "other pictures; default: 1", .low = 0,
     .high = 2147483647},
    {OPTION_INTEGER, 0, "threads", "N", FIELD(threads),
     "threads that draw; default: as many as this process may keep busy", .low = 1, .high = 64},
    {.name = NULL},
};

/* All pictures in one row: those of the first card, train before val, then the next card's. */
struct generation {
    const struct generate_settings *settings;
    const char *folder;
    int first, total; /* first: of the pictures under way */
    uint8_t *rgb;     /* [threads][size][size][3] */
    struct progress progress;
    pthread_mutex_t lock;  /* guards error */
    struct mn_error error; /* status MN_OK where all could be drawn */
};

static const char *const splits[] = {"train", "val"};

enum { PATH_SIZE = 4096 };

static enum mn_status make_folder(const char *path, struct mn_error *error)
{
    if (mkdir(path, 0777) && errno != EEXIST)
        return mn_fail(error, MN_FAILED, "%s: this folder cannot be made: %s", path,
                       strerror(errno));
    return MN_OK;
}

/* One that is there already may hold other pictures, which would be mixed with ours. */
static enum mn_status make_folders(const struct generation *run, struct mn_error *error)
{
    char path[PATH_SIZE + 64];
    if (strlen(run->folder) >= PATH_SIZE)
        return mn_fail(error, MN_BAD_INPUT, "the folder's path is too long");
    if (make_folder(run->folder, error))
        return error->status;
    for (int split = 0; split < (run->settings->val ? 2 : 1); split++) {
        snprintf(path, sizeof path, "%s/%s", run->folder, splits[split]);
        if (mkdir(path, 0777))
            return errno == EEXIST ? mn_fail(error, MN_BAD_INPUT,
                                             "%s: is there already; name another folder", path)
                                   : mn_fail(error, MN_FAILED, "%s: this folder cannot be made: %s",
                                             path, strerror(errno));
        for (int card = 0; card < CARDS_COUNT; card++) {
            snprintf(path, sizeof path, "%s/%s/%s", run->folder, splits[split], cards_name(card));
            if (make_folder(path, error))
                return error->status;
        }
    }
    return MN_OK;
}

/* Neighbouring numbers to seeds that have nothing in common. */
static uint64_t mixed(uint64_t z)
{
    return mn_random_bits(&(struct mn_random){z});
}

static enum mn_status draw(const struct generation *run, int number, uint8_t *rgb,
                           struct mn_error *error)
{
    const struct generate_settings *settings = run->settings;
    int per_card = settings->count + settings->val, card = number / per_card;
    int index = number % per_card, is_val = index >= settings->count;
    int place = is_val ? index - settings->count : index;
    uint64_t seed = mixed(mixed(mixed((uint64_t)settings->seed) + (uint64_t)is_val) +
                          (uint64_t)place * CARDS_COUNT + (uint64_t)card);
    char path[PATH_SIZE + 128];
    struct mn_image image;
    cards_picture(seed, card, settings->size, settings->size, rgb);
    mn_image_wrap(&image, MN_PIXEL_RGB24, settings->size, settings->size, rgb, 0);
    snprintf(path, sizeof path, "%s/%s/%s/%06d.png", run->folder, splits[is_val], cards_name(card),
             place);
    return mn_png_write(path, &image, error);
}

static size_t picture_bytes(const struct generation *run)
{
    return (size_t)run->settings->size * (size_t)run->settings->size * 3;
}

static void draw_piece(void *context, int step, int piece, int worker)
{
    struct generation *run = context;
    struct mn_error error;
    (void)step;
    if (!draw(run, run->first + piece, run->rgb + (size_t)worker * picture_bytes(run), &error))
        return;
    pthread_mutex_lock(&run->lock);
    run->error = error;
    pthread_mutex_unlock(&run->lock);
}

static enum mn_status generate(struct generation *run, struct mn_error *error)
{
    enum { PIECES = 256 /* between two lines of progress */ };
    struct mn_pool *pool;
    int threads = run->settings->threads ? run->settings->threads : mn_pool_default_threads();
    if (make_folders(run, error) || mn_pool_new(&pool, threads, draw_piece, run, error))
        return error->status;
    run->rgb = calloc((size_t)threads, picture_bytes(run));
    if (!run->rgb)
        mn_fail(&run->error, MN_FAILED, "not enough memory");
    for (int count; run->first < run->total && !run->error.status; run->first += count) {
        count = run->total - run->first < PIECES ? run->total - run->first : PIECES;
        mn_pool_run(pool, 0, count);
        progress_count(&run->progress, "drawing", run->first + count, run->total);
    }
    mn_pool_free(pool);
    free(run->rgb);
    *error = run->error;
    return error->status;
}

static int run_generate(const void *argument, int operand_count, char **operands)
{
    const struct generate_settings *settings = argument;
    struct generation run = {.settings = settings, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct mn_error error;
    const int64_t most = 100000000;
    int64_t total = (int64_t)CARDS_COUNT * ((int64_t)settings->count + settings->val);
    if (operand_count != 2 || strcmp(operands[0], "cards") != 0)
        mn_fail(&error, MN_BAD_INPUT,
                "needs \"cards\" and a folder; see camlabel-train generate --help");
    else if (total > most)
        mn_fail(&error, MN_BAD_INPUT, "--count and --val ask for more than %d pictures", (int)most);
    else {
        run.folder = operands[1];
        run.total = (int)total;
        progress_begin(&run.progress);
        enum mn_status status = generate(&run, &error);
        progress_clear(&run.progress);
        if (!status) {
            printf("%s: %d pictures of %d cards to learn from, %d to judge by\n", run.folder,
                   CARDS_COUNT * settings->count, CARDS_COUNT, CARDS_COUNT * settings->val);
            return MN_OK;
        }
    }
    return train_failed(&error);
}

const struct command command_generate = {
    .name = "generate",
    .summary = "draw training pictures: the demo's cards",
    .operands = "cards DIR",
    .details = "DIR gets train/CARD/ and val/CARD/ folders of PNG files. The same seed gives the "
               "same pictures everywhere.",
    .examples = "camlabel-train generate cards build/cards --count 2000\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct generate_settings),
    .run = run_generate,
};
