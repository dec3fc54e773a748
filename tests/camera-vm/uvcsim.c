/* A USB webcam made of software: what the kernel's uvcvideo driver sees is a real USB device.
 *
 *     uvcsim FPS PICTURE.jpg...
 *
 * It speaks USB/IP (Documentation/usb/usbip_protocol.rst) over a socket pair whose other end is
 * given to vhci_hcd, the kernel's virtual host controller, and serves a camera of UVC 1.0 with one
 * bulk endpoint: MJPG and YUYV in 640x480 and 320x240. Each JPEG file is one frame of MJPG, in
 * turn. Needs the modules vhci-hcd and uvcvideo, and root.
 *
 * Lines on standard input: unplug, plug, stall, go, quit; and for the next N frames
 * trunc N (cut in half), garbage N (noise), err N (flagged as broken), empty N. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "usbip.h"
#include "uvc_descriptors.h"

enum {
    PAYLOAD_BYTES = 16384, /* of a bulk transfer: uvcvideo asks for no more in one (32 x 512) */
    PROBE_BYTES = 26,      /* of UVC 1.0's probe and commit control */
    PICTURES_MAX = 64,
    WAITING_MAX = 64,
};

/* ---- state ---- */

struct picture {
    uint8_t *bytes;
    size_t length;
};

/* A transfer that the driver is waiting for. */
struct waiting {
    uint32_t seqnum;
    size_t length;
};

