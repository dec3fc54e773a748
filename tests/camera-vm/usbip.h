/* USB/IP as the kernel's virtual host controller speaks it: headers, and whole reads and writes. */
#ifndef USBIP_H
#define USBIP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CMD_SUBMIT = 1, CMD_UNLINK = 2, RET_SUBMIT = 3, RET_UNLINK = 4 };

/* All words are big-endian. */
struct usbip_header {
    uint32_t command, seqnum, device, direction, endpoint;
    uint32_t words[5]; /* submit: flags, length, …; its answer: status, length, …; unlink: seqnum */
    uint8_t setup[8];
};
_Static_assert(sizeof(struct usbip_header) == 48, "as the protocol has it");

static inline bool read_all(int fd, void *data, size_t count)
{
    for (uint8_t *to = data; count > 0;) {
        ssize_t got = read(fd, to, count);
        if (got <= 0)
            return false;
        to += got;
        count -= (size_t)got;
    }
    return true;
}

static inline void send_all(int fd, const void *data, size_t count)
{
    for (const uint8_t *from = data; count > 0;) {
        ssize_t sent = send(fd, from, count, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the host is gone; reading will say so */
        from += sent;
        count -= (size_t)sent;
    }
}

#endif
