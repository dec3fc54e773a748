/* Y4M and MJPEG clips: made in memory, played through the source, cut at every length. */
#include "../pictures.h"
#include "../support.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#include "../../app/source/clip.h"

static const struct source_pacing once = {.as_fast_as_possible = true, .once = true};
static const struct source_pacing endless = {.as_fast_as_possible = true};

/* A file in memory that has a path. */
struct temporary {
    int fd;
    char path[64];
};

static struct temporary temporary_file(const void *data, size_t count)
{
    struct temporary file = {.fd = memfd_create("clip", MFD_CLOEXEC)};
    assert_true(file.fd >= 0);
    assert_int_equal(write(file.fd, data, count), count);
    snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
    return file;
}

static void append(struct bytes *bytes, const void *data, size_t count)
{
    if (count == 0)
        return;
    bytes->data = realloc(bytes->data, bytes->count + count);
    assert_non_null(bytes->data);
    memcpy(bytes->data + bytes->count, data, count);
    bytes->count += count;
}

static void append_text(struct bytes *bytes, const char *text)
{
    append(bytes, text, strlen(text));
}

/* `frames` frames of `frame_bytes` bytes; frame f is filled with f, f + 1, f + 2 … */
static struct bytes make_y4m(const char *header, int frames, size_t frame_bytes)
{
    struct bytes clip = {0};
    append_text(&clip, header);
    for (int f = 0; f < frames; f++) {
        append_text(&clip, "FRAME\n");
        for (size_t i = 0; i < frame_bytes; i++)
            append(&clip, &(uint8_t){(uint8_t)((size_t)f + i)}, 1);
    }
    return clip;
}

static struct bytes small_jpeg(enum jpeg_kind kind, int width)
{
    struct mn_bitmap bitmap = {0};
    smooth_picture(&bitmap, width, 16);
    struct bytes jpeg = make_jpeg(&bitmap.image, kind, false);
    mn_bitmap_free(&bitmap);
    return jpeg;
}

/* Plays a clip to its end. Returns the frames shown; *status is what came after them: SOURCE_END,
 * or SOURCE_ERROR, also when it could not be opened. */
static int play(const void *data, size_t count, enum source_status *status, struct mn_error *error)
{
    struct temporary file = temporary_file(data, count);
    struct source *source;
    int frames = 0;
    *status = SOURCE_ERROR;
    if (clip_open(&source, file.path, &once, error) == MN_OK) {
        struct frame *frame;
        while ((*status = source->next(source, -1, &frame, error)) == SOURCE_FRAME) {
            assert_int_equal(frame->number, frames);
            frame_drop(frame);
            frames++;
        }
        source->close(source);
    }
    close(file.fd);
    return frames;
}

static void expect_refused(const void *data, size_t count, const char *why)
{
    struct mn_error error = {0};
    enum source_status status;
    int frames = play(data, count, &status, &error);
    if (frames != 0 || status != SOURCE_ERROR || error.status != MN_BAD_INPUT ||
        !strstr(error.message, why) || strchr(error.message, '\n'))
        fail_msg("expected \"%s\", got %d frames, status %d, \"%s\"", why, frames, error.status,
                 error.message);
}

static void y4m_is_played(void **state)
{
    (void)state;
    struct bytes clip =
        make_y4m("YUV4MPEG2 W6 H4 F25:1 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2\n", 3, 36);
    struct temporary file = temporary_file(clip.data, clip.count);
    struct source *source;
    struct mn_error error;
    assert_int_equal(clip_open(&source, file.path, &once, &error), MN_OK);
    assert_non_null(strstr(source->description, "6x4 Y4M, 25 fps"));
    for (int f = 0; f < 3; f++) {
        struct frame *frame;
        assert_int_equal(source->next(source, -1, &frame, &error), SOURCE_FRAME);
        assert_int_equal(frame->number, f);
        assert_int_equal(frame->image.format, MN_PIXEL_I420);
        assert_int_equal(frame->image.width, 6);
        assert_int_equal(frame->image.height, 4);
        assert_int_equal(frame->image.matrix, MN_BT601);
        assert_int_equal(frame->image.range, MN_RANGE_LIMITED);
        assert_int_equal(frame->image.plane[0][frame->image.stride[0]], f + 6);
        assert_int_equal(frame->image.plane[1][0], f + 24);
        assert_int_equal(frame->image.plane[2][5], f + 35);
        frame_drop(frame);
    }
    struct frame *none;
    assert_int_equal(source->next(source, -1, &none, &error), SOURCE_END);
    assert_int_equal(source->next(source, -1, &none, &error), SOURCE_END);
    source->close(source);
    close(file.fd);
    free(clip.data);
}

