#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

struct one {
    const struct db_sql *sql;
    const struct db_value *params;
    db_taker take;
    void *context;
};

static void bind_one(void *context, size_t index, struct db_value *params)
{
    const struct one *one = context;
    (void)index;
    memcpy(params, one->params, strlen(one->sql->params) * sizeof *params);
}

static enum ward_status take_one(void *context, size_t index, const struct db_value *columns,
                                 struct ward_error *err)
{
    const struct one *one = context;
    return one->take(one->context, index, columns, err);
}

enum ward_status db_run(struct db *db, const struct db_sql *sql, const struct db_value *params,
                        db_taker take, void *context, struct ward_error *err)
{
    struct one one = {sql, params, take, context};
    const struct db_many many = {sql, 1, params ? bind_one : NULL, take ? take_one : NULL, &one};
    return db->driver->run(db, &many, err);
}

char *db_expand(const char *script, const char *const types[4])
{
    static const char letters[] = "irsb";
    struct buf out;
    buf_init(&out, 1u << 20);
    for (const char *at = script; *at; at++) {
        const char *letter = at[0] == '%' && at[1] ? strchr(letters, at[1]) : NULL;
        if (!letter) {
            buf_put_char(&out, *at);
            continue;
        }
        buf_put_text(&out, types[letter - letters]);
        at++;
    }
    buf_put_char(&out, '\0');
    if (out.failed != WARD_OK) {
        buf_release(&out);
        return NULL;
    }
    return out.data;
}
