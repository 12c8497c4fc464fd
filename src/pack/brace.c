/**
 * Counting is one pass with a small stack of (sum of alternatives so far, product of the current
 * alternative). Expanding reads the term once from its end and notes how many results follow each
 * byte; result number n is then written by reading n as a mixed-radix number over the groups. No
 * intermediate strings exist: every result is written once.
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
        return fault_set(fault, WARD_ERR_LIMIT, 0, "a term of more than 2000 bytes");
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

/* What lies behind every byte of a checked term, worked out once for all its results. */
struct shape {
    uint16_t rest[BRACE_BYTES_MAX + 1];  /* results from here to the end of the run */
    uint16_t end[BRACE_BYTES_MAX + 1];   /* of an alternative's first byte: where it ends */
    uint16_t close[BRACE_BYTES_MAX + 1]; /* of an opening brace: its closing one */
};

static void mark_escaped(struct ward_str term, bool escaped[BRACE_BYTES_MAX])
{
    bool next = false;
    for (size_t i = 0; i < term.len; i++) {
        escaped[i] = next;
        next = !next && term.data[i] == '\\';
    }
}

struct open_group {
    uint32_t sum;   /* results of the alternatives behind the current byte */
    uint32_t after; /* results of what follows the group */
    size_t close;
    size_t end; /* of the alternative the current byte is in */
};

/* Reads the term from its end, so that what follows a byte is known when the byte is read. */
static void shape_read(struct ward_str term, struct shape *shape)
{
    bool escaped[BRACE_BYTES_MAX];
    struct open_group groups[BRACE_DEPTH_MAX + 1];
    uint32_t depth = 0;
    mark_escaped(term, escaped);
    shape->rest[term.len] = 1;
    for (size_t at = term.len; at-- > 0;) {
        const char c = escaped[at] ? 'x' : term.data[at];
        uint32_t rest = shape->rest[at + 1];
        struct open_group *group = &groups[depth];
        if (c == '}') {
            groups[++depth] = (struct open_group){.after = rest, .close = at, .end = at};
            rest = 1;
        } else if (c == ',' && depth) {
            group->sum += rest;
            shape->end[at + 1] = (uint16_t)group->end;
            group->end = at;
            rest = 1;
        } else if (c == '{') {
            shape->end[at + 1] = (uint16_t)group->end;
            shape->close[at] = (uint16_t)group->close;
            rest = (group->sum + rest) * group->after;
            depth--;
        }
        shape->rest[at] = (uint16_t)rest;
    }
}

struct frame {
    size_t at;
    bool inside; /* within a group: a comma or closing brace ends the frame */
    uint32_t pick;
};

/* Enters the group at `frame->at`: its alternatives are the most significant digit of the pick, so
 * that results come in the order written. */
static struct frame frame_enter(const struct shape *shape, struct frame *frame)
{
    const size_t open = frame->at;
    const size_t behind = (size_t)shape->close[open] + 1;
    uint32_t pick = frame->pick / shape->rest[behind];
    frame->pick %= shape->rest[behind];
    frame->at = behind;
    size_t begin = open + 1;
    while (pick >= shape->rest[begin]) {
        pick -= shape->rest[begin];
        begin = (size_t)shape->end[begin] + 1;
    }
    return (struct frame){begin, true, pick};
}

/* Writes result number `n` to `out` (room for term.len bytes); returns its length. */
static size_t result_write(struct ward_str term, const struct shape *shape, uint32_t n, char *out)
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
            frames[depth + 1] = frame_enter(shape, frame);
            depth++;
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
    struct shape shape;
    shape_read(term, &shape);
    for (uint32_t n = 0; n < count; n++) {
        const size_t len = result_write(term, &shape, n, text);
        results[n] = arena_copy(arena, (struct ward_str){text, len});
        if (!results[n].data)
            return WARD_ERR_NOMEM;
    }
    *out = results;
    return WARD_OK;
}