static void y4m_headers(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t frame_bytes;
        const char *refusal; /* NULL: it is played */
    } cases[] = {
        {"YUV4MPEG2 W2 H2\n", 6, NULL},
        {"YUV4MPEG2 H2 W2 C420jpeg F0:0\n", 6, NULL},
        {"YUV4MPEG2 W2 H2 C420paldv It\n", 6, NULL},
        {"YUV4MPEG2 W3 H3 C420\n", 17, NULL},
        {"YUV4MPEG2 W3 H3 Cmono XCOLORRANGE=FULL\n", 9, NULL},
        {"YUV4MPEG2 W2 H2 C422\n", 8, "422"},
        {"YUV4MPEG2 W2 H2 C444\n", 12, "444"},
        {"YUV4MPEG2 W2 H2 C420p10\n", 12, "420p10"},
        {"YUV4MPEG2 W2 H2 Cmono16\n", 8, "mono16"},
        {"YUV4MPEG2 H2\n", 6, "0 x 2"},
        {"YUV4MPEG2 W0 H2\n", 6, "\"W0\""},
        {"YUV4MPEG2 W-2 H2\n", 6, "\"W-2\""},
        {"YUV4MPEG2 W2x H2\n", 6, "\"W2x\""},
        {"YUV4MPEG2 W99999999999999999999 H2\n", 6, "cannot be"},
        {"YUV4MPEG2 W65501 H2\n", 6, "cannot be"},
        {"YUV4MPEG2 W16000 H16000\n", 6, "cut short in frame 0"},
        {"YUV4MPEG2 W2 H2 F30\n", 6, "\"F30\""},
        {"YUV4MPEG2 W2 H2 F30:-1\n", 6, "\"F30:-1\""},
        {"YUV4MPEG3 W2 H2\n", 6, "not a Y4M"},
        {"YUV4MPEG2", 0, "Y4M"},
        {"YUV4MPEG2 W2 H2", 0, "no end"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes clip =
            make_y4m(cases[i].header, cases[i].frame_bytes ? 2 : 0, cases[i].frame_bytes);
        struct mn_error error;
        enum source_status status;
        if (cases[i].refusal)
            expect_refused(clip.data, clip.count, cases[i].refusal);
        else if (play(clip.data, clip.count, &status, &error) != 2 || status != SOURCE_END)
            fail_msg("%s: %s", cases[i].header, error.message);
        free(clip.data);
    }
}

static void y4m_colour_range(void **state)
{
    (void)state;
    struct bytes clip = make_y4m("YUV4MPEG2 W2 H720 XCOLORRANGE=FULL\n", 1, 3 * 720);
    struct temporary file = temporary_file(clip.data, clip.count);
    struct source *source;
    struct frame *frame;
    struct mn_error error;
    assert_int_equal(clip_open(&source, file.path, &once, &error), MN_OK);
    assert_int_equal(source->next(source, -1, &frame, &error), SOURCE_FRAME);
    assert_int_equal(frame->image.range, MN_RANGE_FULL);
    assert_int_equal(frame->image.matrix, MN_BT709);
    frame_drop(frame);
    source->close(source);
    close(file.fd);
    free(clip.data);
}

static void y4m_frame_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        size_t length;
        bool good;
    } cases[] = {
        {"FRAME\n", 6, true},   {"FRAME Ip\n", 9, true}, {"FRAMES\n", 7, false},
        {"\0RAME\n", 6, false}, {"FRAM\n", 5, false},    {"\n", 1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes clip = make_y4m("YUV4MPEG2 W2 H2\n", 1, 6);
        append(&clip, cases[i].line, cases[i].length);
        append(&clip, "......", 6);
        struct mn_error error = {0};
        enum source_status status;
        int frames = play(clip.data, clip.count, &status, &error);
        assert_int_equal(frames, cases[i].good ? 2 : 1);
        assert_int_equal(status, cases[i].good ? SOURCE_END : SOURCE_ERROR);
        if (!cases[i].good)
            assert_non_null(strstr(error.message, "frame 1"));
        free(clip.data);
    }
}

