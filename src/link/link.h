/**
 * Events that a verdict flagged -> the people behind them, their groups, and cases.
 *
 * Linking is a pure function: events and human judgements in, people, groups, cases and ties out;
 * no store, no clock. Any order of the events gives the same answer.
 *
 * Only what events show ties them (a handle, a reposted picture or text, a reply, a group of the
 * trade); every tie names its kind, its weight in log-odds, and the events that show it. What
 * crowds share (a hospital's number, a news text) ties nobody.
 */
#ifndef WARD_LINK_LINK_H
#define WARD_LINK_LINK_H

#include <ward/ward.h>

/** One event as linking sees it. All strings are borrowed for the call of link_build(). */
struct link_event {
    struct ward_str platform, group, id; /**< the key of the event, unique together */
    struct ward_str group_name, account, alias, reply_to;
    struct ward_str text; /**< as received */
    enum ward_kind kind;
    /**
     * none: kept because it stands next to a flagged event, or because its handle or picture is one
     * that a flagged account shows. Alone it makes nobody a trader, yet its handles and pictures
     * tie its account to others: the same number given in a group that looks innocent.
     */
    enum ward_level level;
    enum ward_role role;
    double score;
    bool urgent; /**< a reason marked urgent fired */
    bool has_time;
    int64_t time_ms;
    const struct ward_handle *handles; /**< from the verdict; kind and value are read */
    size_t handle_count;
    const struct ward_media *media;
    size_t media_count;
    const struct ward_child *children; /**< from the verdict */
    size_t child_count;
    const struct ward_price *prices;
    size_t price_count;
    const struct ward_str *rules; /**< names of the reasons with positive weight */
    size_t rule_count;
    const struct ward_str *laws; /**< ids of the law that the reasons cite; not looked at here */
    size_t law_count;
    /** Ids given at an earlier linking, kept where they still fit; empty for a new event. */
    struct ward_str previous_person, previous_case;
};

/** How much of a group was read, for what is not stored. */
struct link_group_count {
    struct ward_str platform, group;
    uint64_t messages; /**< read in all, flagged or not */
};

enum link_judgement_kind {
    LINK_JUDGE_SAME_PERSON,      /**< accounts a and b are one person */
    LINK_JUDGE_DIFFERENT_PEOPLE, /**< accounts a and b are not */
    LINK_JUDGE_SAME_CASE,        /**< accounts a and b belong in one case */
    LINK_JUDGE_DIFFERENT_CASES,  /**< accounts a and b do not */
    LINK_JUDGE_INNOCENT          /**< event a ("platform/group/id") was dismissed: ties nobody */
};

/** What a human said; stands above what the events show. */
struct link_judgement {
    enum link_judgement_kind kind;
    struct ward_str a, b; /**< accounts as "platform/account" */
};

enum link_tie_kind {
    LINK_TIE_HANDLE = 0, /**< both gave the same handle */
    LINK_TIE_MEDIA,      /**< the same picture: SHA-256, PDQ distance <= 31, or phash */
    LINK_TIE_TEMPLATE,   /**< texts of one template */
    LINK_TIE_ALIAS,      /**< aliases of one rare stem */
    LINK_TIE_REPLY,      /**< one answered the other's offer or wish */
    LINK_TIE_GROUP,      /**< both trade in one group */
    LINK_TIE_JUDGEMENT   /**< a human said so */
};
#define LINK_TIE_KINDS 7
/** "handle", "media", "template", "alias", "reply", "group", "judgement"; static. */
const char *link_tie_name(enum link_tie_kind kind);

/* Strings and arrays below belong to the struct link and live as long as it. */

struct link_tie {
    struct ward_str a, b; /**< accounts, "platform/account"; a < b bytewise */
    enum link_tie_kind kind;
    struct ward_str says_zh, says_en; /**< "both gave test_x1" */
    double weight;                    /**< log-odds that a and b are one actor, or one case */
    bool has_time;
    int64_t first_ms, last_ms;
    const uint32_t *events; /**< indexes into the events given */
    size_t event_count;
};

