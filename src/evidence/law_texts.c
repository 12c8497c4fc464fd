#include "evidence/law_texts.h"

#include "base/error.h"
#include "base/str.h"
#include "base/time_text.h"

/* The day of a moment, "2021-01-01"; empty for an open end. */
static bool put_day(struct arena *arena, int64_t time_ms, struct ward_str *out)
{
    struct buf text;
    *out = (struct ward_str){"", 0};
    if (time_ms == INT64_MIN || time_ms == INT64_MAX)
        return true;
    buf_init(&text, 64);
    time_put(&text, time_ms);
    *out = arena_copy(arena, str_part(buf_str(&text), 0, 10));
    buf_release(&text);
    return out->data != NULL;
}

enum ward_status law_texts_open(const struct pack *pack, struct law_texts *out,
                                struct ward_error *err)
{
    *out = (struct law_texts){.count = pack->law_count};
    arena_init(&out->arena, 16u * 1024u, SIZE_MAX / 2);
    struct evidence_law *laws = arena_calloc(&out->arena, pack->law_count + 1u, sizeof *laws);
    bool good = laws != NULL;
    for (uint32_t i = 0; good && i < pack->law_count; i++) {
        const struct pack_law *law = &pack->laws[i];
        laws[i] = (struct evidence_law){.id = law->id,
                                        .title_zh = law->title_zh,
                                        .title_en = law->title_en,
                                        .text_zh = law->text_zh,
                                        .text_en = law->text_en};
        good = put_day(&out->arena, law->from_ms, &laws[i].from) &&
               put_day(&out->arena, law->to_ms, &laws[i].to);
    }
    out->laws = laws;
    return good ? WARD_OK : error_set(err, WARD_ERR_NOMEM, "out of memory");
}

void law_texts_release(struct law_texts *texts)
{
    arena_release(&texts->arena);
}