/* ends[f] is the offset behind frame f. A clip cut there ends well; cut elsewhere it is an error
 * that names the frame. */
static void cut_everywhere(const struct bytes *clip, const size_t *ends, int frames)
{
    for (size_t length = 0; length < clip->count; length++) {
        int whole = 0;
        while (whole < frames && ends[whole] <= length)
            whole++;
        bool at_end = whole > 0 && ends[whole - 1] == length;
        struct mn_error error = {0};
        enum source_status status;
        int shown = play(clip->data, length, &status, &error);
        char frame[32];
        snprintf(frame, sizeof frame, "frame %d", whole);
        bool right = shown == whole && status == (at_end ? SOURCE_END : SOURCE_ERROR);
        if (status == SOURCE_ERROR)
            right = right && error.status == MN_BAD_INPUT &&
                    (whole == 0 || strstr(error.message, frame));
        if (!right)
            fail_msg("cut at %zu: %d frames, expected %d, \"%s\"", length, shown, whole,
                     error.message);
    }
}

static void y4m_cut_everywhere(void **state)
{
    (void)state;
    const char *header = "YUV4MPEG2 W4 H2 F30000:1001\n";
    struct bytes clip = make_y4m(header, 3, 12);
    size_t ends[3];
    for (size_t f = 0; f < 3; f++)
        ends[f] = strlen(header) + (f + 1) * 18;
    assert_int_equal(ends[2], clip.count);
    cut_everywhere(&clip, ends, 3);
    free(clip.data);
}

static void mjpeg_cut_everywhere(void **state)
{
    (void)state;
    struct bytes clip = {0}, jpeg = small_jpeg(JPEG_PLAIN, 16);
    size_t ends[3];
    for (int f = 0; f < 3; f++) {
        append(&clip, jpeg.data, jpeg.count);
        ends[f] = clip.count;
    }
    cut_everywhere(&clip, ends, 3);
    free(jpeg.data);
    free(clip.data);
}

/* Each kind of JPEG is taken whole, also with FF D9 and FF D8 inside a comment. */
static void mjpeg_kinds(void **state)
{
    (void)state;
    static const enum jpeg_kind kinds[] = {JPEG_PLAIN,    JPEG_FINE,        JPEG_GREY,
                                           JPEG_RESTARTS, JPEG_PROGRESSIVE, JPEG_SCANS};
    static const uint8_t comment[] = {0xff, 0xfe, 0, 8, 0xff, 0xd9, 0xff, 0xd8, 0xff, 0xd9};
    struct bytes clip = {0};
    enum { KINDS = sizeof kinds / sizeof kinds[0] };
    for (size_t i = 0; i < KINDS; i++) {
        struct bytes jpeg = small_jpeg(kinds[i], 32);
        memcpy(insert_bytes(&jpeg, 2, sizeof comment), comment, sizeof comment);
        append(&clip, jpeg.data, jpeg.count);
        free(jpeg.data);
    }
    struct mn_error error = {0};
    enum source_status status;
    int frames = play(clip.data, clip.count, &status, &error);
    if (frames != KINDS || status != SOURCE_END)
        fail_msg("%d frames, \"%s\"", frames, error.message);
    free(clip.data);
}

static void mjpeg_padding(void **state)
{
    (void)state;
    struct bytes clip = {0}, jpeg = small_jpeg(JPEG_PLAIN, 16);
    struct mn_error error;
    enum source_status status;
    memset(insert_bytes(&jpeg, 2, 3), 0xff, 3); /* fill bytes before a marker */
    for (int f = 0; f < 2; f++) {
        append(&clip, jpeg.data, jpeg.count);
        append(&clip, "\0\0\0", 3);
    }
    assert_int_equal(play(clip.data, clip.count, &status, &error), 2);
    assert_int_equal(status, SOURCE_END);

    append_text(&clip, "anything else");
    append(&clip, jpeg.data, jpeg.count);
    assert_int_equal(play(clip.data, clip.count, &status, &error), 2);
    assert_int_equal(status, SOURCE_ERROR);
    assert_int_equal(error.status, MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "frame 2"));
    free(jpeg.data);
    free(clip.data);
}

