/* The driver of the fuzz targets where libFuzzer is not used: seeded mutations, so that a run can
 * be repeated.
 *
 *     fuzz_picture COUNT FILE...               feeds the files, nothing, and COUNT mutations
 *
 *     fuzz_picture --write DIR COUNT FILE...   writes the mutations, for programs that read files
 *
 * A target that crashes, or that a sanitizer stops, fails the run. For libFuzzer compile a target
 * with -fsanitize=fuzzer instead of linking this file. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct file {
    uint8_t *data;
    size_t size;
};

static uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static struct file read_file(const char *path)
{
    FILE *stream = fopen(path, "rb");
    struct file file = {0};
    if (!stream || fseek(stream, 0, SEEK_END)) {
        perror(path);
        exit(2);
    }
    file.size = (size_t)ftell(stream);
    rewind(stream);
    file.data = malloc(file.size + 1);
    if (!file.data || fread(file.data, 1, file.size, stream) != file.size) {
        perror(path);
        exit(2);
    }
    fclose(stream);
    return file;
}

/* Half of all places are in the first 512 bytes, where headers are. */
static size_t place(size_t size, uint64_t *state)
{
    size_t limit = random_next(state) % 2 && size > 512 ? 512 : size;
    return limit ? random_next(state) % limit : 0;
}

/* A mutated copy, exactly as long as it is, so that reading one byte too many is seen. */
static struct file mutate(const struct file *seed, uint64_t *state)
{
    static const uint8_t special[] = {0, 1, 0x7f, 0x80, 0xfe, 0xff};
    struct file copy = {malloc(seed->size + 1), seed->size};
    if (!copy.data)
        abort();
    memcpy(copy.data, seed->data, seed->size);
    int kind = (int)(random_next(state) % 4);
    if (kind == 0) {
        copy.size = place(seed->size, state);
    } else if (kind == 1 && copy.size) {
        copy.data[place(copy.size, state)] ^= (uint8_t)(1U << (random_next(state) % 8));
    } else if (kind == 2 && copy.size) {
        for (uint64_t i = 0, n = 1 + random_next(state) % 8; i < n; i++)
            copy.data[place(copy.size, state)] = special[random_next(state) % sizeof special];
    } else if (copy.size > 1) { /* a piece is missing */
        size_t begin = place(copy.size, state), length = 1 + random_next(state) % 64;
        if (length > copy.size - begin)
            length = copy.size - begin;
        memmove(copy.data + begin, copy.data + begin + length, copy.size - begin - length);
        copy.size -= length;
    }
    uint8_t *exact = malloc(copy.size ? copy.size : 1);
    if (!exact)
        abort();
    memcpy(exact, copy.data, copy.size);
    free(copy.data);
    copy.data = exact;
    return copy;
}

static void write_file(const char *folder, int index, const struct file *file)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%05d", folder, index);
    FILE *stream = fopen(path, "wb");
    if (!stream || fwrite(file->data, 1, file->size, stream) != file->size || fclose(stream)) {
        perror(path);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    const char *folder = NULL;
    if (argc > 3 && strcmp(argv[1], "--write") == 0) {
        folder = argv[2];
        argc -= 2;
        argv += 2;
    }
    if (argc < 3) {
        fprintf(stderr, "usage: %s [--write DIR] COUNT FILE...\n", argv[0]);
        return 2;
    }
    int count = (int)strtol(argv[1], NULL, 10), files = argc - 2;
    uint64_t state = 1;
    struct file *seeds = calloc((size_t)files, sizeof *seeds);
    if (!seeds)
        abort();
    for (int i = 0; i < files; i++) {
        seeds[i] = read_file(argv[2 + i]);
        if (!folder)
            LLVMFuzzerTestOneInput(seeds[i].data, seeds[i].size);
    }
    if (!folder)
        LLVMFuzzerTestOneInput(seeds[0].data, 0);
    for (int i = 0; i < count; i++) {
        struct file mutated = mutate(&seeds[i % files], &state);
        if (folder)
            write_file(folder, i, &mutated);
        else
            LLVMFuzzerTestOneInput(mutated.data, mutated.size);
        free(mutated.data);
    }
    for (int i = 0; i < files; i++)
        free(seeds[i].data);
    free(seeds);
    return 0;
}
