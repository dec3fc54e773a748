/* Checkpoints: what is read is what was written, or nothing is changed; what is written is whole,
 * or the file before it stays, and no other file. */
#include "../../engine/train/checkpoint.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "../../engine/model/file.h"
#include "../support.h"

enum { WEIGHTS = 20000, AVERAGE = 7, TENSORS = 3, TEXTS = 2 };

struct scene {
    char folder[64], path[96];
    float weights[WEIGHTS], average[AVERAGE], none[1];
    struct mn_state_tensor tensors[TENSORS];
    struct mn_state_text texts[TEXTS];
};

static char position[] = "3 17", recipe[] = "lr = 0.1\nname = \"größer\"\n";

static void fill(struct scene *scene, uint64_t seed)
{
    for (int i = 0; i < WEIGHTS; i++)
        scene->weights[i] = test_uniform(&seed);
    for (int i = 0; i < AVERAGE; i++)
        scene->average[i] = test_uniform(&seed);
}

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    *state = scene;
    snprintf(scene->folder, sizeof scene->folder, "/tmp/camlabel-test-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    snprintf(scene->path, sizeof scene->path, "%s/last.safetensors", scene->folder);
    scene->tensors[0] = (struct mn_state_tensor){"weights", scene->weights, WEIGHTS};
    scene->tensors[1] = (struct mn_state_tensor){"optimizer.none", scene->none, 0};
    scene->tensors[2] = (struct mn_state_tensor){"average", scene->average, AVERAGE};
    scene->texts[0] = (struct mn_state_text){"recipe", recipe};
    scene->texts[1] = (struct mn_state_text){"position", position};
    fill(scene, 1);
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    unlink(scene->path);
    rmdir(scene->folder);
    free(scene);
    return 0;
}

static enum mn_status try_write(const struct scene *scene, struct mn_error *error)
{
    return mn_checkpoint_write(scene->path, scene->tensors, TENSORS, scene->texts, TEXTS, error);
}

static void write_it(const struct scene *scene)
{
    struct mn_error error;
    if (try_write(scene, &error))
        fail_msg("%s", error.message);
}

static uint8_t *read_bytes(const struct scene *scene, size_t *size)
{
    uint8_t *bytes;
    struct mn_error error;
    if (mn_file_read(scene->path, 1 << 24, &bytes, size, &error))
        fail_msg("%s", error.message);
    return bytes;
}

