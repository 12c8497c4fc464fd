/**
 * Addresses are contiguous runs of units; telephone numbers may be parted, spelled in Han numerals,
 * and partly masked by asterisks.
 *
 * Sources: mainland mobile numbers are 1[3-9] and nine digits (MIIT numbering plan); Philippines
 * 09 + 9, Indonesia 08 + 8..11, Vietnam 0[35789] + 8 (national plans, ITU-T E.164 annexes); E.164:
 * at most 15 digits.
 */
#include "signal/handle_address.h"

#include <string.h>

#include "signal/handle_cue.h"

#define PHONE_DIGITS_MAX 15u
/** Units of an address looked at; longer than any value kept. */
#define RUN_UNITS_MAX 256u
#define ADDRESS_SIGNS "._-/:?=&%#~+@"

void handle_put(struct handle_draft *draft, uint32_t code)
{
    if (draft->len < HANDLE_VALUE_MAX && code < 0x80)
        draft->value[draft->len++] = (char)code;
}

static bool is_alnum(const struct text_units *units, uint32_t at)
{
    if (at >= units->count)
        return false;
    return (units->kind[at] == UNIT_LETTER || units->kind[at] == UNIT_DIGIT) &&
           units->code[at] < 0x80;
}

static bool is_one_of(const struct text_units *units, uint32_t at, const char *set)
{
    return at < units->count && units->code[at] < 0x80 && units->code[at] &&
           strchr(set, (int)units->code[at]) != NULL;
}

/** End of a run of letters, digits and `more`; bounded, so that a long hostile run stays linear. */
static uint32_t run_end(const struct text_units *units, uint32_t at, const char *more)
{
    const uint32_t last = at + RUN_UNITS_MAX;
    while (at < last && (is_alnum(units, at) || is_one_of(units, at, more)))
        at++;
    return at;
}

/** Last units that belong to the sentence, not to the address. */
static uint32_t trim_end(const struct text_units *units, uint32_t begin, uint32_t end)
{
    while (end > begin && is_one_of(units, end - 1, ".-_?=&/:,+#%"))
        end--;
    return end;
}

static void put_units(const struct text_units *units, uint32_t begin, uint32_t end,
                      struct handle_draft *out)
{
    for (uint32_t i = begin; i < end; i++)
        handle_put(out, units->code[i]);
    out->unit_end = end;
}

static bool run_is(const struct text_units *units, uint32_t begin, uint32_t end, const char *text)
{
    for (; *text; text++, begin++)
        if (begin >= end || units->code[begin] != (uint32_t)(unsigned char)*text)
            return false;
    return begin == end;
}

static bool begins_with(const struct text_units *units, uint32_t begin, uint32_t end,
                        const char *text)
{
    const uint32_t len = (uint32_t)strlen(text);
    return begin + len <= end && run_is(units, begin, begin + len, text);
}

static bool is_top_domain(const struct text_units *units, uint32_t begin, uint32_t end)
{
    static const char *const domains[] = {"com", "cn",   "net",  "org",  "me", "cc", "top",  "xyz",
                                          "vip", "io",   "co",   "ph",   "id", "vn", "link", "info",
                                          "app", "site", "club", "shop", "tw", "hk"};
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++)
        if (run_is(units, begin, end, domains[i]))
            return true;
    return false;
}

/** End of a domain name (a.b.com) that begins at `at`, 0 if there is none. */
static uint32_t domain_end(const struct text_units *units, uint32_t at)
{
    const uint32_t end = trim_end(units, at, run_end(units, at, ".-"));
    uint32_t dot = end;
    while (dot > at && units->code[dot - 1] != '.')
        dot--;
    return dot > at + 1 && is_top_domain(units, dot, end) ? end : 0;
}

static bool email_at(const struct text_units *units, uint32_t at, struct handle_draft *out)
{
    const uint32_t local = run_end(units, at, "._+-");
    if (local == at || !is_one_of(units, local, "@"))
        return false;
    const uint32_t end = domain_end(units, local + 1);
    if (!end)
        return false;
    out->kind = "email";
    put_units(units, at, end, out);
    return true;
}

