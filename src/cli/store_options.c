#include "cli/store_options.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"

int64_t clock_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void store_request_init(struct store_request *request)
{
    const char *who = getenv("WARD_WHO");
    const char *url = getenv("WARD_STORE");
    const struct passwd *login = who && *who ? NULL : getpwuid(geteuid());
    *request = (struct store_request){.url = url && *url ? url : "case.db"};
    (void)snprintf(request->who, sizeof request->who, "%s",
                   who && *who ? who
                   : login     ? login->pw_name
                               : "unknown");
}

enum ward_status store_option_take(struct store_request *request, int id, const char *value,
                                   struct ward_error *err)
{
    if (id == OPT_STORE) {
        request->url = value;
        request->is_given = true;
        return WARD_OK;
    }
    if (id == OPT_KEY)
        request->key = value;
    else if (!*value ||
             snprintf(request->who, sizeof request->who, "%s", value) >= (int)sizeof request->who)
        return error_set(err, WARD_ERR_ARGUMENT, "--who is a name of up to %zu bytes",
                         sizeof request->who - 1);
    return WARD_OK;
}

enum ward_status store_request_open(const struct store_request *request, enum store_mode mode,
                                    struct store **out, struct ward_error *err)
{
    const struct store_options options = {
        .url = request->url, .mode = mode, .key_path = request->key, .now_ms = clock_ms()};
    return store_open(&options, out, err);
}

struct store_act store_request_act(const struct store_request *request)
{
    return (struct store_act){.who = str_of(request->who), .time_ms = clock_ms()};
}