struct camera {
    int socket; /* our end; -1 when unplugged */
    uint8_t probe[PROBE_BYTES];
    struct waiting waiting[WAITING_MAX];
    int waiting_count;
    struct picture pictures[PICTURES_MAX];
    int picture_count;
    /* the frame on its way; bytes is NULL between frames */
    struct picture frame;
    size_t sent;
    bool flagged;
    uint8_t frame_id; /* toggles from frame to frame */
    unsigned number;
    /* faults to come, in frames */
    int truncated, garbage, flagged_frames, empty;
    bool stalled;
    uint8_t yuyv[WIDTH * HEIGHT * 2], noise[1 << 20];
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- plugging, and answers ---- */

/* Answers a transfer. `data` is what the host reads; NULL where it wrote `length` bytes. */
static void reply(struct camera *camera, uint32_t seqnum, int status, const void *data,
                  size_t length)
{
    struct usbip_header header = {
        .command = htonl(RET_SUBMIT),
        .seqnum = seqnum,
        .words = {htonl((uint32_t)status), htonl((uint32_t)length)},
    };
    send_all(camera->socket, &header, sizeof header);
    if (data)
        send_all(camera->socket, data, length);
}

static bool plug(struct camera *camera)
{
    int ends[2];
    int attach = open("/sys/devices/platform/vhci_hcd.0/attach", O_WRONLY);
    if (attach < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        perror("uvcsim: vhci_hcd");
        return false;
    }
    /* port, socket, device id, speed (3: high) */
    bool attached = dprintf(attach, "0 %d %u 3", ends[1], 0x10002U) > 0;
    if (!attached)
        perror("uvcsim: attach");
    close(attach);
    close(ends[1]);
    camera->socket = ends[0];
    camera->waiting_count = 0;
    camera->frame.bytes = NULL;
    return attached;
}

static void unplug(struct camera *camera)
{
    if (camera->socket >= 0)
        close(camera->socket);
    camera->socket = -1;
}

/* ---- the control endpoint ---- */

/* Sets what the probe control answers: the host's wish, made possible. */
static void negotiate(struct camera *camera, int format, int frame, uint32_t interval)
{
    if (format != MJPG && format != YUYV)
        format = MJPG;
    if (frame != 1 && frame != 2)
        frame = 1;
    if (interval != 166666 && interval != 666666)
        interval = 333333;
    uint32_t bytes = WIDTH * HEIGHT * 2 / (frame == 1 ? 1 : 4);
    const uint8_t probe[PROBE_BYTES] = {
        LE16(1), (uint8_t)format, (uint8_t)frame, LE32(interval),     LE16(0), LE16(0), LE16(0),
        LE16(0), LE16(0),         LE32(bytes),    LE32(PAYLOAD_BYTES)};
    memcpy(camera->probe, probe, sizeof probe);
}

/* A string descriptor: UTF-16. Returns its length; 0 where there is no such string. */
static size_t string_descriptor(int index, uint8_t *to)
{
    static const char *const texts[] = {NULL, "uvcsim", "Simulated UVC camera"};
    if (index == 0) {
        memcpy(to, "\4\3\11\4", 4); /* US English */
        return 4;
    }
    if (index > 2)
        return 0;
    size_t length = 2;
    for (const char *c = texts[index]; *c; c++) {
        to[length++] = (uint8_t)*c;
        to[length++] = 0;
    }
    to[0] = (uint8_t)length;
    to[1] = 3;
    return length;
}

/* GET_DESCRIPTOR. Returns the length; 0: there is none. */
static size_t descriptor(int value, const uint8_t **data, uint8_t *scratch)
{
    *data = scratch;
    switch (value >> 8) {
    case 1:
        *data = device_descriptor;
        return sizeof device_descriptor;
    case 2:
        *data = configuration;
        return sizeof configuration;
    case 3:
        return string_descriptor(value & 255, scratch);
    case 6:
        *data = device_qualifier;
        return sizeof device_qualifier;
    default:
        return 0;
    }
}

/* What the host reads with this setup packet. Returns the length; 0: the request is refused. */
static size_t control_in(struct camera *camera, const uint8_t *setup, const uint8_t **data,
                         uint8_t *scratch)
{
    enum { GET_STATUS = 0, GET_DESCRIPTOR = 6, GET_CONFIGURATION = 8, GET_INTERFACE = 10 };
    enum { UVC_GET_LEN = 0x85, UVC_GET_INFO = 0x86 };
    int type = setup[0], request = setup[1], selector = setup[3];
    *data = scratch;
    memset(scratch, 0, 2);
    if (type == 0x80 && request == GET_DESCRIPTOR)
        return descriptor(setup[2] | setup[3] << 8, data, scratch);
    if (request == GET_STATUS)
        return 2;
    if (request == GET_CONFIGURATION)
        scratch[0] = 1;
    if (request == GET_CONFIGURATION || (type == 0x81 && request == GET_INTERFACE))
        return 1;
    /* the streaming interface's probe (1) and commit (2) */
    if (type != 0xa1 || setup[4] != 1 || (selector != 1 && selector != 2))
        return 0;
    scratch[0] = request == UVC_GET_LEN ? PROBE_BYTES : 3; /* info: may be read and written */
    if (request == UVC_GET_LEN || request == UVC_GET_INFO)
        return request == UVC_GET_LEN ? 2 : 1;
    *data = camera->probe;
    return PROBE_BYTES;
}

/* What the host wrote with this setup packet. */
static void control_out(struct camera *camera, const uint8_t *setup, const uint8_t *data,
                        size_t length)
{
    if (setup[0] == 0x21 && setup[1] == 1 && setup[4] == 1 && length >= 8) { /* probe or commit */
        uint32_t interval =
            data[4] | (uint32_t)data[5] << 8 | (uint32_t)data[6] << 16 | (uint32_t)data[7] << 24;
        negotiate(camera, data[2], data[3], interval);
    }
    if (setup[0] == 2 && setup[1] == 1) /* CLEAR_HALT of the endpoint: the stream was stopped */
        camera->frame.bytes = NULL;
}

static void control(struct camera *camera, uint32_t seqnum, const uint8_t *setup,
                    const uint8_t *written, size_t length)
{
    if (!(setup[0] & 0x80)) {
        control_out(camera, setup, written, length);
        reply(camera, seqnum, 0, NULL, length);
        return;
    }
    uint8_t scratch[64];
    const uint8_t *data;
    size_t count = control_in(camera, setup, &data, scratch);
    if (count == 0) {
        reply(camera, seqnum, -EPIPE, NULL, 0);
        return;
    }
    size_t wanted = (size_t)(setup[6] | setup[7] << 8);
    if (count > wanted)
        count = wanted;
    reply(camera, seqnum, 0, data, count < length ? count : length);
}

/* ---- the streaming endpoint ---- */

/* A grey slope that moves. */
static struct picture draw_yuyv(struct camera *camera)
{
    size_t bytes = WIDTH * HEIGHT * 2 / (camera->probe[3] == 1 ? 1 : 4);
    for (size_t i = 0; i < bytes; i += 2) {
        camera->yuyv[i] = (uint8_t)(i / (WIDTH * 2) + camera->number);
        camera->yuyv[i + 1] = 128;
    }
    return (struct picture){camera->yuyv, bytes};
}

/* Uses up one frame of a fault; was there one? */
static bool fault(int *frames)
{
    if (*frames <= 0)
        return false;
    --*frames;
    return true;
}

static struct picture make_noise(struct camera *camera, size_t length)
{
    if (length > sizeof camera->noise)
        length = sizeof camera->noise;
    for (size_t i = 0; i < length; i++)
        camera->noise[i] = (uint8_t)rand();
    return (struct picture){camera->noise, length};
}

/* Time for a frame: takes the next one, unless the host is still busy with the last. */
static void begin_frame(struct camera *camera)
{
    if (camera->stalled || camera->waiting_count == 0 || camera->frame.bytes)
        return;
    struct picture frame = camera->probe[2] == MJPG
                               ? camera->pictures[camera->number % (unsigned)camera->picture_count]
                               : draw_yuyv(camera);
    if (fault(&camera->empty))
        frame.length = 0;
    else if (fault(&camera->truncated))
        frame.length /= 2;
    else if (fault(&camera->garbage))
        frame = make_noise(camera, frame.length);
    camera->flagged = fault(&camera->flagged_frames);
    camera->frame = frame;
    camera->sent = 0;
    camera->number++;
}

/* Hands the frame to the transfers that wait: each is a payload with a header of two bytes. */
static void send_payloads(struct camera *camera)
{
    enum { HEADER_BYTES = 2, END_OF_FRAME = 2, ERROR = 0x40, END_OF_HEADER = 0x80 };
    uint8_t payload[PAYLOAD_BYTES];
    while (camera->waiting_count > 0 && camera->frame.bytes) {
        size_t room = camera->waiting[0].length;
        if (room > PAYLOAD_BYTES)
            room = PAYLOAD_BYTES;
        size_t count = camera->frame.length - camera->sent;
        if (count > room - HEADER_BYTES)
            count = room - HEADER_BYTES;
        memcpy(payload + HEADER_BYTES, camera->frame.bytes + camera->sent, count);
        camera->sent += count;
        bool last = camera->sent == camera->frame.length;
        payload[0] = HEADER_BYTES;
        payload[1] = (uint8_t)(END_OF_HEADER | camera->frame_id | (last ? END_OF_FRAME : 0) |
                               (camera->flagged ? ERROR : 0));
        reply(camera, camera->waiting[0].seqnum, 0, payload, count + HEADER_BYTES);
        camera->waiting_count--;
        memmove(camera->waiting, camera->waiting + 1,
                (size_t)camera->waiting_count * sizeof camera->waiting[0]);
        if (last) {
            camera->frame.bytes = NULL;
            camera->frame_id ^= 1;
        }
    }
}

/* ---- the loop ---- */

static bool submit(struct camera *camera, const struct usbip_header *header)
{
    uint8_t written[4096];
    size_t length = ntohl(header->words[1]);
    bool out = header->direction == 0;
    if (out && (length > sizeof written || !read_all(camera->socket, written, length)))
        return false;
    if (header->endpoint == 0) {
        control(camera, header->seqnum, header->setup, written, length);
    } else if (camera->waiting_count < WAITING_MAX && length > 2) {
        camera->waiting[camera->waiting_count].seqnum = header->seqnum;
        camera->waiting[camera->waiting_count++].length = length;
    }
    return true;
}

/* The host takes a transfer back; seqnums stay big-endian, they are only compared. */
static void unlink_transfer(struct camera *camera, const struct usbip_header *header)
{
    uint32_t status = 0;
    for (int i = 0; i < camera->waiting_count && status == 0; i++)
        if (camera->waiting[i].seqnum == header->words[0]) {
            camera->waiting_count--;
            memmove(camera->waiting + i, camera->waiting + i + 1,
                    (size_t)(camera->waiting_count - i) * sizeof camera->waiting[0]);
            status = htonl((uint32_t)-ECONNRESET);
        }
    struct usbip_header answer = {
        .command = htonl(RET_UNLINK), .seqnum = header->seqnum, .words = {status}};
    send_all(camera->socket, &answer, sizeof answer);
}

/* False: the host hung up. */
static bool serve_host(struct camera *camera)
{
    struct usbip_header header;
    if (!read_all(camera->socket, &header, sizeof header))
        return false;
    if (ntohl(header.command) == CMD_SUBMIT)
        return submit(camera, &header);
    if (ntohl(header.command) == CMD_UNLINK)
        unlink_transfer(camera, &header);
    return true;
}

/* The N of "WORD N", where the line has this word; -1 where it has another. */
static int frames_of(const char *line, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(line, word, length) != 0 || line[length] != ' ')
        return -1;
    return (int)strtol(line + length, NULL, 10);
}

