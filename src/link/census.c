/**
 * Numbering and sorting; see census.h for the order and why it is fixed.
 */
#include "link/census.h"

#include <stdlib.h>

#include "base/str.h"
#include "link/names.h"

/* Digits compare as numbers, the rest as bytes; equal numbers written differently fall through. */
static int compare_ids(struct ward_str a, struct ward_str b)
{
    size_t i = 0, k = 0;
    while (i < a.len && k < b.len) {
        size_t m = i, n = k;
        while (m < a.len && a.data[m] >= '0' && a.data[m] <= '9')
            m++;
        while (n < b.len && b.data[n] >= '0' && b.data[n] <= '9')
            n++;
        if (m == i || n == k) {
            if (a.data[i] != b.data[k])
                return (unsigned char)a.data[i] < (unsigned char)b.data[k] ? -1 : 1;
            i++;
            k++;
            continue;
        }
        while (i + 1 < m && a.data[i] == '0')
            i++;
        while (k + 1 < n && b.data[k] == '0')
            k++;
        if (m - i != n - k)
            return m - i < n - k ? -1 : 1;
        const int order = memcmp(a.data + i, b.data + k, m - i);
        if (order)
            return order;
        i = m;
        k = n;
    }
    return str_compare(a, b);
}

static int compare_events(const struct link_event *a, const struct link_event *b)
{
    if (a->has_time != b->has_time)
        return a->has_time ? -1 : 1;
    if (a->has_time && a->time_ms != b->time_ms)
        return a->time_ms < b->time_ms ? -1 : 1;
    int order = str_compare(a->platform, b->platform);
    if (!order)
        order = str_compare(a->group, b->group);
    if (!order)
        order = compare_ids(a->id, b->id);
    return order;
}

/* Events of one key: the graver one first, so that which of them counts does not depend on order.
 */
static int compare_twins(const struct link_event *a, const struct link_event *b)
{
    if (a->level != b->level)
        return a->level > b->level ? -1 : 1;
    const int order = str_compare(a->account, b->account);
    return order ? order : str_compare(a->text, b->text);
}

struct sorting {
    const struct link_event *events;
};

static int by_order(const void *left, const void *right, void *sorting)
{
    const struct link_event *all = ((const struct sorting *)sorting)->events;
    const uint32_t i = *(const uint32_t *)left, k = *(const uint32_t *)right;
    int order = compare_events(&all[i], &all[k]);
    if (!order)
        order = compare_twins(&all[i], &all[k]);
    return order ? order : (i > k) - (i < k);
}

static bool is_twin(const struct link_event *a, const struct link_event *b)
{
    return a->id.len && compare_events(a, b) == 0;
}

static enum ward_status put_in_order(struct census *census, struct arena *work)
{
    const struct link_input *input = census->input;
    const size_t n = input->event_count;
    uint32_t *order = arena_calloc(work, n + 1, sizeof *order);
    census->rank = arena_calloc(work, n + 1, sizeof *census->rank);
    census->events = arena_calloc(work, n + 1, sizeof *census->events);
    census->level = arena_calloc(work, n + 1, 1);
    if (!order || !census->rank || !census->events || !census->level)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    struct sorting all = {input->events};
    if (n)
        qsort_r(order, n, sizeof *order, by_order, &all);
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct link_event *event = &input->events[order[i]];
        if (count && is_twin(census->events[count - 1], event)) {
            census->rank[order[i]] = count - 1;
            continue;
        }
        census->rank[order[i]] = count;
        census->events[count] = event;
        census->level[count] = (uint8_t)event->level;
        order[count] = order[i];
        count++;
    }
    census->input_index = order;
    census->event_count = count;
    return WARD_OK;
}

