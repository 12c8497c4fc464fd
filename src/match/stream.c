/**
 * Stage one: cheap probes over the whole text, then a visit to the few places that answered.
 *
 * The first loop writes the symbols of units that carry meaning next to each other, so that a probe
 * of adjacent symbols reaches across whatever stood between. A second loop asks of each pair
 * of neighbours whether it is a key, whether a longer key begins so, and whether ordinary text has
 * it; no branch depends on the text until then. The places noted are asked for keys of three and
 * four symbols; where the writing is unusual, and only there, odd keys and rarer readings of the
 * text's characters are tried too. What is left costs a look at the entries and a walk.
 *
 * The same probes run over other streams, at the places where these differ from the first: doubled
 * units collapsed, letters and digits that are strewn in left out, signs read as letters, first
 * characters of lines.
 */
#include <assert.h>
#include <string.h>

#include "match/scan.h"

/* What was found at an index of a stream. */
#define FOUND_PAIR PAIR_KEY      /* pair of symbols, and not seen to be ordinary as written */
#define FOUND_BEGINS PAIR_BEGINS /* a plain key of three or four symbols begins so */
#define FOUND_LOOK 4u            /* pair of codes */
#define FOUND_THREE 8u           /* plain keys */
#define FOUND_FOUR 16u
#define FOUND_UNUSUAL 32u /* some pair of the four units is none of ordinary text */
#define FOUND_ODD_THREE 64u
#define FOUND_ODD_FOUR 128u
#define FOUND_BITS 8u
#define FOUND_ANY (255u & ~FOUND_BEGINS)

/* Bits of stream flags: those of symbol_entry, and one of the streams themselves. */
#define FLAGS_SHIFT 12u
#define FLAG_FOREIGN (SYMBOL_FOREIGN >> FLAGS_SHIFT)
#define FLAG_QUIET (SYMBOL_QUIET >> FLAGS_SHIFT)
#define FLAG_VARIED (SYMBOL_VARIED >> FLAGS_SHIFT)
#define FLAG_SINGLE (SYMBOL_SINGLE >> FLAGS_SHIFT)
#define FLAG_JOINT 16u /* units were left out before this one */

/* Letters or digits in a row that may be strewn in. */
#define STREWN_RUN_MAX 3u

/* Kinds of unit that carry meaning. */
#define KEEP_KINDS (1u << UNIT_HAN | 1u << UNIT_LETTER | 1u << UNIT_DIGIT | 1u << UNIT_OTHER)

static inline void stream_put(struct stream *stream, const struct symbols *symbols, uint32_t code,
                              uint32_t at)
{
    const uint32_t entry = symbol_entry(symbols, code);
    stream->symbol[stream->count] = (uint16_t)(entry & SYMBOL_MASK);
    stream->flags[stream->count] = (uint8_t)(entry >> FLAGS_SHIFT);
    stream->at[stream->count++] = at;
}

static void stream_end(struct stream *stream)
{
    memset(stream->symbol + stream->count, 0, SEED_SYMBOLS_MAX * sizeof(stream->symbol[0]));
    memset(stream->flags + stream->count, 0, SEED_SYMBOLS_MAX);
}

/* ---- Probing --------------------------------------------------------------------------------- */

static inline uint64_t pack_three(const uint16_t *s)
{
    return s[0] | (uint64_t)s[1] << SYMBOL_BITS | (uint64_t)s[2] << (2 * SYMBOL_BITS);
}

static inline uint64_t pack_four(const uint16_t *s)
{
    return pack_three(s) | (uint64_t)s[3] << (3 * SYMBOL_BITS);
}

/* What the loops below read, in one place so that it stays in registers. */
struct prober {
    const uint16_t *symbol;
    const uint8_t *flags;
    const uint32_t *at;
    const uint32_t *code;
    const uint64_t *usual;
    const uint64_t *pairs;
    struct seed_filter looks;
};