/* "trunc N" and the like; false where it is none of them. */
static bool set_fault(struct camera *camera, const char *line)
{
    const struct {
        const char *word;
        int *frames;
    } faults[] = {{"trunc", &camera->truncated},
                  {"garbage", &camera->garbage},
                  {"err", &camera->flagged_frames},
                  {"empty", &camera->empty}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (frames_of(line, faults[i].word) >= 0) {
            *faults[i].frames = frames_of(line, faults[i].word);
            return true;
        }
    return false;
}

/* False: the end was asked for. */
static bool obey(struct camera *camera, const char *line)
{
    if (strcmp(line, "quit") == 0)
        return false;
    if (strcmp(line, "plug") == 0)
        return camera->socket >= 0 || plug(camera);
    if (strcmp(line, "unplug") == 0)
        unplug(camera);
    else if (strcmp(line, "stall") == 0 || strcmp(line, "go") == 0)
        camera->stalled = line[0] == 's';
    else if (!set_fault(camera, line))
        fprintf(stderr, "uvcsim: what is \"%s\"?\n", line);
    return true;
}

/* Reads a line of at most size - 1 bytes, without stdio, whose buffer poll() does not see. */
static bool read_line(char *line, size_t size)
{
    size_t length = 0;
    while (length + 1 < size && read(STDIN_FILENO, line + length, 1) == 1 && line[length] != '\n')
        length++;
    bool end = length == 0 && line[0] != '\n';
    line[length] = 0;
    return !end;
}

static int run(struct camera *camera, double interval_s)
{
    double due = now_s();
    bool listening = true;
    for (;;) {
        double now = now_s();
        if (now >= due) {
            due = due + interval_s > now ? due + interval_s : now + interval_s;
            begin_frame(camera);
        }
        send_payloads(camera);
        struct pollfd fds[2] = {
            {.fd = camera->socket, .events = POLLIN},
            {.fd = listening ? STDIN_FILENO : -1, .events = POLLIN},
        };
        double wait_ms = (due - now_s()) * 1000;
        if (poll(fds, 2, wait_ms > 0 ? (int)wait_ms + 1 : 0) < 0 && errno != EINTR)
            return 1;
        if (fds[1].revents) {
            char line[128] = "";
            listening = read_line(line, sizeof line);
            if (listening && !obey(camera, line))
                return 0;
        }
        if (camera->socket >= 0 && fds[0].revents && !serve_host(camera)) {
            fprintf(stderr, "uvcsim: the host hung up\n");
            return 0;
        }
    }
}

static bool read_picture(struct picture *picture, const char *path)
{
    FILE *file = fopen(path, "rb");
    long length = -1;
    if (file && fseek(file, 0, SEEK_END) == 0)
        length = ftell(file);
    if (length > 0)
        picture->bytes = malloc((size_t)length);
    if (picture->bytes) {
        rewind(file);
        picture->length = fread(picture->bytes, 1, (size_t)length, file);
    }
    if (file)
        fclose(file);
    bool whole = length > 0 && picture->length == (size_t)length;
    if (!whole)
        fprintf(stderr, "uvcsim: %s cannot be read\n", path);
    return whole;
}

int main(int argc, char **argv)
{
    double fps = argc > 1 ? strtod(argv[1], NULL) : 0;
    if (!(fps > 0) || argc < 3 || argc - 2 > PICTURES_MAX) {
        fprintf(stderr, "usage: uvcsim FPS PICTURE.jpg...\n");
        return 2;
    }
    static struct camera camera;
    for (int i = 2; i < argc; i++)
        if (!read_picture(&camera.pictures[camera.picture_count++], argv[i]))
            return 1;
    negotiate(&camera, MJPG, 1, 333333);
    return plug(&camera) ? run(&camera, 1 / fps) : 1;
}