/** t.me/name and its kin have a kind of their own. */
static void put_url(const struct text_units *units, uint32_t begin, uint32_t end,
                    struct handle_draft *out)
{
    static const struct {
        const char *prefix;
        const char *kind;
    } known[] = {{"t.me/", "telegram"},
                 {"telegram.me/", "telegram"},
                 {"wa.me/", "whatsapp"},
                 {"zalo.me/", "zalo"},
                 {"line.me/ti/p/", "line"}};
    out->kind = "url";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (begins_with(units, begin, end, known[i].prefix)) {
            out->kind = known[i].kind;
            begin += (uint32_t)strlen(known[i].prefix);
            break;
        }
    while (begin < end && is_one_of(units, begin, "~@+/"))
        begin++;
    put_units(units, begin, end, out);
}

static bool url_at(const struct text_units *units, uint32_t at, struct handle_draft *out)
{
    uint32_t begin = at;
    const uint32_t end = trim_end(units, at, run_end(units, at, ADDRESS_SIGNS));
    const bool scheme =
        begins_with(units, at, end, "http://") || begins_with(units, at, end, "https://");
    if (scheme) {
        while (units->code[begin] != '/')
            begin++;
        begin += 2;
    } else if (!domain_end(units, at) && !begins_with(units, at, end, "t.me/")) {
        const uint32_t host = run_end(units, at, ".-");
        if (!is_one_of(units, host, "/") || host >= end)
            return false;
        uint32_t dot = host;
        while (dot > at && units->code[dot - 1] != '.')
            dot--;
        if (dot <= at + 1 || !is_top_domain(units, dot, host))
            return false;
    }
    if (begins_with(units, begin, end, "www."))
        begin += 4;
    if (begin >= end)
        return false;
    put_url(units, begin, end, out);
    return out->len > 0;
}

static bool name_at(const struct tokens *tokens, uint32_t at, struct handle_draft *out)
{
    const struct text_units *units = tokens->units;
    const uint32_t begin = token_at(tokens, at)->unit_end;
    const uint32_t end = trim_end(units, begin, run_end(units, begin, "_."));
    if (end < begin + 4)
        return false;
    out->kind = handle_cue_before(tokens, at, 6, "telegram") ? "telegram" : "other";
    put_units(units, begin, end, out);
    return true;
}

bool handle_address_at(const struct tokens *tokens, uint32_t at, struct handle_draft *out)
{
    const struct text_units *units = tokens->units;
    const struct token *token = token_at(tokens, at);
    const uint32_t begin = token->unit_begin;
    *out = (struct handle_draft){.unit_begin = begin};
    if (begin && is_alnum(units, begin - 1))
        return false;
    out->disguises = 0;
    if (token->class == GLYPH_AT)
        return name_at(tokens, at, out);
    if (token->kind != TOKEN_WORD && token->kind != TOKEN_NUMBER)
        return false;
    return email_at(units, begin, out) || url_at(units, begin, out);
}

uint32_t handle_address_end(const struct tokens *tokens, uint32_t at)
{
    return run_end(tokens->units, token_at(tokens, at)->unit_begin, ADDRESS_SIGNS);
}

/* ---- telephone numbers ----------------------------------------------------------------------- */

struct dialled {
    char digits[PHONE_DIGITS_MAX + 4];
    uint32_t len;
    uint32_t masked;
    uint32_t groups;
    uint32_t unit_end;
    uint32_t next; /* token behind */
    uint32_t disguises;
};

static bool put_dialled(struct dialled *dialled, char digit)
{
    if (dialled->len >= PHONE_DIGITS_MAX)
        return false;
    dialled->digits[dialled->len++] = digit;
    return true;
}

/** Digits of one token; false if the token is none or the number grows too long. */
static bool put_token_digits(struct dialled *dialled, const struct tokens *tokens, uint32_t at)
{
    const struct text_units *units = tokens->units;
    const struct token *token = token_at(tokens, at);
    if (token->kind == TOKEN_HAN && token->class == GLYPH_DIGIT && token->code != U'两' &&
        token->code != U'俩' && token->code != U'仨') {
        dialled->disguises |= WARD_DISGUISE_NUMERAL;
        return put_dialled(dialled, (char)('0' + glyph_value(token->code)));
    }
    if (token->kind != TOKEN_NUMBER)
        return false;
    for (uint32_t i = token->unit_begin; i < token->unit_end; i++) {
        if (units->kind[i] == UNIT_DIGIT && !put_dialled(dialled, (char)units->code[i]))
            return false;
        if (units->code[i] == 'o' && !put_dialled(dialled, '0'))
            return false;
    }
    return true;
}