/* What is known of the pair that begins at i: FOUND_PAIR, _BEGINS, _LOOK and _UNUSUAL. */
static inline uint32_t ask_pair(const struct prober *p, uint32_t i)
{
    const uint64_t hash = look_hash(p->code[p->at[i]], p->code[p->at[i + 1]]);
    const uint64_t bits = chars_hash_bits(hash);
    const uint32_t ordinary = (bits & ~p->usual[hash >> CHARS_USUAL_SHIFT]) == 0;
    const uint32_t look = (bits & ~p->looks.words[hash >> p->looks.shift]) == 0;
    const uint32_t a = p->flags[i];
    const uint32_t b = p->flags[i + 1];
    const uint32_t calm = ordinary | ((a | b) & FLAG_QUIET) | (a & b & FLAG_FOREIGN);
    const uint32_t keys = pair_bits(p->pairs, p->symbol[i], p->symbol[i + 1]);
    return (keys & ~(ordinary * FOUND_PAIR)) | look * FOUND_LOOK | (uint32_t)!calm * FOUND_UNUSUAL;
}

/* Notes every index of [from, to) of which something is to be asked; returns how many are noted
 * now. The unusual pair may be any of the three of a key's four units. */
static uint32_t probe_pairs(const struct scan *scan, const struct stream *stream, uint32_t from,
                            uint32_t to, uint32_t count)
{
    const struct matcher *m = scan->matcher;
    const struct prober p = {stream->symbol,      stream->flags, stream->at, scan->view.code,
                             chars_pair_filter(), m->pairs,      m->looks};
    uint32_t *restrict found = scan->scratch->found;
    const uint32_t last = stream->count - 1; /* pairs there are */
    uint32_t here = ask_pair(&p, from);
    uint32_t next = from + 1 < last ? ask_pair(&p, from + 1) : 0;
    for (uint32_t i = from; i < to; i++) {
        const uint32_t after = i + 2 < last ? ask_pair(&p, i + 2) : 0;
        const uint32_t kinds = here | ((next | after) & FOUND_UNUSUAL);
        found[count] = i << FOUND_BITS | kinds;
        count += kinds != 0;
        here = next;
        next = after;
    }
    return count;
}

/* Asks the filters of longer keys at the places noted from `first` on; drops what holds nothing. */
static uint32_t probe_longer(const struct scan *scan, const struct stream *stream, uint32_t first,
                             uint32_t count)
{
    const struct seed_filter plain = scan->matcher->plain;
    const struct seed_filter odd = scan->matcher->odd;
    const uint16_t *symbol = stream->symbol;
    const uint8_t *flags = stream->flags;
    uint32_t *restrict found = scan->scratch->found;
    uint32_t kept = first;
    for (uint32_t n = first; n < count; n++) {
        uint32_t entry = found[n];
        const uint32_t i = entry >> FOUND_BITS;
        const uint64_t three = symbols_hash(pack_three(symbol + i), 3);
        const uint64_t four = symbols_hash(pack_four(symbol + i), 4);
        const uint64_t three_bits = chars_hash_bits(three);
        const uint64_t four_bits = chars_hash_bits(four);
        if (entry & FOUND_BEGINS) {
            const uint64_t word = ~filter_word(&plain, three);
            entry |= (uint32_t) !(three_bits & word) * FOUND_THREE |
                     (uint32_t) !(four_bits & word) * FOUND_FOUR;
        }
        if (entry & FOUND_UNUSUAL) {
            const uint64_t word = ~filter_word(&odd, three);
            entry |= (uint32_t) !(three_bits & word) * FOUND_ODD_THREE |
                     (uint32_t) !(four_bits & word) * FOUND_ODD_FOUR;
            if (!((flags[i] | flags[i + 1] | flags[i + 2] | flags[i + 3]) & FLAG_VARIED))
                entry &= ~FOUND_UNUSUAL;
        }
        found[kept] = entry;
        kept += (entry & FOUND_ANY) != 0;
    }
    return kept;
}

static uint32_t probe(const struct scan *scan, const struct stream *stream, uint32_t from,
                      uint32_t to, uint32_t count)
{
    assert(to < stream->count);
    return probe_longer(scan, stream, count, probe_pairs(scan, stream, from, to, count));
}

