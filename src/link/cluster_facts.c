#include "link/cluster_facts.h"

#include "signal/child.h"
#include "signal/place.h"
#include "signal/price.h"

struct sink {
    struct cluster_fact *out;
    uint32_t count;
};

void cluster_facts_init(struct cluster_facts_reader *reader)
{
    tokens_init(&reader->tokens);
    handle_values_init(&reader->values);
}

void cluster_facts_release(struct cluster_facts_reader *reader)
{
    tokens_release(&reader->tokens);
    handle_values_release(&reader->values);
}

static void put(struct sink *sink, uint32_t begin, uint32_t end, enum cluster_part_kind kind)
{
    if (sink->count < CLUSTER_FACTS_MAX)
        sink->out[sink->count++] = (struct cluster_fact){begin, end, (uint8_t)kind};
}

static void put_children(struct sink *sink, const struct tokens *tokens)
{
    static const uint8_t kinds[2] = {CLUSTER_SLOT_AGE, CLUSTER_SLOT_SEX};
    struct child_part parts[CHILD_PARTS_MAX];
    const uint32_t count = child_read_parts(tokens, SIGNAL_TEXT, parts, CHILD_PARTS_MAX);
    for (uint32_t k = 0; k < 2; k++) {
        for (uint32_t i = 0; i < count; i++) {
            const bool is_sex = parts[i].kind == PART_SEX;
            const bool is_age = parts[i].kind == PART_AGE || parts[i].kind == PART_DUE ||
                                parts[i].kind == PART_BIRTH;
            if (parts[i].first == parts[i].last || (k == 0 ? !is_age : !is_sex))
                continue;
            const struct text_units *units = tokens->units;
            put(sink, units->begin[token_at(tokens, parts[i].first)->unit_begin],
                units->end[token_at(tokens, parts[i].last - 1)->unit_end - 1],
                (enum cluster_part_kind)kinds[k]);
        }
    }
}

enum ward_status cluster_facts_read(struct cluster_facts_reader *reader,
                                    const struct text_units *units, struct cluster_fact *out,
                                    uint32_t *count)
{
    struct sink sink = {out, 0};
    uint32_t handles = 0;
    *count = 0;
    if (!units->count)
        return WARD_OK;
    enum ward_status status = tokens_read(&reader->tokens, units);
    if (status == WARD_OK)
        status = handle_read(&reader->tokens, &reader->values, reader->handles, CLUSTER_FACTS_MAX,
                             &handles);
    if (status != WARD_OK)
        return status;
    for (uint32_t i = 0; i < handles; i++)
        put(&sink, reader->handles[i].begin, reader->handles[i].end, CLUSTER_SLOT_HANDLE);
    const uint32_t prices = price_read(&reader->tokens, price_language_of(&reader->tokens),
                                       reader->prices, CLUSTER_FACTS_MAX);
    for (uint32_t i = 0; i < prices; i++)
        put(&sink, reader->prices[i].begin, reader->prices[i].end, CLUSTER_SLOT_PRICE);
    put_children(&sink, &reader->tokens);
    const uint32_t places =
        place_read(&reader->tokens, SIGNAL_TEXT, reader->places, CLUSTER_FACTS_MAX);
    for (uint32_t i = 0; i < places; i++)
        put(&sink, reader->places[i].begin, reader->places[i].end, CLUSTER_SLOT_PLACE);
    *count = sink.count;
    return WARD_OK;
}
