/**
 * Linking of N made-up flagged events, clustering of their texts included: seconds and peak memory.
 * Usage: bench_link N. A third as many accounts as events, one group for fifty accounts, a handle
 * in every fourth event (one actor's two accounts share it), a picture in every eighth.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "link/link.h"

struct made {
    char id[16], account[16], group[16], handle[20], phash[17], text[160];
    struct ward_handle handles[1];
    struct ward_media media[1];
};

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return *state >> 24;
}

static struct ward_str str(const char *text)
{
    return (struct ward_str){text, strlen(text)};
}

static void make_text(char *out, size_t size, uint64_t *random)
{
    static const char *const words[] = {"男宝", "女宝", "三个月", "健康", "喝奶好",   "广东",
                                        "云南", "诚心", "营养费", "加我", "已打疫苗", "可视频",
                                        "急",   "待产", "不退",   "面谈"};
    size_t len = 0;
    const uint64_t count = 4 + next_random(random) % 6;
    out[0] = '\0';
    for (uint64_t i = 0; i < count; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%llu", words[next_random(random) % 16],
                                (unsigned long long)(next_random(random) % 1000));
}

static void make_event(struct link_event *event, struct made *m, uint32_t i, uint32_t n,
                       uint64_t *random)
{
    const uint32_t accounts = n / 3 + 1;
    const uint32_t account = (uint32_t)(next_random(random) % accounts);
    snprintf(m->id, sizeof m->id, "%u", i);
    snprintf(m->account, sizeof m->account, "u%u", account);
    snprintf(m->group, sizeof m->group, "g%u", account / 50);
    snprintf(m->handle, sizeof m->handle, "test_h%u", account % (accounts / 2 + 1));
    snprintf(m->phash, sizeof m->phash, "%016llx",
             (unsigned long long)(next_random(random) * 0x9e3779b97f4a7c15ULL));
    make_text(m->text, sizeof m->text, random);
    m->handles[0] = (struct ward_handle){.kind = "wechat", .value = str(m->handle)};
    m->media[0] = (struct ward_media){.phash = str(m->phash)};
    *event = (struct link_event){.platform = {"qq", 2},
                                 .group = str(m->group),
                                 .id = str(m->id),
                                 .account = str(m->account),
                                 .text = str(m->text),
                                 .level = WARD_LEVEL_REVIEW,
                                 .role = (enum ward_role)(1 + account % 3),
                                 .score = 0.8,
                                 .has_time = true,
                                 .time_ms = (int64_t)i * 1000,
                                 .handles = m->handles,
                                 .handle_count = i % 4 == 0,
                                 .media = m->media,
                                 .media_count = i % 8 == 0};
}

int main(int argc, char **argv)
{
    const uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 10000;
    struct link_event *events = calloc(n + 1u, sizeof *events);
    struct made *made = calloc(n + 1u, sizeof *made);
    uint64_t random = 1;
    if (!events || !made)
        return 2;
    for (uint32_t i = 0; i < n; i++)
        make_event(&events[i], &made[i], i, n, &random);
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    const struct link_input input = {.events = events, .event_count = n};
    struct link *link;
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    if (link_build(&input, &link, NULL))
        return 2;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    getrusage(RUSAGE_SELF, &after);
    printf("%u events: %.2f s, %ld MB above the input; %zu people, %zu cases, %zu ties\n", n,
           (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9,
           (after.ru_maxrss - before.ru_maxrss) / 1024, link->person_count, link->case_count,
           link->tie_count);
    link_free(link);
    free(made);
    free(events);
    return 0;
}
