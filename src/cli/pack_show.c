/**
 * `ward pack show`: what the packs say once they are merged, for people and for programs.
 */
#include <string.h>

#include "base/error.h"
#include "base/json_out.h"
#include "cli/output.h"
#include "cli/pack_command.h"

static const char *const modes[] = {"literal", "fold", "full"};

static int len_of(struct ward_str text)
{
    return (int)text.len;
}

static uint32_t terms_of(const struct pack_term *terms, uint32_t count, uint32_t signal)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++)
        found += terms[i].signal == signal;
    return found;
}

/* ---- Text ---- */

static void put_terms(const struct pack *pack, uint32_t signal, struct buf *out)
{
    for (uint32_t i = 0; i < pack->term_count; i++) {
        const struct pack_term *term = &pack->terms[i];
        if (term->signal == signal)
            buf_printf(out, "    %.*s%s%s%s\n", len_of(term->text), term->text.data,
                       term->mode == TERM_FULL ? "" : "  ",
                       term->mode == TERM_FULL ? "" : modes[term->mode],
                       term->whole_word ? "  whole word" : "");
    }
    for (uint32_t i = 0; i < pack->allow_count; i++) {
        if (pack->allows[i].signal == signal)
            buf_printf(out, "    not in %.*s\n", len_of(pack->allows[i].text),
                       pack->allows[i].text.data);
    }
}

static void put_signals(const struct pack *pack, bool verbose, struct buf *out)
{
    buf_printf(out, "\nsignals (%u)\n", pack->signal_count);
    for (uint32_t i = 0; i < pack->signal_count; i++) {
        const struct pack_signal *signal = &pack->signals[i];
        buf_printf(out, "  %-28.*s %-13s %-9.*s", len_of(signal->name), signal->name.data,
                   pack_slot_name(signal->slot), len_of(signal->reading), signal->reading.data);
        if (signal->reader != READER_NONE)
            buf_printf(out, " reader %s", pack_reader_name(signal->reader));
        const uint32_t terms = terms_of(pack->terms, pack->term_count, i);
        if (terms)
            buf_printf(out, " %u terms", terms);
        buf_put_char(out, '\n');
        if (verbose)
            put_terms(pack, i, out);
    }
}

static void put_rules(const struct pack *pack, struct buf *out)
{
    static const char *const roles[] = {"", " offer", " seek", " agent"};
    buf_printf(out, "\nrules (%u)\n", pack->rule_count);
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        const struct pack_rule *rule = &pack->rules[i];
        buf_printf(out, "  %+7.2f %-32.*s %.*s%s%s%s%s\n", rule->weight, len_of(rule->name),
                   rule->name.data, len_of(pack->families[rule->family].name),
                   pack->families[rule->family].name.data, roles[rule->role],
                   rule->urgent ? " urgent" : "", rule->help ? " help" : "",
                   rule->limit ? " limit" : "");
    }
}

static void put_tables(const struct pack *pack, struct buf *out)
{
    buf_printf(out, "\nfamilies (%u)\n", pack->family_count);
    for (uint32_t i = 0; i < pack->family_count; i++)
        buf_printf(out, "  %7.2f %.*s\n", pack->families[i].cap, len_of(pack->families[i].name),
                   pack->families[i].name.data);
    buf_printf(out, "\nlaw (%u)\n", pack->law_count);
    for (uint32_t i = 0; i < pack->law_count; i++)
        buf_printf(out, "  %-36.*s %.*s\n", len_of(pack->laws[i].id), pack->laws[i].id.data,
                   len_of(pack->laws[i].title_en), pack->laws[i].title_en.data);
    buf_printf(out, "\nprocedures (%u)\n", pack->procedure_count);
    for (uint32_t i = 0; i < pack->procedure_count; i++)
        buf_printf(out, "  %-36.*s %u steps  %.*s\n", len_of(pack->procedures[i].id),
                   pack->procedures[i].id.data, pack->procedures[i].step_count,
                   len_of(pack->procedures[i].title_en), pack->procedures[i].title_en.data);
}

