#include "guard.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../support.h"

/* As a float, four of these are a quiet NaN. */
enum { CANARY = 0xff };

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

struct guard guard_new(size_t size, enum guard_side side)
{
    size_t page = page_size(), pages = size / page + 1; /* at least one byte of canaries */
    unsigned char *whole = mmap(NULL, (pages + 2) * page, PROT_NONE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (whole == MAP_FAILED)
        fail_msg("no memory for a buffer of %zu bytes", size);
    struct guard guard = {.size = size, .map = whole + page, .map_size = pages * page};
    assert_int_equal(mprotect(guard.map, guard.map_size, PROT_READ | PROT_WRITE), 0);
    memset(guard.map, CANARY, guard.map_size);
    size_t offset = side == GUARD_BEHIND ? guard.map_size - size : 0;
    guard.data = (unsigned char *)guard.map + offset;
    return guard;
}

void guard_protect(struct guard *guard)
{
    assert_int_equal(mprotect(guard->map, guard->map_size, PROT_READ), 0);
}

bool guard_intact(const struct guard *guard)
{
    const unsigned char *map = guard->map, *data = guard->data;
    for (const unsigned char *p = map; p < data; p++)
        if (*p != CANARY)
            return false;
    for (const unsigned char *p = data + guard->size; p < map + guard->map_size; p++)
        if (*p != CANARY)
            return false;
    return true;
}

void guard_free(struct guard *guard)
{
    size_t page = page_size();
    if (guard->map)
        munmap((unsigned char *)guard->map - page, guard->map_size + 2 * page);
    *guard = (struct guard){0};
}
