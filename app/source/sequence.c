/* Serial number arithmetic (RFC 1982): a step of less than 2^31 is a step forward. */
#include "sequence.h"

uint64_t sequence_next(struct sequence *sequence, uint32_t counter)
{
    if (sequence->started) {
        uint32_t step = counter - sequence->last; /* modulo 2^32 */
        bool forward = step > 0 && step < UINT32_C(1) << 31;
        sequence->number += forward ? step : 1;
    }
    sequence->started = true;
    sequence->last = counter;
    return sequence->number;
}