/* An account that is not named, but has an alias, is known within its group by the alias. */
static enum ward_status number_account(struct names *names, const struct link_event *event,
                                       uint32_t *number)
{
    *number = CENSUS_NONE;
    if (event->account.len)
        return names_number(names, event->platform, event->account, number);
    if (!event->alias.len)
        return WARD_OK;
    char local[512];
    struct ward_str name = {local, 0};
    const struct ward_str parts[2] = {str_part(event->group, 0, 200),
                                      str_part(event->alias, 0, 200)};
    memcpy(local, parts[0].data ? parts[0].data : "", parts[0].len);
    local[parts[0].len] = '/';
    memcpy(local + parts[0].len + 1, parts[1].data, parts[1].len);
    name.len = parts[0].len + 1 + parts[1].len;
    return names_number(names, event->platform, name, number);
}

static enum ward_status number_all(struct census *census, struct names *accounts,
                                   struct names *groups)
{
    for (uint32_t i = 0; i < census->event_count; i++) {
        const struct link_event *event = census->events[i];
        if (number_account(accounts, event, &census->account[i]))
            return WARD_ERR_NOMEM;
        census->group[i] = CENSUS_NONE;
        if (event->group.len &&
            names_number(groups, event->platform, event->group, &census->group[i]))
            return WARD_ERR_NOMEM;
    }
    return WARD_OK;
}

/* Sorts the names, replaces the numbers `of` the events by the new ones, moves the keys out. */
static enum ward_status settle(struct names *names, uint32_t *of, uint32_t event_count,
                               struct ward_str **keys, struct arena *keep)
{
    uint32_t *renumbered = malloc((names->count + 1u) * sizeof *renumbered);
    *keys = arena_calloc(keep, names->count + 1u, sizeof **keys);
    if (!renumbered || !*keys || names_sort(names, renumbered)) {
        free(renumbered);
        return WARD_ERR_NOMEM;
    }
    for (uint32_t i = 0; i < event_count; i++)
        if (of[i] != CENSUS_NONE)
            of[i] = renumbered[of[i]];
    if (names->count)
        memcpy(*keys, names->keys, names->count * sizeof **keys);
    free(renumbered);
    return WARD_OK;
}

/* Lists of ranks by account or group. */
static enum ward_status list_by(const uint32_t *of, uint32_t event_count, uint32_t count,
                                uint32_t **begin, uint32_t **ranks, struct arena *work)
{
    *begin = arena_calloc(work, count + 2u, sizeof **begin);
    *ranks = arena_calloc(work, event_count + 1u, sizeof **ranks);
    if (!*begin || !*ranks)
        return WARD_ERR_NOMEM;
    for (uint32_t i = 0; i < event_count; i++)
        if (of[i] != CENSUS_NONE)
            (*begin)[of[i] + 1]++;
    for (uint32_t i = 1; i <= count; i++)
        (*begin)[i] += (*begin)[i - 1];
    uint32_t *fill = malloc((count + 1u) * sizeof *fill);
    if (!fill)
        return WARD_ERR_NOMEM;
    memcpy(fill, *begin, (count + 1u) * sizeof *fill);
    for (uint32_t i = 0; i < event_count; i++)
        if (of[i] != CENSUS_NONE)
            (*ranks)[fill[of[i]]++] = i;
    free(fill);
    return WARD_OK;
}

/* Number of `key` among ascending `keys`. */
static uint32_t find_key(const struct ward_str *keys, uint32_t count, struct ward_str key)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const int order = str_compare(keys[middle], key);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return CENSUS_NONE;
}

uint32_t census_account(const struct census *census, struct ward_str key)
{
    return find_key(census->account_key, census->account_count, key);
}

static enum ward_status count_messages(struct census *census, struct arena *work)
{
    census->group_messages = arena_calloc(work, census->group_count + 1u, sizeof(uint64_t));
    if (!census->group_messages)
        return WARD_ERR_NOMEM;
    const struct link_input *input = census->input;
    for (size_t i = 0; i < input->group_count; i++) {
        char local[1024];
        const struct ward_str platform = input->groups[i].platform, group = input->groups[i].group;
        if (platform.len + group.len + 1 > sizeof local)
            continue;
        if (platform.len)
            memcpy(local, platform.data, platform.len);
        local[platform.len] = '/';
        if (group.len)
            memcpy(local + platform.len + 1, group.data, group.len);
        const uint32_t at = find_key(census->group_key, census->group_count,
                                     (struct ward_str){local, platform.len + 1 + group.len});
        if (at != CENSUS_NONE)
            census->group_messages[at] += input->groups[i].messages;
    }
    for (uint32_t g = 0; g < census->group_count; g++) {
        const uint64_t given = census->group_begin[g + 1] - census->group_begin[g];
        if (census->group_messages[g] < given)
            census->group_messages[g] = given;
    }
    return WARD_OK;
}

