/**
 * Counting is one pass with a small stack of (sum of alternatives so far, product of the current
 * alternative). Expanding gives result number n by reading n as a mixed-radix number over the
 * groups, so no intermediate strings exist: every result is written once.
 */
#include "pack/brace.h"

#include <assert.h>
#include <string.h>

struct level {
    uint32_t sum;     /* results of the finished alternatives of this group */
    uint32_t product; /* results of the alternative being read */
    size_t begin;     /* where the group opened */
    bool comma;
};

static uint32_t capped(uint64_t value)
{
    return value > BRACE_RESULTS_MAX ? BRACE_RESULTS_MAX + 1 : (uint32_t)value;
}

static enum ward_status fault_set(struct brace_fault *fault, enum ward_status status, size_t at,
                                  const char *message)
{
    *fault = (struct brace_fault){at, message};
    return status;
}

static enum ward_status level_close(struct level *levels, uint32_t *depth,
                                    struct brace_fault *fault, size_t at)
{
    if (!*depth)
        return fault_set(fault, WARD_ERR_FORMAT, at, "a closing brace without an opening one");
    const struct level *top = &levels[*depth];
    if (!top->comma)
        return fault_set(fault, WARD_ERR_FORMAT, top->begin,
                         "a brace group needs at least two alternatives");
    const uint32_t results = capped((uint64_t)top->sum + top->product);
    --*depth;
    levels[*depth].product = capped((uint64_t)levels[*depth].product * results);
    return WARD_OK;
}

enum ward_status brace_count(struct ward_str term, uint32_t *count, struct brace_fault *fault)
{
    struct level levels[BRACE_DEPTH_MAX + 1] = {{.product = 1}};
    uint32_t depth = 0;
    *count = 0;
    if (term.len > BRACE_BYTES_MAX)
        return fault_set(fault, WARD_ERR_LIMIT, 0, "a term of more than 4096 bytes");
    for (size_t at = 0; at < term.len; at++) {
        const char c = term.data[at];
        if (c == '\\') {
            if (++at == term.len)
                return fault_set(fault, WARD_ERR_FORMAT, at - 1, "a backslash before nothing");
        } else if (c == '{') {
            if (depth == BRACE_DEPTH_MAX)
                return fault_set(fault, WARD_ERR_LIMIT, at, "braces nested more than 8 deep");
            levels[++depth] = (struct level){.product = 1, .begin = at};
        } else if (c == ',' && depth) {
            struct level *top = &levels[depth];
            top->sum = capped((uint64_t)top->sum + top->product);
            top->product = 1;
            top->comma = true;
        } else if (c == '}') {
            const enum ward_status status = level_close(levels, &depth, fault, at);
            if (status != WARD_OK)
                return status;
        }
    }
    if (depth)
        return fault_set(fault, WARD_ERR_FORMAT, levels[depth].begin, "an unclosed brace");
    if (levels[0].product > BRACE_RESULTS_MAX)
        return fault_set(fault, WARD_ERR_LIMIT, 0, "braces stand for more than 4096 terms");
    *count = levels[0].product;
    return WARD_OK;
}

/* ---- Expansion ---- */

/* End of the run that starts at `at`: the next comma or closing brace of the same level, or end. */
static size_t run_end(struct ward_str term, size_t at)
{
    uint32_t depth = 0;
    while (at < term.len) {
        const char c = term.data[at];
        if (!depth && (c == ',' || c == '}'))
            return at;
        depth += c == '{';
        depth -= c == '}';
        at += c == '\\' ? 2 : 1;
    }
    return term.len;
}

/* Results of term[begin, end), which has been checked. */
static uint32_t part_count(struct ward_str term, size_t begin, size_t end)
{
    struct brace_fault fault;
    uint32_t count = 0;
    const struct ward_str part = {term.data + begin, end - begin};
    const enum ward_status status = brace_count(part, &count, &fault);
    assert(status == WARD_OK);
    return status == WARD_OK ? count : 1;
}

/* Picks alternative number `*pick` (in results) of the group at `open`; returns where it begins and
 * leaves in `*pick` the number within it. `*close` is set behind the group. */
static size_t alternative_of(struct ward_str term, size_t open, uint32_t *pick, size_t *close)
{
    size_t begin = open + 1;
    size_t found = begin;
    bool done = false;
    for (;;) {
        const size_t end = run_end(term, begin);
        const uint32_t results = part_count(term, begin, end);
        if (!done && *pick < results) {
            found = begin;
            done = true;
        } else if (!done) {
            *pick -= results;
        }
        if (end >= term.len || term.data[end] == '}') {
            *close = end + 1;
            return found;
        }
        begin = end + 1;
    }
}

struct frame {
    size_t at;
    bool inside; /* within a group: a comma or closing brace ends the frame */
    uint32_t pick;
};

/* Splits `frame->pick` into the part for the group at `open` (most significant, so that results
 * come in the order written) and the rest for what follows. */
static uint32_t group_pick(struct ward_str term, struct frame *frame, size_t open)
{
    uint32_t pick = UINT32_MAX;
    size_t close;
    (void)alternative_of(term, open, &pick, &close);
    const size_t end = frame->inside ? run_end(term, close) : term.len;
    const uint32_t rest = part_count(term, close, end);
    const uint32_t mine = frame->pick / rest;
    frame->pick %= rest;
    return mine;
}

/* Writes result number `n` to `out` (room for term.len bytes); returns its length. */
static size_t result_write(struct ward_str term, uint32_t n, char *out)
{
    struct frame frames[BRACE_DEPTH_MAX + 1] = {{.pick = n}};
    uint32_t depth = 0;
    size_t len = 0;
    for (;;) {
        struct frame *frame = &frames[depth];
        const char c = frame->at < term.len ? term.data[frame->at] : '\0';
        if (frame->at >= term.len || (frame->inside && (c == ',' || c == '}'))) {
            if (!depth)
                return len;
            depth--;
        } else if (c == '{') {
            const size_t open = frame->at;
            uint32_t pick = group_pick(term, frame, open);
            const size_t begin = alternative_of(term, open, &pick, &frame->at);
            frames[++depth] = (struct frame){begin, true, pick};
        } else {
            frame->at += c == '\\';
            out[len++] = term.data[frame->at++];
        }
    }
}

enum ward_status brace_expand(struct arena *arena, struct ward_str term, uint32_t count,
                              struct ward_str **out)
{
    *out = NULL;
    struct ward_str *results = arena_calloc(arena, count, sizeof *results);
    if (!results)
        return WARD_ERR_NOMEM;
    char text[BRACE_BYTES_MAX];
    for (uint32_t n = 0; n < count; n++) {
        const size_t len = result_write(term, n, text);
        results[n] = arena_copy(arena, (struct ward_str){text, len});
        if (!results[n].data)
            return WARD_ERR_NOMEM;
    }
    *out = results;
    return WARD_OK;
}
