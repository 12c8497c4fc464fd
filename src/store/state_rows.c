#include "store/state_rows.h"

#include <string.h>

#include "base/str.h"

#define CASES                                                                                      \
    "SELECT id, urgency, points, score, says_zh, says_en, has_time, first_ms, last_ms,"            \
    " detail_json, state, assignee, is_held, is_current, merged_into, event_count FROM ward_case"
#define COUNTS "SELECT count_key, platform, group_id, group_name, messages, updated FROM ward_count"

#define CASE_LETTERS "sirrssiiisisiisi"
#define COUNT_LETTERS "bsssii"

const struct state_rows state_rows[STATE_TABLES] = {
    {"case",
     "ward_case",
     's',
     {CASES " WHERE id > $1 ORDER BY id LIMIT $2", "si", CASE_LETTERS},
     {CASES " WHERE id = $1", "s", CASE_LETTERS},
     {"SELECT COUNT(*) FROM ward_case", "", "i"}},
    {"person",
     "ward_person",
     's',
     {"SELECT id, case_id, role, confidence, detail_json, accounts FROM ward_person WHERE id > $1"
      " ORDER BY id LIMIT $2",
      "si", "ssirsb"},
     {NULL, NULL, NULL},
     {"SELECT COUNT(*) FROM ward_person", "", "i"}},
    {"group",
     "ward_group",
     'i',
     {"SELECT number, group_key, name, score, messages, flagged, case_id, detail_json"
      " FROM ward_group WHERE number > $1 ORDER BY number LIMIT $2",
      "ii", "issriiss"},
     {NULL, NULL, NULL},
     {"SELECT COUNT(*) FROM ward_group", "", "i"}},
    {"tie",
     "ward_tie",
     'i',
     {"SELECT number, a, b, kind, weight, case_id, has_time, first_ms, last_ms, detail_json"
      " FROM ward_tie WHERE number > $1 ORDER BY number LIMIT $2",
      "ii", "isssrsiiis"},
     {NULL, NULL, NULL},
     {"SELECT COUNT(*) FROM ward_tie", "", "i"}},
    {"member",
     "ward_member",
     'b',
     {"SELECT name, case_id, person_id, time_ms, seq FROM ward_member WHERE name > $1"
      " ORDER BY name LIMIT $2",
      "bi", "bssii"},
     {NULL, NULL, NULL},
     {"SELECT COUNT(*) FROM ward_member", "", "i"}},
    {"count",
     "ward_count",
     'b',
     {COUNTS " WHERE count_key > $1 ORDER BY count_key LIMIT $2", "bi", COUNT_LETTERS},
     {COUNTS " WHERE count_key = $1", "b", COUNT_LETTERS},
     {"SELECT COUNT(*) FROM ward_count", "", "i"}},
    {"held",
     "ward_event (is_held)",
     'i',
     {"SELECT seq FROM ward_event WHERE is_held > 0 AND seq > $1 ORDER BY seq LIMIT $2", "ii", "i"},
     {NULL, NULL, NULL},
     {"SELECT COUNT(*) FROM ward_event WHERE is_held > 0", "", "i"}}};

void state_digest(enum state_table table, const struct db_value *columns,
                  unsigned char out[DIGEST_BYTES])
{
    struct digest digest;
    digest_start(&digest, "ward-state-1");
    digest_number(&digest, (int64_t)table);
    for (const char *letter = state_rows[table].page.columns; *letter; letter++, columns++) {
        if (*letter == 'i') {
            digest_number(&digest, columns->integer);
        } else if (*letter == 'r') {
            int64_t bits;
            memcpy(&bits, &columns->real, sizeof bits);
            digest_number(&digest, bits);
        } else {
            digest_text(&digest, columns->text);
        }
    }
    digest_end(&digest, out);
}

struct db_value state_first_key(enum state_table table)
{
    return state_rows[table].key == 'i' ? db_int(INT64_MIN) : db_text((struct ward_str){NULL, 0});
}
