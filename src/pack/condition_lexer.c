#include "pack/condition_lexer.h"

#include "base/str.h"
#include "pack/pack.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
    return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '*';
}

static struct token bad(struct ward_str text, size_t at, const char *message)
{
    return (struct token){TOKEN_BAD, at, str_part(text, at, at + 1), 0, message};
}

static struct token number(struct ward_str text, size_t at)
{
    const bool negative = text.data[at] == '-';
    size_t end = at + negative;
    int64_t value = 0;
    while (end < text.len && (is_digit(text.data[end]) || text.data[end] == '_')) {
        if (text.data[end] != '_') {
            if (value > INT64_MAX / 16)
                return bad(text, at, "a number too large");
            value = value * 10 + (text.data[end] - '0');
        }
        end++;
    }
    if (text.data[end - 1] == '_' || (end < text.len && is_word(text.data[end])))
        return bad(text, at, "not a whole number");
    return (struct token){TOKEN_NUMBER, at, str_part(text, at, end), negative ? -value : value,
                          NULL};
}

static struct token compare(struct ward_str text, size_t at)
{
    const bool equal = at + 1 < text.len && text.data[at + 1] == '=';
    const struct ward_str sign = str_part(text, at, at + 1 + equal);
    int64_t value;
    switch (text.data[at]) {
    case '<':
        value = equal ? CMP_LE : CMP_LT;
        break;
    case '>':
        value = equal ? CMP_GE : CMP_GT;
        break;
    case '=':
        if (!equal)
            return bad(text, at, "a single = ; equality is written ==");
        value = CMP_EQ;
        break;
    default:
        if (!equal)
            return bad(text, at, "a lone ! ; negation is written not");
        value = CMP_NE;
    }
    return (struct token){TOKEN_COMPARE, at, sign, value, NULL};
}

static struct token word(struct ward_str text, size_t at)
{
    size_t end = at;
    while (end < text.len && is_word(text.data[end]))
        end++;
    return (struct token){TOKEN_WORD, at, str_part(text, at, end), 0, NULL};
}

struct token token_next(struct ward_str text, size_t at)
{
    while (at < text.len && (text.data[at] == ' ' || text.data[at] == '\t' ||
                             text.data[at] == '\n' || text.data[at] == '\r'))
        at++;
    if (at >= text.len)
        return (struct token){TOKEN_END, text.len, {text.data, 0}, 0, NULL};
    const char c = text.data[at];
    const struct ward_str one = str_part(text, at, at + 1);
    if (c == '(')
        return (struct token){TOKEN_OPEN, at, one, 0, NULL};
    if (c == ')')
        return (struct token){TOKEN_CLOSE, at, one, 0, NULL};
    if (c == ',')
        return (struct token){TOKEN_COMMA, at, one, 0, NULL};
    if (c == '<' || c == '>' || c == '=' || c == '!')
        return compare(text, at);
    if (is_digit(c) || (c == '-' && at + 1 < text.len && is_digit(text.data[at + 1])))
        return number(text, at);
    if (is_letter(c) || c == '*')
        return word(text, at);
    return bad(text, at, "a character that has no meaning here");
}