static void write_bytes(const struct scene *scene, const uint8_t *bytes, size_t size)
{
    FILE *stream = fopen(scene->path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

/* The file is that of fill(…, seed). */
static void assert_reads(struct scene *scene, uint64_t seed)
{
    struct mn_error error;
    struct mn_state_text texts[] = {{"position", NULL}, {"recipe", NULL}};
    struct scene *other = calloc(1, sizeof *other);
    assert_non_null(other);
    fill(other, seed);
    fill(scene, seed + 100);
    if (mn_checkpoint_read_texts(scene->path, texts, TEXTS, &error) ||
        mn_checkpoint_read(scene->path, scene->tensors, TENSORS, &error))
        fail_msg("%s", error.message);
    assert_memory_equal(scene->weights, other->weights, sizeof other->weights);
    assert_memory_equal(scene->average, other->average, sizeof other->average);
    assert_string_equal(texts[0].text, position);
    assert_string_equal(texts[1].text, recipe);
    free(texts[0].text);
    free(texts[1].text);
    free(other);
}

/* One of the two calls says what is wrong and names the file, and neither changes anything. */
static void assert_refuses(struct scene *scene, const char *what)
{
    static const float marker = 42;
    struct mn_error error = {MN_OK, ""};
    char mine[] = "mine";
    struct mn_state_text text = {"position", mine};
    for (int i = 0; i < WEIGHTS; i++)
        scene->weights[i] = marker;
    enum mn_status status = mn_checkpoint_read_texts(scene->path, &text, 1, &error);
    if (status)
        assert_ptr_equal(text.text, mine);
    else
        free(text.text);
    if (!status)
        status = mn_checkpoint_read(scene->path, scene->tensors, TENSORS, &error);
    if (status != MN_BAD_INPUT || !strstr(error.message, scene->path) ||
        (what && !strstr(error.message, what)))
        fail_msg("status %d, \"%s\", expected \"%s\"", (int)status, error.message, what);
    for (int i = 0; i < WEIGHTS; i++)
        if (scene->weights[i] != marker)
            fail_msg("number %d was changed", i);
}

static int files_in(const char *folder)
{
    DIR *entries = opendir(folder);
    int count = -2; /* itself and its parent */
    assert_non_null(entries);
    while (readdir(entries))
        count++;
    closedir(entries);
    return count;
}

static void reads_what_was_written(void **state)
{
    struct scene *scene = *state;
    write_it(scene);
    assert_reads(scene, 1);
    fill(scene, 2);
    write_it(scene); /* over the old one */
    assert_reads(scene, 2);
    assert_int_equal(files_in(scene->folder), 1);
}

static void the_same_state_makes_the_same_bytes(void **state)
{
    struct scene *scene = *state;
    size_t first_size, second_size;
    write_it(scene);
    uint8_t *first = read_bytes(scene, &first_size);
    write_it(scene);
    uint8_t *second = read_bytes(scene, &second_size);
    assert_int_equal(first_size, second_size);
    assert_memory_equal(first, second, first_size);
    free(first);
    free(second);
}

/* zlib's crc32() of the bytes 00 00 80 3f. */
static void the_checksum_is_crc32(void **state)
{
    struct scene *scene = *state;
    float one = 1;
    struct mn_error error;
    struct mn_state_tensor tensor = {"one", &one, 1};
    struct mn_state_text text = {"crc32 one", NULL};
    assert_int_equal(mn_checkpoint_write(scene->path, &tensor, 1, NULL, 0, &error), MN_OK);
    assert_int_equal(mn_checkpoint_read_texts(scene->path, &text, 1, &error), MN_OK);
    assert_string_equal(text.text, "aca16a6a");
    free(text.text);
}

static void refuses_every_cut(void **state)
{
    struct scene *scene = *state;
    size_t size;
    write_it(scene);
    uint8_t *bytes = read_bytes(scene, &size);
    for (size_t cut = 0; cut < size; cut += cut < 900 || size - cut < 50 ? 1 : 4999) {
        write_bytes(scene, bytes, cut);
        assert_refuses(scene, NULL);
    }
    write_bytes(scene, bytes, size);
    assert_reads(scene, 1);
    free(bytes);
}

static void refuses_what_comes_behind(void **state)
{
    struct scene *scene = *state;
    size_t size;
    write_it(scene);
    uint8_t *bytes = read_bytes(scene, &size); /* and a zero behind them */
    write_bytes(scene, bytes, size + 1);
    assert_refuses(scene, "goes on behind its end");
    free(bytes);
}

/* Each bit of the header, its padding aside, and one here and there in the numbers. */
static void finds_every_damaged_bit(void **state)
{
    struct scene *scene = *state;
    size_t size;
    write_it(scene);
    uint8_t *bytes = read_bytes(scene, &size);
    size_t numbers = size - (WEIGHTS + AVERAGE) * sizeof(float), padding = 0;
    while (bytes[numbers - 1 - padding] == ' ')
        padding++;
    for (size_t i = 0; i < size; i += i < numbers ? 1 : 1999)
        for (int bit = 0; bit < 8; bit++) {
            if (i >= numbers - padding && i < numbers)
                continue;
            bytes[i] ^= (uint8_t)(1 << bit);
            write_bytes(scene, bytes, size);
            assert_refuses(scene, NULL);
            bytes[i] ^= (uint8_t)(1 << bit);
        }
    free(bytes);
}

static void refuses_another_state(void **state)
{
    struct scene *scene = *state;
    write_it(scene);

    scene->tensors[0].count--;
    assert_refuses(scene, "tensor weights has 20000 numbers, not 19999");
    scene->tensors[0].count++;

    snprintf(scene->tensors[2].name, sizeof scene->tensors[2].name, "other");
    assert_refuses(scene, "no float32 tensor other");

    struct mn_error error;
    assert_int_equal(mn_checkpoint_read(scene->path, scene->tensors, TENSORS - 1, &error),
                     MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "it has 3 tensors, not 2"));

    struct mn_state_text texts[] = {{"recipe", NULL}, {"seed", NULL}};
    assert_int_equal(mn_checkpoint_read_texts(scene->path, texts, 2, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "no \"seed\""));
    assert_null(texts[0].text);
}

static void refuses_other_files(void **state)
{
    struct scene *scene = *state;
    assert_refuses(scene, "No such file");
    write_bytes(scene, (const uint8_t *)"\2\0\0\0\0\0\0\0{}", 10);
    assert_refuses(scene, "not a checkpoint");
    write_bytes(scene, (const uint8_t *)"hello", 5);
    assert_refuses(scene, NULL);
}

static void refuses_text_that_is_not_utf8(void **state)
{
    struct scene *scene = *state;
    char latin[] = "gr\xf6\xdf"
                   "er";
    struct mn_error error;
    write_it(scene);
    scene->texts[0].text = latin;
    assert_int_equal(try_write(scene, &error), MN_FAILED);
    assert_non_null(strstr(error.message, "UTF-8"));
    assert_reads(scene, 1);
}

/* Writing fails with this reason; the old file is whole, and there is no other. */
/* The second one could not be written. */
static void assert_kept_the_old_one(struct scene *scene, const struct mn_error *error,
                                    const char *reason)
{
    if (error->status != MN_FAILED || !strstr(error->message, scene->path) ||
        !strstr(error->message, reason) || !strstr(error->message, "is kept"))
        fail_msg("status %d, \"%s\", expected \"%s\"", (int)error->status, error->message, reason);
    assert_int_equal(files_in(scene->folder), 1);
    assert_reads(scene, 1);
}

/* At every length: in the header, in the numbers, in what the stream still held at the end. */
static void a_file_that_cannot_grow_keeps_the_old_one(void **state)
{
    struct scene *scene = *state;
    struct rlimit before, limit;
    struct stat whole;
    write_it(scene);
    assert_int_equal(stat(scene->path, &whole), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    const rlim_t lengths[] = {0, 100, 4096, 50000, (rlim_t)whole.st_size - 1};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct mn_error error = {.status = MN_OK};
        fill(scene, 2);
        limit = (struct rlimit){lengths[i], before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        try_write(scene, &error);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0); /* or nobody could report */
        assert_kept_the_old_one(scene, &error, strerror(EFBIG));
    }
    signal(SIGXFSZ, SIG_DFL);
    fill(scene, 2);
    write_it(scene);
    assert_reads(scene, 2);
}

/* A disk with room for one checkpoint and a half. */
static void a_full_disk_keeps_the_old_one(void **state)
{
    struct scene *scene = *state;
    if (geteuid() != 0 || mount("none", scene->folder, "tmpfs", 0, "size=120k")) {
        print_message("skipped: a small tmpfs cannot be mounted here: %s\n",
                      geteuid() ? "not root" : strerror(errno));
        skip();
    }
    struct mn_error error;
    enum mn_status first = try_write(scene, &error), second = MN_OK;
    struct mn_error why = {MN_OK, ""};
    fill(scene, 2);
    second = try_write(scene, &why);
    int files = files_in(scene->folder);
    fill(scene, 3);
    enum mn_status read = mn_checkpoint_read(scene->path, scene->tensors, TENSORS, &error);
    int unmounted = umount2(scene->folder, MNT_DETACH); /* before anything can fail */
    assert_int_equal(unmounted, 0);
    assert_int_equal(first, MN_OK);
    assert_int_equal(second, MN_FAILED);
    assert_non_null(strstr(why.message, strerror(ENOSPC)));
    assert_int_equal(files, 1);
    assert_int_equal(read, MN_OK);
    struct scene *other = calloc(1, sizeof *other);
    assert_non_null(other);
    fill(other, 1);
    assert_memory_equal(scene->weights, other->weights, sizeof other->weights);
    free(other);
}

static void a_vanished_folder_is_said(void **state)
{
    struct scene *scene = *state;
    struct mn_error error;
    assert_int_equal(rmdir(scene->folder), 0);
    assert_int_equal(try_write(scene, &error), MN_FAILED);
    assert_non_null(strstr(error.message, strerror(ENOENT)));
    assert_non_null(strstr(error.message, scene->path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_what_was_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_state_makes_the_same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_checksum_is_crc32, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_every_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_comes_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_every_damaged_bit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_another_state, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_other_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_text_that_is_not_utf8, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_grow_keeps_the_old_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_keeps_the_old_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_vanished_folder_is_said, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