/** Asterisks behind `unit`; each stands for one digit. */
static uint32_t put_mask(struct dialled *dialled, const struct text_units *units, uint32_t unit)
{
    uint32_t n = 0;
    while (unit + n < units->count && units->code[unit + n] == '*' && put_dialled(dialled, '*'))
        n++;
    dialled->masked += n;
    return n;
}

static bool may_go_on(const struct token *token, uint32_t masked)
{
    if (masked)
        return token->gap_len == masked;
    if (token->gap_len > 2 || (token->gap & GAP_NEWLINE && token->gap_len > 1))
        return false;
    return token->gap_code != '+' && token->gap_code != ':' && token->gap_code != '/';
}

static bool is_mobile(const struct dialled *dialled)
{
    return dialled->len == 11 && dialled->digits[0] == '1' && dialled->digits[1] >= '3' &&
           dialled->digits[1] <= '9' && dialled->masked <= 4;
}

static bool ends_here(const struct tokens *tokens, const struct dialled *dialled)
{
    const struct token *next = token_at(tokens, dialled->next);
    const bool digit =
        next->kind == TOKEN_NUMBER || (next->kind == TOKEN_HAN && next->class == GLYPH_DIGIT);
    return !digit || next->gap;
}

static bool is_local(const struct dialled *dialled, bool called)
{
    const char *d = dialled->digits;
    if (dialled->masked || dialled->groups > 4)
        return false;
    if (dialled->len == 11 && d[0] == '0' && d[1] == '9')
        return true;
    if (!called)
        return false;
    if (d[0] == '0' && d[1] == '8' && dialled->len >= 10 && dialled->len <= 13)
        return true;
    if (d[0] == '0' && dialled->len == 10 && d[1] >= '3' && d[1] != '4' && d[1] != '6')
        return true;
    return d[0] == '0' && dialled->len >= 10 && dialled->len <= 12; /* landline with area code */
}

static bool fits(const struct tokens *tokens, const struct dialled *dialled, bool plus, bool called)
{
    if (!ends_here(tokens, dialled))
        return false;
    if (plus)
        return dialled->len >= 9 && dialled->len <= PHONE_DIGITS_MAX && !dialled->masked;
    if (dialled->len == 13 && memcmp(dialled->digits, "861", 3) == 0)
        return true;
    return is_mobile(dialled) || is_local(dialled, called);
}

bool handle_phone_at(const struct tokens *tokens, uint32_t at, bool called,
                     struct handle_draft *out)
{
    const struct text_units *units = tokens->units;
    const uint32_t begin = token_at(tokens, at)->unit_begin;
    const bool plus = begin && units->code[begin - 1] == '+';
    struct dialled dialled = {.next = at};
    struct dialled best = {.len = 0};
    if (begin && is_alnum(units, begin - 1))
        return false;
    for (uint32_t i = at; i < tokens->count; i++) {
        const struct token *token = &tokens->at[i];
        if (i > at && !may_go_on(token, token->gap_code == '*' ? token->gap_len : 0))
            break;
        if (!put_token_digits(&dialled, tokens, i))
            break;
        if (i > at && token->gap && token->gap_code != '*') {
            dialled.groups++;
            dialled.disguises |= token->gap & GAP_EMOJI ? WARD_DISGUISE_FILLER : 0;
        }
        dialled.unit_end = token->unit_end + put_mask(&dialled, units, token->unit_end);
        dialled.next = i + 1;
        if (fits(tokens, &dialled, plus, called))
            best = dialled;
    }
    if (!best.len || (best.groups > 4 && best.groups < 10 && best.groups + 1 != best.len))
        return false;
    *out = (struct handle_draft){.kind = "phone", .unit_begin = begin - plus};
    if (plus)
        handle_put(out, '+');
    for (uint32_t i = 0; i < best.len; i++)
        handle_put(out, (uint32_t)(unsigned char)best.digits[i]);
    out->unit_end = best.unit_end;
    out->disguises = best.disguises | (best.groups > 3 ? WARD_DISGUISE_SEPARATOR : 0);
    return true;
}
