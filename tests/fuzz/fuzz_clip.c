/* Fuzz target: clips, through the source that plays them. The bytes become a file in memory, which
 * is played to its end. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../app/source/clip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FRAMES_MAX = 64 /* enough to come past the end of any seed */ };

/* Reads a byte of each row, so that a sanitizer sees a picture that is smaller than it says. */
static void touch(const struct mn_image *image)
{
    volatile uint8_t byte;
    for (int y = 0; y < image->height; y++)
        byte = image->plane[0][(size_t)y * image->stride[0]];
    (void)byte;
}

static void play(const char *path)
{
    const struct source_pacing pacing = {.as_fast_as_possible = true, .once = true};
    struct source *source;
    struct mn_error error;
    if (clip_open(&source, path, &pacing, &error) != MN_OK)
        return;
    struct frame *frame;
    for (int i = 0; i < FRAMES_MAX; i++) {
        if (source->next(source, -1, &frame, &error) != SOURCE_FRAME)
            break;
        touch(&frame->image);
        frame_drop(frame);
    }
    source->close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("clip", MFD_CLOEXEC);
    if (fd < 0 || (size > 0 && write(fd, data, size) != (ssize_t)size)) {
        perror("memfd");
        abort(); /* a run that tests nothing must not pass */
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    play(path);
    close(fd);
    return 0;
}
