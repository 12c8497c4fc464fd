/**
 * Names of formats and the default options.
 */
#include <assert.h>

#include "base/str.h"
#include "feed/feed.h"

static const char *const FORMAT_NAMES[FEED_FORMAT_COUNT] = {"auto", "jsonl", "telegram",
                                                            "qq",   "csv",   "plain"};

const char *feed_format_name(enum feed_format format)
{
    const size_t at = (size_t)format;
    return at < FEED_FORMAT_COUNT ? FORMAT_NAMES[at] : NULL;
}

bool feed_format_parse(struct ward_str name, enum feed_format *out)
{
    static const struct {
        const char *name;
        enum feed_format format;
    } others[] = {
        {"json", FEED_FORMAT_JSONL}, {"osprey", FEED_FORMAT_JSONL}, {"text", FEED_FORMAT_PLAIN}};
    *out = FEED_FORMAT_AUTO;
    for (size_t i = 0; i < FEED_FORMAT_COUNT; i++) {
        if (str_equal(name, str_of(FORMAT_NAMES[i]))) {
            *out = (enum feed_format)i;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (str_equal(name, str_of(others[i].name))) {
            *out = others[i].format;
            return true;
        }
    }
    return false;
}

struct feed_options feed_options_default(void)
{
    return (struct feed_options){.format = FEED_FORMAT_AUTO,
                                 .encoding = FEED_ENCODING_AUTO,
                                 .zone_minutes = FEED_ZONE_MINUTES_DEFAULT,
                                 .platform = NULL};
}
