/* The newest-frame mailbox: newest wins, drops are counted, closing wakes, every use is given back.
 */
#include <pthread.h>

#include "../../app/pipeline/mailbox.h"
#include "../support.h"

static atomic_int living;

static void release(struct frame *frame)
{
    atomic_fetch_sub(&living, 1);
    free(frame);
}

static struct frame *new_frame(uint64_t number)
{
    struct frame *frame = calloc(1, sizeof *frame);
    assert_non_null(frame);
    frame->number = number;
    frame->release = release;
    atomic_init(&frame->uses, 1);
    atomic_fetch_add(&living, 1);
    return frame;
}

static void newest_wins(void **state)
{
    (void)state;
    struct mailbox box;
    mailbox_open(&box);
    assert_null(mailbox_try_take(&box));
    for (uint64_t i = 0; i < 5; i++)
        mailbox_put(&box, new_frame(i));
    assert_int_equal(mailbox_dropped(&box), 4);
    assert_int_equal(atomic_load(&living), 1);
    struct frame *frame = mailbox_take(&box);
    assert_int_equal(frame->number, 4);
    frame_drop(frame);
    assert_null(mailbox_try_take(&box));
    assert_int_equal(atomic_load(&living), 0);
    mailbox_destroy(&box);
}

static void closing_lets_the_last_one_out(void **state)
{
    (void)state;
    struct mailbox box;
    mailbox_open(&box);
    mailbox_put(&box, new_frame(1));
    mailbox_close(&box);
    mailbox_put(&box, new_frame(2));
    assert_int_equal(atomic_load(&living), 1);
    struct frame *frame = mailbox_take(&box);
    assert_int_equal(frame->number, 1);
    frame_drop(frame);
    assert_null(mailbox_take(&box));
    assert_true(mailbox_wait_empty(&box) == false);
    mailbox_destroy(&box);
    assert_int_equal(atomic_load(&living), 0);
}

static void abandoning_drops_all(void **state)
{
    (void)state;
    struct mailbox box;
    mailbox_open(&box);
    mailbox_put(&box, new_frame(1));
    mailbox_abandon(&box);
    assert_int_equal(atomic_load(&living), 0);
    assert_null(mailbox_take(&box));
    mailbox_destroy(&box);
}

enum { FRAMES = 20000 };

static void *produce(void *argument)
{
    struct mailbox *boxes = argument;
    for (uint64_t i = 1; i <= FRAMES; i++) {
        struct frame *frame = new_frame(i);
        mailbox_put(&boxes[0], frame_hold(frame));
        mailbox_put(&boxes[1], frame);
    }
    mailbox_close(&boxes[0]);
    mailbox_close(&boxes[1]);
    return NULL;
}

struct consumer {
    struct mailbox *box;
    uint64_t taken, last;
    bool ordered;
};

static void *consume(void *argument)
{
    struct consumer *consumer = argument;
    struct frame *frame;
    while ((frame = mailbox_take(consumer->box))) {
        consumer->ordered = consumer->ordered && frame->number > consumer->last;
        consumer->last = frame->number;
        consumer->taken++;
        frame_drop(frame);
    }
    return NULL;
}

static void one_producer_two_consumers(void **state)
{
    (void)state;
    struct mailbox boxes[2];
    struct consumer consumers[2];
    pthread_t threads[3];
    for (int i = 0; i < 2; i++) {
        mailbox_open(&boxes[i]);
        consumers[i] = (struct consumer){.box = &boxes[i], .ordered = true};
        assert_int_equal(pthread_create(&threads[i], NULL, consume, &consumers[i]), 0);
    }
    assert_int_equal(pthread_create(&threads[2], NULL, produce, boxes), 0);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 2; i++) {
        assert_true(consumers[i].ordered);
        assert_int_equal(consumers[i].last, FRAMES); /* the newest is never lost */
        assert_int_equal(consumers[i].taken + mailbox_dropped(&boxes[i]), FRAMES);
        mailbox_destroy(&boxes[i]);
    }
    assert_int_equal(atomic_load(&living), 0);
}

static void *lockstep_produce(void *argument)
{
    struct mailbox *box = argument;
    for (uint64_t i = 1; i <= 1000; i++) {
        mailbox_put(box, new_frame(i));
        if (!mailbox_wait_empty(box))
            return NULL;
    }
    mailbox_close(box);
    return NULL;
}

static void lockstep_drops_nothing(void **state)
{
    (void)state;
    struct mailbox box;
    pthread_t thread;
    mailbox_open(&box);
    assert_int_equal(pthread_create(&thread, NULL, lockstep_produce, &box), 0);
    struct consumer consumer = {.box = &box, .ordered = true};
    consume(&consumer);
    pthread_join(thread, NULL);
    assert_int_equal(consumer.taken, 1000);
    assert_int_equal(mailbox_dropped(&box), 0);
    mailbox_destroy(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newest_wins),
        cmocka_unit_test(closing_lets_the_last_one_out),
        cmocka_unit_test(abandoning_drops_all),
        cmocka_unit_test(one_producer_two_consumers),
        cmocka_unit_test(lockstep_drops_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
