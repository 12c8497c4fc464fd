/**
 * See the header. Nearness of names is the Levenshtein distance, at most a third of the word.
 */
#include "cli/options.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* Longer option names do not exist; longer words are near none. */
#define WORD_MAX 32u
#define NAMES_MAX 64

void options_start(struct options_reader *reader, const struct option_spec *table, int argc,
                   char **argv)
{
    assert(table && argv);
    *reader = (struct options_reader){.table = table, .argc = argc, .argv = argv, .at = 1};
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned distance(const char *a, const char *b)
{
    const size_t m = strlen(a);
    const size_t n = strlen(b);
    unsigned row[WORD_MAX + 1];
    if (m > WORD_MAX || n > WORD_MAX)
        return WORD_MAX;
    for (size_t k = 0; k <= n; k++)
        row[k] = (unsigned)k;
    for (size_t i = 1; i <= m; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t k = 1; k <= n; k++) {
            const unsigned change = diagonal + (a[i - 1] != b[k - 1]);
            diagonal = row[k];
            row[k] = least(change, least(row[k], row[k - 1]) + 1u);
        }
    }
    return row[n];
}

int options_nearest(const char *word, const char *const *names, int count)
{
    int best = -1;
    if (strlen(word) > WORD_MAX)
        return best;
    unsigned best_distance = (unsigned)(strlen(word) / 3u) + 1u;
    for (int i = 0; i < count; i++) {
        const unsigned d = distance(word, names[i]);
        if (d <= best_distance && (best < 0 || d < best_distance)) {
            best = i;
            best_distance = d;
        }
    }
    return best;
}

static int bad_name(const struct options_reader *reader, const char *word, struct ward_error *err)
{
    const char *names[NAMES_MAX];
    int count = 0;
    for (const struct option_spec *o = reader->table; o->id && count < NAMES_MAX; o++)
        if (o->name)
            names[count++] = o->name;
    const int near = options_nearest(word, names, count);
    if (near >= 0)
        (void)error_set(err, WARD_ERR_ARGUMENT, "unknown option --%s; did you mean --%s?", word,
                        names[near]);
    else
        (void)error_set(err, WARD_ERR_ARGUMENT, "unknown option --%s", word);
    return OPTIONS_BAD;
}

static const struct option_spec *find_name(const struct options_reader *reader, const char *word,
                                           size_t len)
{
    for (const struct option_spec *o = reader->table; o->id; o++)
        if (o->name && strlen(o->name) == len && memcmp(o->name, word, len) == 0)
            return o;
    return NULL;
}

static int next_long(struct options_reader *reader, const char **value, struct ward_error *err)
{
    const char *word = reader->argv[reader->at++] + 2;
    const size_t len = strcspn(word, "=");
    const struct option_spec *o = find_name(reader, word, len);
    if (!o)
        return bad_name(reader, word, err);
    if (!o->argument) {
        if (word[len] == '=') {
            (void)error_set(err, WARD_ERR_ARGUMENT, "--%s takes no value", o->name);
            return OPTIONS_BAD;
        }
        return o->id;
    }
    if (word[len] == '=') {
        *value = word + len + 1;
        return o->id;
    }
    if (reader->at >= reader->argc) {
        (void)error_set(err, WARD_ERR_ARGUMENT, "--%s needs %s", o->name, o->argument);
        return OPTIONS_BAD;
    }
    *value = reader->argv[reader->at++];
    return o->id;
}

static int next_letter(struct options_reader *reader, const char **value, struct ward_error *err)
{
    const char *word = reader->argv[reader->at];
    const char letter = word[reader->letter_at];
    const struct option_spec *o = reader->table;
    while (o->id && o->letter != letter)
        o++;
    if (!o->id) {
        (void)error_set(err, WARD_ERR_ARGUMENT, "unknown option -%c", letter);
        return OPTIONS_BAD;
    }
    const char *rest = word + reader->letter_at + 1;
    if (!o->argument && *rest) {
        reader->letter_at++;
        return o->id;
    }
    reader->letter_at = 0;
    reader->at++;
    if (!o->argument)
        return o->id;
    if (!*rest && reader->at >= reader->argc) {
        (void)error_set(err, WARD_ERR_ARGUMENT, "-%c needs %s", letter, o->argument);
        return OPTIONS_BAD;
    }
    *value = *rest ? rest : reader->argv[reader->at++];
    return o->id;
}

int options_next(struct options_reader *reader, const char **value, struct ward_error *err)
{
    *value = NULL;
    if (reader->letter_at)
        return next_letter(reader, value, err);
    if (reader->at >= reader->argc)
        return OPTIONS_END;
    const char *word = reader->argv[reader->at];
    if (reader->only_operands || word[0] != '-' || word[1] == '\0') {
        *value = word;
        reader->at++;
        return OPTIONS_OPERAND;
    }
    if (strcmp(word, "--") == 0) {
        reader->only_operands = true;
        reader->at++;
        return options_next(reader, value, err); /* once: only operands follow */
    }
    if (word[1] == '-')
        return next_long(reader, value, err);
    reader->letter_at = 1;
    return next_letter(reader, value, err);
}

enum ward_status options_read(const struct option_spec *table, int argc, char **argv,
                              option_taker take, void *context, struct ward_error *err)
{
    struct options_reader reader;
    const char *value;
    int id;
    enum ward_status status = WARD_OK;
    options_start(&reader, table, argc, argv);
    while (status == WARD_OK && (id = options_next(&reader, &value, err)) != OPTIONS_END)
        status = id == OPTIONS_BAD ? WARD_ERR_ARGUMENT : take(context, id, value, err);
    return status;
}

bool options_number(const char *text, long low, long high, long *out)
{
    char *end;
    errno = 0;
    const long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < low || value > high)
        return false;
    *out = value;
    return true;
}

bool options_fraction(const char *text, double low, double high, double *out)
{
    double value = 0;
    double scale = 0;
    size_t digits = 0;
    for (const char *at = text; *at; at++) {
        if (*at == '.' && scale <= 0) {
            scale = 1;
            continue;
        }
        if (*at < '0' || *at > '9' || ++digits > 15)
            return false;
        value = value * 10 + (*at - '0');
        scale *= 10;
    }
    if (!digits)
        return false;
    value = scale > 0 ? value / scale : value;
    if (value < low || value > high)
        return false;
    *out = value;
    return true;
}