static int by_key(const void *left, const void *right)
{
    return str_compare(*(const struct ward_str *)left, *(const struct ward_str *)right);
}

/* "platform/group/id" of an event; empty when it does not fit. */
static struct ward_str event_key(const struct link_event *event, char *room, size_t size)
{
    const struct ward_str parts[3] = {event->platform, event->group, event->id};
    if (parts[0].len + parts[1].len + parts[2].len + 2 > size)
        return (struct ward_str){room, 0};
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        if (i)
            room[at++] = '/';
        if (parts[i].len)
            memcpy(room + at, parts[i].data, parts[i].len);
        at += parts[i].len;
    }
    return (struct ward_str){room, at};
}

/* Events that a human dismissed lose their level. */
static enum ward_status dismiss(struct census *census)
{
    const struct link_input *input = census->input;
    struct ward_str *keys = malloc((input->judgement_count + 1) * sizeof *keys);
    if (!keys)
        return WARD_ERR_NOMEM;
    uint32_t count = 0;
    for (size_t k = 0; k < input->judgement_count; k++)
        if (input->judgements[k].kind == LINK_JUDGE_INNOCENT)
            keys[count++] = input->judgements[k].a;
    if (count)
        qsort(keys, count, sizeof *keys, by_key);
    for (uint32_t i = 0; count && i < census->event_count; i++) {
        char room[2048];
        const struct ward_str key = event_key(census->events[i], room, sizeof room);
        if (find_key(keys, count, key) != CENSUS_NONE)
            census->level[i] = WARD_LEVEL_NONE;
    }
    free(keys);
    return WARD_OK;
}

/* Which event of its group each one is. */
static enum ward_status number_places(struct census *census, struct arena *work)
{
    census->place = arena_calloc(work, census->event_count + 1u, sizeof *census->place);
    if (!census->place)
        return WARD_ERR_NOMEM;
    for (uint32_t g = 0; g < census->group_count; g++)
        for (uint32_t i = census->group_begin[g]; i < census->group_begin[g + 1]; i++)
            census->place[census->group_events[i]] = i - census->group_begin[g];
    return WARD_OK;
}

static enum ward_status take(struct census *census, struct names *accounts, struct names *groups,
                             struct arena *keep, struct arena *work)
{
    if (put_in_order(census, work))
        return WARD_ERR_NOMEM;
    const uint32_t n = census->event_count;
    census->account = arena_calloc(work, n + 1u, sizeof *census->account);
    census->group = arena_calloc(work, n + 1u, sizeof *census->group);
    if (!census->account || !census->group || number_all(census, accounts, groups) ||
        settle(accounts, census->account, n, &census->account_key, keep) ||
        settle(groups, census->group, n, &census->group_key, keep))
        return WARD_ERR_NOMEM;
    census->account_count = accounts->count;
    census->group_count = groups->count;
    if (list_by(census->account, n, accounts->count, &census->account_begin,
                &census->account_events, work) ||
        list_by(census->group, n, groups->count, &census->group_begin, &census->group_events,
                work) ||
        number_places(census, work) || count_messages(census, work))
        return WARD_ERR_NOMEM;
    return dismiss(census);
}

enum ward_status census_take(struct census *census, const struct link_input *input,
                             struct arena *keep, struct arena *work)
{
    *census = (struct census){.input = input};
    struct names accounts, groups;
    names_init(&accounts, keep);
    names_init(&groups, keep);
    const enum ward_status status = take(census, &accounts, &groups, keep, work);
    names_release(&accounts);
    names_release(&groups);
    return status;
}