/* ---- Visiting -------------------------------------------------------------------------------- */

static void note_split(struct scan *scan, uint32_t at, uint32_t a, uint32_t b)
{
    struct matcher_scratch *scratch = scan->scratch;
    const uint32_t state = chars_split_step(CHARS_SPLIT_START, a);
    if (state && chars_split_step(state, b) && scratch->split_count < SCAN_SPLITS_MAX)
        scratch->splits[scratch->split_count++] = at;
}

static void visit_pair(struct scan *scan, const uint16_t *s, uint32_t at)
{
    const uint64_t packed = s[0] | (uint64_t)s[1] << SYMBOL_BITS;
    scan_visit(scan, &scan->matcher->plain_table, symbols_hash(packed, 2), at);
}

static bool is_ordinary_at(const struct scan *scan, const struct stream *stream, uint32_t i)
{
    return chars_pair_is_ordinary(scan->view.code[stream->at[i]],
                                  scan->view.code[stream->at[i + 1]]);
}

/* The four units from index i with another reading of one of them: plain keys again. */
static void visit_reading(struct scan *scan, const struct stream *stream, uint32_t i,
                          const uint16_t s[SEED_SYMBOLS_MAX])
{
    const struct matcher *m = scan->matcher;
    const uint64_t three = symbols_hash(pack_three(s), 3);
    const uint64_t four = symbols_hash(pack_four(s), 4);
    const uint64_t word = filter_word(&m->plain, three);
    const uint32_t at = stream->at[i];
    scan_spend(scan, 1);
    if ((pair_bits(m->pairs, s[0], s[1]) & PAIR_KEY) && !is_ordinary_at(scan, stream, i))
        visit_pair(scan, s, at);
    if (word_has(word, three))
        scan_visit(scan, &m->plain_table, three, at);
    if (word_has(word, four))
        scan_visit(scan, &m->plain_table, four, at);
}

static void visit_varied(struct scan *scan, const struct stream *stream, uint32_t i)
{
    uint16_t s[SEED_SYMBOLS_MAX];
    memcpy(s, stream->symbol + i, sizeof(s));
    for (uint32_t p = 0; p < SEED_SYMBOLS_MAX && i + p < stream->count; p++) {
        if (!(stream->flags[i + p] & FLAG_VARIED))
            continue;
        struct symbol_set readings;
        symbols_readings(&scan->matcher->symbols, scan->view.code[stream->at[i + p]], &readings);
        const uint16_t own = s[p];
        for (uint32_t k = 0; k < readings.count && scan->steps_left; k++) {
            s[p] = readings.at[k];
            if (s[p] != own)
                visit_reading(scan, stream, i, s);
        }
        s[p] = own;
    }
}

static void visit_found(struct scan *scan, const struct stream *stream, uint32_t entry)
{
    const struct matcher *m = scan->matcher;
    const uint32_t i = entry >> FOUND_BITS;
    const uint16_t *s = stream->symbol + i;
    const uint32_t at = stream->at[i];
    if (entry & FOUND_LOOK) {
        const uint32_t a = scan->view.code[at];
        const uint32_t b = scan->view.code[stream->at[i + 1]];
        scan_visit(scan, &m->plain_table, look_hash(a, b), at);
        if (stream == &scan->scratch->units)
            note_split(scan, at, a, b);
    }
    if (entry & FOUND_PAIR && !is_ordinary_at(scan, stream, i))
        visit_pair(scan, s, at);
    if (entry & FOUND_THREE)
        scan_visit(scan, &m->plain_table, symbols_hash(pack_three(s), 3), at);
    if (entry & FOUND_FOUR)
        scan_visit(scan, &m->plain_table, symbols_hash(pack_four(s), 4), at);
    if (!scan->steps_left)
        return; /* what follows is never the term as written */
    if (entry & FOUND_ODD_THREE)
        scan_visit(scan, &m->odd_table, symbols_hash(pack_three(s), 3), at);
    if (entry & FOUND_ODD_FOUR)
        scan_visit(scan, &m->odd_table, symbols_hash(pack_four(s), 4), at);
    if (entry & FOUND_UNUSUAL)
        visit_varied(scan, stream, i);
}

