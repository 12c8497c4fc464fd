#include "link/cluster_align.h"

#include <assert.h>
#include <string.h>

void cluster_align(const uint16_t *a, uint32_t a_count, const uint16_t *b, uint32_t b_count,
                   uint16_t *table, uint16_t *partner)
{
    assert(a_count <= CLUSTER_TOKENS_MAX && b_count <= CLUSTER_TOKENS_MAX);
    const size_t width = b_count + (size_t)1;
    memset(table + a_count * width, 0, width * sizeof *table);
    /* table[i][j]: what a[i..] and b[j..] have in common */
    for (uint32_t i = a_count; i-- > 0;) {
        uint16_t *row = table + i * width;
        const uint16_t *below = row + width;
        row[b_count] = 0;
        for (uint32_t j = b_count; j-- > 0;) {
            const uint16_t skip = below[j] > row[j + 1] ? below[j] : row[j + 1];
            row[j] = a[i] == b[j] ? (uint16_t)(below[j + 1] + 1) : skip;
        }
    }
    uint32_t j = 0;
    for (uint32_t i = 0; i < a_count; i++) {
        partner[i] = CLUSTER_UNMATCHED;
        while (j < b_count && a[i] != b[j] && table[i * width + j + 1] > table[(i + 1) * width + j])
            j++;
        if (j < b_count && a[i] == b[j])
            partner[i] = (uint16_t)j++;
    }
}
