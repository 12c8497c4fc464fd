/* Any bytes as texts, one a line, to be clustered: every text is in exactly one cluster, a cluster
 * is numbered by its first text, exact reposts meet, and the template of each cluster borrows from
 * its reference only. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "link/cluster.h"
#include "link/cluster_template.h"

#define TEXTS_MOST 200u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t cut(const uint8_t *data, size_t size, struct ward_str texts[TEXTS_MOST])
{
    const char *at = (const char *)data;
    const char *end = at + size;
    uint32_t count = 0;
    while (count < TEXTS_MOST && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        texts[count++] = (struct ward_str){at, (size_t)(stop - at)};
        at = stop < end ? stop + 1 : end;
    }
    return count;
}

static void check_template(const struct ward_str *members, uint32_t count)
{
    struct cluster_template made;
    if (cluster_template_make(members, count, &made) == WARD_OK) {
        if (made.part_count && made.reference >= count)
            abort();
        const struct ward_str whole = made.part_count ? members[made.reference] : members[0];
        for (uint32_t i = 0; i < made.part_count; i++) {
            const struct ward_str part = made.parts[i].text;
            if (part.len &&
                (part.data < whole.data || part.data + part.len > whole.data + whole.len))
                abort();
        }
    }
    cluster_template_release(&made);
}

static void check_result(const struct cluster_result *result, const struct ward_str *texts)
{
    struct ward_str members[TEXTS_MOST];
    uint32_t seen = 0;
    for (uint32_t c = 0; c < result->cluster_count; c++) {
        uint32_t count = 0;
        for (uint32_t k = result->begin[c]; k < result->begin[c + 1]; k++) {
            if (result->number[result->members[k]] != c)
                abort();
            members[count++] = texts[result->members[k]];
        }
        if (!count)
            abort();
        seen += count;
        check_template(members, count);
    }
    if (seen != result->text_count)
        abort();
}

/* An empty text is a cluster of its own; what is not empty meets its exact repost. */
static void check_reposts(const struct cluster_result *result, const struct ward_str *texts)
{
    for (uint32_t i = 1; i < result->text_count; i++)
        if (result->tokens[i] && str_equal(texts[i], texts[i - 1]) &&
            result->number[i] != result->number[i - 1])
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ward_str texts[TEXTS_MOST];
    struct cluster *cluster;
    struct cluster_result result;
    const uint32_t count = cut(data, size, texts);
    if (cluster_new(&cluster) != WARD_OK)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t first;
        if (cluster_add(cluster, texts[i], &first) != WARD_OK || first > i)
            abort();
    }
    if (cluster_finish(cluster, &result) == WARD_OK) {
        if (result.text_count != count)
            abort();
        check_result(&result, texts);
        check_reposts(&result, texts);
    }
    cluster_free(cluster);
    return 0;
}