static void visit_all(struct scan *scan, const struct stream *stream, uint32_t count)
{
    for (uint32_t n = 0; n < count && scan->status == WARD_OK; n++)
        visit_found(scan, stream, scan->scratch->found[n]);
}

static void search_stream(struct scan *scan, const struct stream *stream)
{
    if (stream->count > 1)
        visit_all(scan, stream, probe(scan, stream, 0, stream->count - 1, 0));
}

/* Only where the window of a key reaches across a joint. */
static void search_joints(struct scan *scan, const struct stream *stream)
{
    uint32_t from = 0;
    uint32_t count = 0;
    for (uint32_t k = 1; k < stream->count; k++) {
        if (!(stream->flags[k] & FLAG_JOINT))
            continue;
        if (k > SEED_SYMBOLS_MAX - 1 && from < k - (SEED_SYMBOLS_MAX - 1))
            from = k - (SEED_SYMBOLS_MAX - 1);
        count = probe(scan, stream, from, k, count);
        from = k;
    }
    visit_all(scan, stream, count);
}

/* ---- Streams --------------------------------------------------------------------------------- */

/* What the first loop learned. */
struct outline {
    uint32_t kinds; /* bit k: a unit of enum unit_kind k occurs */
    bool singles;   /* some unit is a one-unit term */
    bool doubled;   /* two neighbours with meaning are equal */
};

static struct outline outline_units(struct scan *scan)
{
    const uint16_t *entries = scan->matcher->symbols.of;
    const struct walk_view view = scan->view;
    const struct stream stream = scan->scratch->units;
    uint32_t *restrict index = scan->scratch->index;
    uint32_t kinds = 0;
    uint32_t any = 0;
    uint32_t doubled = 0;
    uint32_t count = 0;
    uint32_t before = UINT32_MAX;
    for (uint32_t i = 0; i < view.count; i++) {
        const uint32_t kind = view.kind[i];
        const uint32_t code = view.code[i];
        const uint32_t keep = KEEP_KINDS >> kind & 1u;
        const uint32_t entry = code < SYMBOL_CODES ? entries[code] : SYMBOL_BEYOND;
        any |= entry & (0u - keep);
        stream.symbol[count] = (uint16_t)(entry & SYMBOL_MASK);
        stream.flags[count] = (uint8_t)(entry >> FLAGS_SHIFT);
        stream.at[count] = i;
        index[i] = count;
        doubled |= keep & (code == before);
        before = keep ? code : before;
        count += keep;
        kinds |= 1u << kind;
    }
    scan->scratch->units.count = count;
    stream_end(&scan->scratch->units);
    return (struct outline){kinds, any & SYMBOL_SINGLE, doubled};
}

static void search_singles(struct scan *scan)
{
    const struct stream *stream = &scan->scratch->units;
    for (uint32_t i = 0; i < stream->count; i++) {
        const uint32_t at = stream->at[i];
        if (stream->flags[i] & FLAG_SINGLE)
            scan_visit(scan, &scan->matcher->plain_table,
                       seed_hash(single_key(scan->view.code[at])), at);
    }
}

static void search_collapsed(struct scan *scan)
{
    const struct stream *all = &scan->scratch->units;
    struct stream *stream = &scan->scratch->other;
    const uint32_t *code = scan->view.code;
    uint8_t joint = 0;
    stream->count = 0;
    for (uint32_t i = 0; i < all->count; i++) {
        if (i && code[all->at[i]] == code[all->at[i - 1]]) {
            joint = FLAG_JOINT;
            continue;
        }
        stream->symbol[stream->count] = all->symbol[i];
        stream->flags[stream->count] = all->flags[i] | joint;
        stream->at[stream->count++] = all->at[i];
        joint = 0;
    }
    stream_end(stream);
    search_joints(scan, stream);
}