static void mjpeg_broken_in_the_middle(void **state)
{
    (void)state;
    struct bytes clip = {0}, jpeg = small_jpeg(JPEG_PLAIN, 16), broken = small_jpeg(JPEG_PLAIN, 16);
    broken.data[4] = 0; /* the length of a segment: less than its own two bytes */
    broken.data[5] = 1;
    append(&clip, jpeg.data, jpeg.count);
    append(&clip, broken.data, broken.count);
    append(&clip, jpeg.data, jpeg.count);
    free(broken.data);
    struct mn_error error;
    enum source_status status;
    assert_int_equal(play(clip.data, clip.count, &status, &error), 1);
    assert_int_equal(status, SOURCE_ERROR);
    assert_int_equal(error.status, MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "frame 1"));

    /* well-formed to the walk, but the decoder finds data missing */
    struct bytes bad = {0};
    append(&bad, jpeg.data, jpeg.count);
    append(&bad, jpeg.data, jpeg.count - 12);
    append(&bad, "\xff\xd9", 2);
    assert_int_equal(play(bad.data, bad.count, &status, &error), 1);
    assert_int_equal(error.status, MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "frame 1"));
    free(bad.data);
    free(jpeg.data);
    free(clip.data);
}

static void loops_and_wakes(void **state)
{
    (void)state;
    struct bytes clip = make_y4m("YUV4MPEG2 W2 H2\n", 3, 6);
    struct temporary file = temporary_file(clip.data, clip.count);
    struct source *source;
    struct frame *frame = NULL;
    struct mn_error error;
    int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert_true(wake >= 0);
    assert_int_equal(clip_open(&source, file.path, &endless, &error), MN_OK);
    for (uint64_t i = 0; i < 7; i++) {
        uint64_t one = 1;
        assert_int_equal(write(wake, &one, sizeof one), sizeof one);
        assert_int_equal(source->next(source, wake, &frame, &error), SOURCE_WOKEN);
        assert_int_equal(read(wake, &one, sizeof one), sizeof one);
        assert_int_equal(source->next(source, wake, &frame, &error), SOURCE_FRAME);
        assert_int_equal(frame->number, i); /* waking loses no frame */
        assert_int_equal(frame->image.plane[0][0], i % 3);
        frame_drop(frame);
    }
    source->close(source);
    close(wake);
    close(file.fd);
    free(clip.data);
}

static void frames_outlive_the_source(void **state)
{
    (void)state;
    struct bytes clip = make_y4m("YUV4MPEG2 W2 H2\n", 2, 6);
    struct temporary file = temporary_file(clip.data, clip.count);
    struct source *source;
    struct frame *first, *second;
    struct mn_error error;
    assert_int_equal(clip_open(&source, file.path, &once, &error), MN_OK);
    assert_int_equal(source->next(source, -1, &first, &error), SOURCE_FRAME);
    assert_int_equal(source->next(source, -1, &second, &error), SOURCE_FRAME);
    source->close(source);
    assert_int_equal(first->image.plane[0][3], 3);
    assert_int_equal(second->image.plane[0][3], 4);
    frame_drop(first);
    frame_drop(second);
    close(file.fd);
    free(clip.data);
}

static void a_clip_that_shrinks_is_an_error(void **state)
{
    (void)state;
    struct bytes clip = make_y4m("YUV4MPEG2 W128 H128\n", 4, 128 * 128 * 3 / 2);
    struct temporary file = temporary_file(clip.data, clip.count);
    struct source *source;
    struct frame *frame;
    struct mn_error error;
    assert_int_equal(clip_open(&source, file.path, &endless, &error), MN_OK);
    assert_int_equal(ftruncate(file.fd, 10), 0);
    enum source_status status;
    while ((status = source->next(source, -1, &frame, &error)) == SOURCE_FRAME)
        frame_drop(frame);
    assert_int_equal(status, SOURCE_ERROR);
    source->close(source);
    close(file.fd);
    free(clip.data);
}

static struct frame *expect_next(struct source *source, uint64_t number)
{
    struct frame *frame;
    struct mn_error error;
    assert_int_equal(source->next(source, -1, &frame, &error), SOURCE_FRAME);
    assert_int_equal(frame->number, number);
    return frame;
}