struct link_account {
    struct ward_str key;   /**< "platform/account" */
    struct ward_str alias; /**< the last one seen */
};

struct link_person {
    struct ward_str id; /**< "P-" and at least 10 hex digits */
    enum ward_role role;
    double confidence;    /**< 0..1 that all these accounts are one actor; 1 for one account */
    double role_share[4]; /**< by enum ward_role: share of the evidence for each; sum 1 */
    const struct link_account *accounts;
    size_t account_count;
    const struct ward_handle *handles; /**< kind and value */
    size_t handle_count;
    const uint32_t *groups; /**< indexes into groups */
    size_t group_count;
    const uint32_t *events; /**< flagged ones, by time then key */
    size_t event_count;
    const uint32_t *ties; /**< indexes into ties: those that make it one person */
    size_t tie_count;
    uint32_t case_index;
    double brokerage; /**< 0..1: betweenness of the person in its case */
};

struct link_group {
    struct ward_str key;  /**< "platform/group" */
    struct ward_str name; /**< the last one seen */
    double score;         /**< 0..1: how much of a trading group it is */
    uint64_t messages, flagged;
    uint32_t people[4];  /**< by enum ward_role */
    uint32_t case_index; /**< UINT32_MAX: in none */
};

enum link_urgency {
    LINK_URGENCY_LOW = 0,
    LINK_URGENCY_MEDIUM,
    LINK_URGENCY_HIGH,
    LINK_URGENCY_CRITICAL
};
/** "low", "medium", "high", "critical"; static. */
const char *link_urgency_name(enum link_urgency urgency);

/** One part of a case's urgency, in a sentence. */
struct link_urgency_reason {
    struct ward_str says_zh, says_en; /**< "a birth is due on 2026-12-01" */
    double points;
};

struct link_case {
    struct ward_str id;            /**< "C-" and at least 10 hex digits */
    const struct ward_str *merged; /**< ids of earlier cases that went into this one */
    size_t merged_count;
    enum link_urgency urgency;
    double urgency_points; /**< sum over the reasons; orders cases */
    const struct link_urgency_reason *reasons;
    size_t reason_count;
    double score;                     /**< 0..1: that this is the trade */
    struct ward_str says_zh, says_en; /**< one sentence */
    const uint32_t *people;
    size_t person_count;
    const uint32_t *groups;
    size_t group_count;
    const uint32_t *events; /**< flagged ones, by time then key */
    size_t event_count;
    const uint32_t *ties; /**< all ties between its accounts */
    size_t tie_count;
    bool has_time;
    int64_t first_ms, last_ms;
};

struct link {
    const struct link_case *cases; /**< most urgent first */
    size_t case_count;
    const struct link_person *people; /**< by case, then weight of evidence */
    size_t person_count;
    const struct link_group *groups; /**< highest score first */
    size_t group_count;
    const struct link_tie *ties;
    size_t tie_count;
    const uint32_t *event_person; /**< per event: index into people, UINT32_MAX: none */
    const uint32_t *event_case;   /**< per event: index into cases, UINT32_MAX: none */
    size_t event_count;
};

struct link_input {
    const struct link_event *events;
    size_t event_count;
    const struct link_group_count *groups;
    size_t group_count;
    const struct link_judgement *judgements;
    size_t judgement_count;
    bool has_now; /**< imminence is judged against `now_ms`, else against the last event */
    int64_t now_ms;
};

#define LINK_EVENTS_MAX (16u * 1024u * 1024u)

/**
 * Links all events. `*out` is freed with link_free(). WARD_ERR_NOMEM; WARD_ERR_LIMIT above
 * LINK_EVENTS_MAX. Cost: about linear in events, handles and media.
 */
enum ward_status link_build(const struct link_input *input, struct link **out,
                            struct ward_error *err) WARD_MUST_USE;
/** NULL allowed. */
void link_free(struct link *link);

#endif