/* Without letters and digits that stand in short runs. */
static void search_strewn(struct scan *scan)
{
    const struct walk_view *view = &scan->view;
    struct stream *stream = &scan->scratch->other;
    uint8_t joint = 0;
    stream->count = 0;
    for (uint32_t v = 0; v < view->count;) {
        const uint8_t kind = view->kind[v];
        uint32_t end = v + 1;
        if (kind == UNIT_LETTER || kind == UNIT_DIGIT)
            while (end < view->count && view->kind[end] == kind)
                end++;
        if ((kind == UNIT_LETTER || kind == UNIT_DIGIT) && end - v <= STREWN_RUN_MAX) {
            joint = FLAG_JOINT;
            v = end;
            continue;
        }
        for (; v < end; v++) {
            if (!(KEEP_KINDS >> kind & 1u))
                continue;
            stream_put(stream, &scan->matcher->symbols, view->code[v], v);
            stream->flags[stream->count - 1] |= joint;
            joint = 0;
        }
    }
    stream_end(stream);
    search_joints(scan, stream);
}

/* Letters and what is written for letters, where a digit or sign occurs among them. */
static void search_leet(struct scan *scan)
{
    struct stream *stream = &scan->scratch->other;
    stream->count = 0;
    for (uint32_t i = 0; i < scan->view.count; i++) {
        const uint32_t symbol = symbol_leet(scan->view.code[i]);
        if (!symbol && !(KEEP_KINDS >> scan->view.kind[i] & 1u))
            continue;
        stream->symbol[stream->count] = (uint16_t)symbol;
        stream->flags[stream->count] = FLAG_FOREIGN;
        stream->at[stream->count++] = i;
    }
    stream_end(stream);
    search_stream(scan, stream);
}

/* First characters of lines, as a text of their own. */
static void search_lines(struct scan *scan)
{
    const struct text_units *units = scan->units;
    struct matcher_scratch *s = scan->scratch;
    struct stream *stream = &s->other;
    bool fresh = true;
    stream->count = 0;
    for (uint32_t i = 0; i < units->count; i++) {
        if (units->kind[i] == UNIT_NEWLINE) {
            fresh = true;
        } else if (fresh && KEEP_KINDS >> units->kind[i] & 1u) {
            const uint32_t line = stream->count;
            s->line_code[line] = units->code[i];
            s->line_fold[line] = units->fold[i] & ~(uint32_t)WARD_DISGUISE_INVISIBLE;
            s->line_kind[line] = units->kind[i];
            s->line_unit[line] = i;
            stream_put(stream, &scan->matcher->symbols, units->code[i], line);
            fresh = false;
        }
    }
    if (stream->count < 2)
        return;
    stream_end(stream);
    scan->view = (struct walk_view){s->line_code, s->line_kind, s->line_fold, stream->count};
    scan->view_unit = s->line_unit;
    search_stream(scan, stream);
}

void streams_search(struct scan *scan)
{
    const struct matcher *m = scan->matcher;
    const struct matcher_scratch *s = scan->scratch;
    const uint32_t alnum = 1u << UNIT_LETTER | 1u << UNIT_DIGIT;
    const struct outline o = outline_units(scan);
    if (o.singles)
        search_singles(scan);
    search_stream(scan, &s->units);
    if (o.doubled && m->disguises & WARD_DISGUISE_REPEAT)
        search_collapsed(scan);
    if (m->has_letters && o.kinds & 1u << UNIT_LETTER && m->disguises & WARD_DISGUISE_LEET &&
        o.kinds & (1u << UNIT_DIGIT | 1u << UNIT_SYMBOL))
        search_leet(scan);
    if (m->has_sound && o.kinds & alnum && m->disguises & WARD_DISGUISE_FILLER)
        search_strewn(scan);
    if (m->has_sound && (o.kinds & (alnum | 1u << UNIT_EMOJI) || s->split_count))
        detours_search(scan);
    if (o.kinds & 1u << UNIT_NEWLINE && m->disguises & WARD_DISGUISE_ORDER)
        search_lines(scan);
}