/* Frames come as they are written, by their own clock; where none comes, the reader can be woken.
 */
static void through_a_pipe(void **state)
{
    (void)state;
    static const struct source_pacing as_it_comes = {0};
    struct bytes clip = make_y4m("YUV4MPEG2 W6 H4 F25:1 C420\n", 3, 36);
    size_t half = clip.count - 20; /* in the last frame */
    int ends[2], wake = eventfd(1, EFD_CLOEXEC);
    char path[64];
    struct source *source;
    struct frame *frame;
    struct mn_error error;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    assert_int_equal(write(ends[1], clip.data, half), half);
    assert_int_equal(clip_open(&source, path, &as_it_comes, &error), MN_OK);
    assert_non_null(strstr(source->description, "6x4 Y4M"));
    assert_null(strstr(source->description, "fps"));
    for (uint64_t i = 0; i < 2; i++) {
        frame = expect_next(source, i);
        assert_int_equal(frame->pts_ns, frame->captured_ns);
        frame_drop(frame);
    }
    assert_int_equal(write(ends[1], clip.data + half, 20), 20);
    close(ends[1]);
    frame = expect_next(source, 2);
    assert_int_equal(frame->image.plane[0][0], 2);
    frame_drop(frame);
    assert_int_equal(source->next(source, -1, &frame, &error), SOURCE_END);
    source->close(source);
    close(ends[0]);

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    assert_int_equal(write(ends[1], clip.data, half), half);
    assert_int_equal(clip_open(&source, path, &as_it_comes, &error), MN_OK);
    frame_drop(expect_next(source, 0));
    frame_drop(expect_next(source, 1));
    assert_int_equal(source->next(source, wake, &frame, &error), SOURCE_WOKEN);
    source->close(source);
    close(ends[0]);
    close(ends[1]);
    close(wake);
    free(clip.data);
}

static void not_a_clip(void **state)
{
    (void)state;
    struct source *source;
    struct mn_error error;
    expect_refused("", 0, "empty");
    expect_refused("hello", 5, "neither");
    expect_refused("\xff\xd8", 2, "cut short in frame 0");
    expect_refused("\xff\xd8\xff", 3, "cut short in frame 0");
    assert_int_equal(clip_open(&source, "/nonexistent.y4m", &once, &error), MN_BAD_INPUT);
    assert_int_equal(clip_open(&source, "/", &once, &error), MN_BAD_INPUT);
    assert_int_equal(clip_open(&source, "/dev/zero", &once, &error), MN_BAD_INPUT);
}

static void a_real_clip(void **state)
{
    (void)state;
    const char *path = test_data("clips/bottle_640x360_nodht.mjpeg");
    struct source *source;
    struct frame *frame;
    struct mn_error error;
    assert_int_equal(clip_open(&source, path, &once, &error), MN_OK);
    assert_non_null(strstr(source->description, "640x360 MJPEG, 30 fps"));
    int frames = 0;
    while (source->next(source, -1, &frame, &error) == SOURCE_FRAME) {
        assert_int_equal(frame->image.width, 640);
        assert_int_equal(frame->image.height, 360);
        frame_drop(frame);
        frames++;
    }
    assert_int_equal(frames, 90);
    source->close(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(y4m_is_played),
        cmocka_unit_test(y4m_headers),
        cmocka_unit_test(y4m_colour_range),
        cmocka_unit_test(y4m_frame_lines),
        cmocka_unit_test(y4m_cut_everywhere),
        cmocka_unit_test(mjpeg_cut_everywhere),
        cmocka_unit_test(mjpeg_kinds),
        cmocka_unit_test(mjpeg_padding),
        cmocka_unit_test(mjpeg_broken_in_the_middle),
        cmocka_unit_test(loops_and_wakes),
        cmocka_unit_test(frames_outlive_the_source),
        cmocka_unit_test(a_clip_that_shrinks_is_an_error),
        cmocka_unit_test(through_a_pipe),
        cmocka_unit_test(not_a_clip),
        cmocka_unit_test(a_real_clip),
    };
    return cmocka_run_group_tests_name("clip", tests, NULL, NULL);
}