void pack_show_text(const struct pack *pack, bool verbose, struct buf *out)
{
    for (uint32_t i = 0; i < pack->source_count; i++)
        buf_printf(out, "%.*s@%.*s+%.12s\n", len_of(pack->sources[i].name),
                   pack->sources[i].name.data, len_of(pack->sources[i].version),
                   pack->sources[i].version.data, pack->sources[i].hash);
    buf_printf(out, "base %.4f, watch %.2f, review %.2f, urgent %.2f\n", pack->base,
               pack->threshold_watch, pack->threshold_review, pack->threshold_urgent);
    buf_printf(out, "%u terms, %u allow-phrases, %u examples, matcher %.1f MB\n", pack->term_count,
               pack->allow_count, pack->example_count, (double)matcher_bytes(pack->matcher) / 1e6);
    put_signals(pack, verbose, out);
    put_rules(pack, out);
    put_tables(pack, out);
}

/* ---- JSON ---- */

static void put_member(struct buf *out, const char *key, struct ward_str value)
{
    json_put_key(out, key);
    json_put_string(out, value.data ? value : (struct ward_str){"", 0});
}

static void put_pair(struct buf *out, const char *key, struct ward_str zh, struct ward_str en)
{
    json_put_key(out, key);
    buf_put_char(out, '{');
    put_member(out, "zh", zh);
    buf_put_char(out, ',');
    put_member(out, "en", en);
    buf_put_char(out, '}');
}

static void put_term_list(struct buf *out, const char *key, const struct pack_term *terms,
                          uint32_t count, uint32_t signal)
{
    bool first = true;
    json_put_key(out, key);
    buf_put_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (terms[i].signal != signal)
            continue;
        if (!first)
            buf_put_char(out, ',');
        first = false;
        json_put_string(out, terms[i].text);
    }
    buf_put_char(out, ']');
}

