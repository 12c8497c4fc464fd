#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "http/pipe.h"

static void count_drained(void *context)
{
    atomic_fetch_add((atomic_int *)context, 1);
}

static void test_bytes_come_in_order_around_the_ring(void **state)
{
    atomic_int drained = 0;
    struct http_pipe *pipe = pipe_new(count_drained, &drained);
    unsigned char block[6007];
    unsigned char back[6007];
    unsigned next_in = 0;
    unsigned next_out = 0;
    (void)state;
    for (int round = 0; round < 300; round++) {
        for (size_t i = 0; i < sizeof block; i++)
            block[i] = (unsigned char)(next_in++ % 251);
        assert_int_equal(pipe_write(pipe, block, sizeof block), sizeof block);
        size_t got = 0;
        while (got < sizeof back)
            got += (size_t)pipe_read(pipe, back + got, sizeof back - got);
        for (size_t i = 0; i < sizeof back; i++)
            assert_int_equal(back[i], next_out++ % 251);
    }
    pipe_end(pipe, 0);
    assert_int_equal(pipe_read(pipe, back, 1), 0);
    assert_int_equal(atomic_load(&drained), 0);
    pipe_free(pipe);
}

static void test_a_full_pipe_holds_the_writer_back(void **state)
{
    atomic_int drained = 0;
    struct http_pipe *pipe = pipe_new(count_drained, &drained);
    char *block = calloc(1, HTTP_PIPE_BYTES);
    (void)state;
    assert_int_equal(pipe_write(pipe, block, HTTP_PIPE_BYTES), HTTP_PIPE_BYTES);
    assert_int_equal(pipe_write(pipe, block, 10), 0);
    assert_true(pipe_wait(pipe));
    assert_int_equal(pipe_read(pipe, block, 1000), 1000);
    assert_int_equal(atomic_load(&drained), 0);
    assert_int_equal(pipe_read(pipe, block, HTTP_PIPE_BYTES / 2), HTTP_PIPE_BYTES / 2);
    assert_int_equal(atomic_load(&drained), 1);
    assert_false(pipe_wait(pipe)); /* there is room: go on at once */
    free(block);
    pipe_free(pipe);
}

static void test_what_came_before_an_end_is_read(void **state)
{
    atomic_int drained = 0;
    struct http_pipe *pipe = pipe_new(count_drained, &drained);
    char back[8];
    (void)state;
    assert_int_equal(pipe_write(pipe, "abc", 3), 3);
    pipe_end(pipe, ECONNRESET);
    pipe_end(pipe, 0); /* the first end counts */
    assert_true(pipe_is_ready(pipe));
    assert_int_equal(pipe_read(pipe, back, 8), 3);
    assert_int_equal(pipe_read(pipe, back, 8), -1);
    assert_int_equal(errno, ECONNRESET);
    pipe_free(pipe);
}

static void test_an_abandoned_pipe_takes_all(void **state)
{
    atomic_int drained = 0;
    struct http_pipe *pipe = pipe_new(count_drained, &drained);
    char *block = calloc(1, HTTP_PIPE_BYTES);
    (void)state;
    assert_int_equal(pipe_write(pipe, block, HTTP_PIPE_BYTES), HTTP_PIPE_BYTES);
    assert_true(pipe_wait(pipe));
    pipe_abandon(pipe);
    assert_int_equal(atomic_load(&drained), 1);
    assert_int_equal(pipe_write(pipe, block, HTTP_PIPE_BYTES), HTTP_PIPE_BYTES);
    assert_int_equal(pipe_write(pipe, block, HTTP_PIPE_BYTES), HTTP_PIPE_BYTES);
    free(block);
    pipe_free(pipe);
}

struct reader {
    struct http_pipe *pipe;
    uint64_t sum, bytes;
};

static void *read_all(void *context)
{
    struct reader *reader = context;
    unsigned char back[777];
    ssize_t got;
    while ((got = pipe_read(reader->pipe, back, sizeof back)) > 0)
        for (ssize_t i = 0; i < got; i++) {
            reader->sum += back[i] * (++reader->bytes % 127);
        }
    return NULL;
}

static void test_two_threads(void **state)
{
    atomic_int drained = 0;
    struct reader reader = {.pipe = pipe_new(count_drained, &drained)};
    pthread_t thread;
    unsigned char block[4099];
    uint64_t sum = 0;
    uint64_t bytes = 0;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, read_all, &reader), 0);
    for (int round = 0; round < 2000; round++) {
        for (size_t i = 0; i < sizeof block; i++) {
            block[i] = (unsigned char)(round + (int)i);
            sum += block[i] * (++bytes % 127);
        }
        for (size_t done = 0; done < sizeof block;)
            done += pipe_write(reader.pipe, block + done, sizeof block - done);
    }
    pipe_end(reader.pipe, 0);
    (void)pthread_join(thread, NULL);
    assert_int_equal(reader.bytes, bytes);
    assert_int_equal(reader.sum, sum);
    pipe_free(reader.pipe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_come_in_order_around_the_ring),
        cmocka_unit_test(test_a_full_pipe_holds_the_writer_back),
        cmocka_unit_test(test_what_came_before_an_end_is_read),
        cmocka_unit_test(test_an_abandoned_pipe_takes_all),
        cmocka_unit_test(test_two_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