static void json_signals(const struct pack *pack, struct buf *out)
{
    json_put_key(out, "signals");
    buf_put_char(out, '[');
    for (uint32_t i = 0; i < pack->signal_count; i++) {
        const struct pack_signal *signal = &pack->signals[i];
        buf_put_text(out, i ? ",\n{" : "\n{");
        put_member(out, "name", signal->name);
        buf_printf(out, ",\"slot\":\"%s\",\"reader\":\"%s\",", pack_slot_name(signal->slot),
                   pack_reader_name(signal->reader));
        put_member(out, "reading", signal->reading);
        buf_put_char(out, ',');
        put_pair(out, "says", signal->says_zh, signal->says_en);
        buf_put_char(out, ',');
        put_member(out, "source", signal->source);
        buf_put_char(out, ',');
        put_term_list(out, "terms", pack->terms, pack->term_count, i);
        buf_put_char(out, ',');
        put_term_list(out, "allow", pack->allows, pack->allow_count, i);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

static void json_rules(const struct pack *pack, struct buf *out)
{
    json_put_key(out, "rules");
    buf_put_char(out, '[');
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        const struct pack_rule *rule = &pack->rules[i];
        buf_put_text(out, i ? ",\n{" : "\n{");
        put_member(out, "name", rule->name);
        buf_put_char(out, ',');
        put_member(out, "when", rule->when_text);
        buf_put_text(out, ",\"weight\":");
        json_put_number(out, rule->weight, 4);
        buf_put_char(out, ',');
        put_member(out, "family", pack->families[rule->family].name);
        buf_printf(out, ",\"role\":\"%s\",\"urgent\":%s,\"help\":%s,\"limit\":%s,",
                   ward_role_name((enum ward_role)rule->role), rule->urgent ? "true" : "false",
                   rule->help ? "true" : "false", rule->limit ? "true" : "false");
        put_pair(out, "says", rule->says_zh, rule->says_en);
        buf_put_text(out, ",\"law\":[");
        for (uint32_t l = 0; l < rule->law_count; l++) {
            if (l)
                buf_put_char(out, ',');
            json_put_string(out, pack->laws[rule->laws[l]].id);
        }
        buf_put_text(out, "],");
        put_member(out, "file", rule->file);
        buf_printf(out, ",\"line\":%u}", rule->line);
    }
    buf_put_char(out, ']');
}

static void json_laws(const struct pack *pack, struct buf *out)
{
    json_put_key(out, "law");
    buf_put_char(out, '[');
    for (uint32_t i = 0; i < pack->law_count; i++) {
        const struct pack_law *law = &pack->laws[i];
        buf_put_text(out, i ? ",\n{" : "\n{");
        put_member(out, "id", law->id);
        buf_put_char(out, ',');
        put_pair(out, "title", law->title_zh, law->title_en);
        buf_put_char(out, ',');
        put_pair(out, "text", law->text_zh, law->text_en);
        if (law->from_ms != INT64_MIN)
            buf_printf(out, ",\"from_ms\":%lld", (long long)law->from_ms);
        if (law->to_ms != INT64_MAX)
            buf_printf(out, ",\"to_ms\":%lld", (long long)law->to_ms);
        buf_put_char(out, ',');
        put_member(out, "source", law->source);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

static void json_procedures(const struct pack *pack, struct buf *out)
{
    json_put_key(out, "procedures");
    buf_put_char(out, '[');
    for (uint32_t i = 0; i < pack->procedure_count; i++) {
        const struct pack_procedure *procedure = &pack->procedures[i];
        buf_put_text(out, i ? ",\n{" : "\n{");
        put_member(out, "id", procedure->id);
        buf_put_char(out, ',');
        put_pair(out, "title", procedure->title_zh, procedure->title_en);
        buf_put_text(out, ",\"steps\":[");
        for (uint32_t s = 0; s < procedure->step_count; s++) {
            const struct pack_step *step = &procedure->steps[s];
            buf_put_text(out, s ? ",{" : "{");
            put_pair(out, "title", step->title_zh, step->title_en);
            buf_put_char(out, ',');
            put_pair(out, "body", step->body_zh, step->body_en);
            if (step->days >= 0)
                buf_printf(out, ",\"days\":%d", step->days);
            buf_put_char(out, '}');
        }
        buf_put_text(out, "]}");
    }
    buf_put_char(out, ']');
}

static void json_head(const struct pack *pack, struct buf *out)
{
    json_put_key(out, "packs");
    buf_put_char(out, '[');
    for (uint32_t i = 0; i < pack->source_count; i++) {
        buf_put_text(out, i ? ",{" : "{");
        put_member(out, "name", pack->sources[i].name);
        buf_put_char(out, ',');
        put_member(out, "version", pack->sources[i].version);
        buf_put_char(out, ',');
        put_member(out, "date", pack->sources[i].date);
        buf_printf(out, ",\"hash\":\"%s\"}", pack->sources[i].hash);
    }
    buf_printf(out, "],\"hash\":\"%s\",\"base\":", pack->hash);
    json_put_number(out, pack->base, 4);
    buf_put_text(out, ",\"thresholds\":{\"watch\":");
    json_put_number(out, pack->threshold_watch, 4);
    buf_put_text(out, ",\"review\":");
    json_put_number(out, pack->threshold_review, 4);
    buf_put_text(out, ",\"urgent\":");
    json_put_number(out, pack->threshold_urgent, 4);
    buf_put_text(out, "},\"families\":{");
    for (uint32_t i = 0; i < pack->family_count; i++) {
        if (i)
            buf_put_char(out, ',');
        json_put_string(out, pack->families[i].name);
        buf_put_char(out, ':');
        json_put_number(out, pack->families[i].cap, 4);
    }
    buf_put_char(out, '}');
}

void pack_show_json(const struct pack *pack, struct buf *out)
{
    buf_put_char(out, '{');
    json_head(pack, out);
    buf_put_text(out, ",\n");
    json_signals(pack, out);
    buf_put_text(out, ",\n");
    json_rules(pack, out);
    buf_put_text(out, ",\n");
    json_laws(pack, out);
    buf_put_text(out, ",\n");
    json_procedures(pack, out);
    buf_put_text(out, "}\n");
}

int pack_show_run(const struct pack_request *request)
{
    const struct pack *pack;
    struct ward_error err;
    if (pack_load(request->dirs, request->dir_count, &pack, &err) != WARD_OK)
        return pack_request_fail(&err);
    struct output output;
    struct buf out;
    output_open(&output);
    buf_init(&out, 256u << 20);
    if (request->json)
        pack_show_json(pack, &out);
    else
        pack_show_text(pack, request->verbose, &out);
    (void)output_write(&output, buf_str(&out));
    int result = EXIT_NOTHING;
    if (out.failed)
        result = pack_request_fail(
            &(struct ward_error){.status = WARD_ERR_NOMEM, .message = "out of memory"});
    else if (output_failed(&output, &err))
        result = pack_request_fail(&err);
    buf_release(&out);
    pack_free(pack);
    return result;
}
