/**
 * Drawing the placed network. Colours follow the report's; shapes tell roles apart in print too.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "evidence/network.h"
#include "evidence/page.h"

#define LEGEND_HEIGHT 58.0
#define LABEL_WIDTH_PERSON 15
#define LABEL_WIDTH_GROUP 20
#define WIDTH_MIN 460.0

struct role_look {
    const char *fill, *line;
};

/* By enum ward_role. Calm, apart in grey too. */
static const struct role_look looks[] = {
    {"#f1f3f5", "#868e96"}, {"#fbe3d6", "#b4532a"}, {"#dbe9f6", "#2b6299"}, {"#e9dff2", "#6a3d94"}};

#define FONTS "font-family=\"Noto Sans CJK SC,Noto Sans SC,PingFang SC,Microsoft YaHei,sans-serif\""

static const struct role_look *look_of(enum ward_role role)
{
    return &looks[role <= WARD_ROLE_AGENT ? role : 0];
}

/* One decimal, point whatever the locale. */
static void put_number(struct buf *out, double value)
{
    const long tenths = (long)(value * 10.0 + (value < 0 ? -0.5 : 0.5));
    buf_printf(out, "%s%ld.%ld", tenths < 0 ? "-" : "", labs(tenths) / 10, labs(tenths) % 10);
}

static void put_attribute(struct buf *out, const char *name, double value)
{
    buf_printf(out, " %s=\"", name);
    put_number(out, value);
    buf_put_char(out, '"');
}

static void put_edge(struct buf *out, const struct network *net, const struct network_edge *edge)
{
    const struct network_node *a = &net->nodes[edge->a];
    const struct network_node *b = &net->nodes[edge->b];
    buf_put_text(out, "<line");
    put_attribute(out, "x1", a->x);
    put_attribute(out, "y1", a->y);
    put_attribute(out, "x2", b->x);
    put_attribute(out, "y2", b->y);
    if (!edge->kinds) {
        buf_put_text(out, " stroke=\"#9aa5b1\" stroke-width=\"1\"/>\n");
        return;
    }
    buf_put_text(out, " stroke=\"#b4532a\"");
    put_attribute(out, "stroke-width", edge->weight >= 4 ? 3.0 : edge->weight >= 2 ? 2.2 : 1.5);
    /* An answer or a likeness is weaker than a shared contact, picture or a person's word. */
    if (!(edge->kinds & (1u << LINK_TIE_HANDLE | 1u << LINK_TIE_MEDIA | 1u << LINK_TIE_JUDGEMENT)))
        buf_put_text(out, " stroke-dasharray=\"5 4\"");
    buf_put_text(out, "/>\n");
}

static void put_box(struct buf *out, double x, double y, double width, double height)
{
    buf_put_text(out, "<rect");
    put_attribute(out, "x", x - width / 2);
    put_attribute(out, "y", y - height / 2);
    put_attribute(out, "width", width);
    put_attribute(out, "height", height);
}

enum text_look { TEXT_NAME, TEXT_SMALL, TEXT_NOTE };

/* As attributes: printers of SVG know them better than style sheets. */
static void open_text(struct buf *out, enum text_look look, double x, double y)
{
    static const char *const looks_of_text[] = {
        "font-size=\"11\" font-weight=\"600\" fill=\"#1f2933\" text-anchor=\"middle\"",
        "font-size=\"10\" fill=\"#52606d\" text-anchor=\"middle\"",
        "font-size=\"10\" fill=\"#52606d\""};
    buf_printf(out, "<text %s", looks_of_text[look]);
    put_attribute(out, "x", x);
    put_attribute(out, "y", y);
    buf_put_char(out, '>');
}

static void put_person(struct buf *out, const struct case_file *file, enum evidence_lang lang,
                       const struct network_node *node)
{
    const struct link_person *person = &file->link->people[node->index];
    const struct role_look *look = look_of(person->role);
    put_box(out, node->x, node->y, NETWORK_PERSON_WIDTH, NETWORK_PERSON_HEIGHT);
    buf_printf(out, " rx=\"%d\" fill=\"%s\" stroke=\"%s\" stroke-width=\"%s\"/>\n",
               person->role == WARD_ROLE_AGENT ? 4 : 20, look->fill, look->line,
               person->role == WARD_ROLE_AGENT ? "2.5" : "1.5");
    open_text(out, TEXT_NAME, node->x, node->y - 4);
    buf_printf(out, "P%u ", node->index + 1);
    if (person->account_count)
        page_label(out,
                   person->accounts[0].alias.len ? person->accounts[0].alias
                                                 : person->accounts[0].key,
                   LABEL_WIDTH_PERSON - 3);
    buf_put_text(out, "</text>\n");
    open_text(out, TEXT_SMALL, node->x, node->y + 12);
    buf_put_text(out, page_role(lang, person->role));
    buf_printf(out, " · %zu", person->event_count);
    buf_put_text(out, "</text>\n");
}

static void put_group(struct buf *out, const struct case_file *file,
                      const struct network_node *node)
{
    const struct link_group *group = &file->link->groups[node->index];
    put_box(out, node->x, node->y, NETWORK_GROUP_WIDTH, NETWORK_GROUP_HEIGHT);
    buf_put_text(out, " fill=\"#fffdf5\" stroke=\"#a58a3a\" stroke-dasharray=\"3 2\"/>\n");
    open_text(out, TEXT_NAME, node->x, node->y + 4);
    buf_printf(out, "G%u ", node->index + 1);
    page_label(out, group->name.len ? group->name : group->key, LABEL_WIDTH_GROUP - 3);
    buf_put_text(out, "</text>\n");
}

static void put_legend_item(struct buf *out, double x, double y, const char *shape,
                            const char *label)
{
    buf_printf(out, "<g transform=\"translate(");
    put_number(out, x);
    buf_put_char(out, ' ');
    put_number(out, y);
    buf_printf(out, ")\">%s", shape);
    open_text(out, TEXT_NOTE, 26, 4);
    buf_printf(out, "%s</text></g>\n", label);
}

static void put_legend(struct buf *out, enum evidence_lang lang, double y)
{
    static const enum ward_role roles[] = {WARD_ROLE_AGENT, WARD_ROLE_OFFER, WARD_ROLE_SEEK};
    char shape[256];
    for (int i = 0; i < 3; i++) {
        (void)snprintf(shape, sizeof shape,
                       "<rect x=\"0\" y=\"-6\" width=\"20\" height=\"12\" rx=\"%d\" fill=\"%s\" "
                       "stroke=\"%s\"/>",
                       i ? 6 : 2, looks[roles[i]].fill, looks[roles[i]].line);
        put_legend_item(out, 18 + 110.0 * i, y, shape, page_role(lang, roles[i]));
    }
    put_legend_item(out, 348, y,
                    "<rect x=\"0\" y=\"-6\" width=\"20\" height=\"12\" fill=\"#fffdf5\" "
                    "stroke=\"#a58a3a\" stroke-dasharray=\"3 2\"/>",
                    lang == EVIDENCE_ZH ? "群" : "group");
    put_legend_item(out, 18, y + 20,
                    "<line x1=\"0\" x2=\"20\" stroke=\"#b4532a\" stroke-width=\"2.5\"/>",
                    lang == EVIDENCE_ZH ? "同一联系方式或图片" : "same contact or picture");
    put_legend_item(out, 218, y + 20,
                    "<line x1=\"0\" x2=\"20\" stroke=\"#b4532a\" stroke-width=\"2\" "
                    "stroke-dasharray=\"5 4\"/>",
                    lang == EVIDENCE_ZH ? "其他关联" : "other tie");
    put_legend_item(out, 348, y + 20, "<line x1=\"0\" x2=\"20\" stroke=\"#9aa5b1\"/>",
                    lang == EVIDENCE_ZH ? "在该群发言" : "wrote there");
}

static void put_left_out(struct buf *out, const struct network *net, enum evidence_lang lang,
                         double y)
{
    if (!net->people_left_out && !net->groups_left_out && !net->edges_left_out)
        return;
    open_text(out, TEXT_NOTE, 18, y);
    if (lang == EVIDENCE_ZH)
        buf_printf(out, "图中只画最活跃者与最强关联；另有 %zu 人、%zu 群、%zu 条关联未画出。",
                   net->people_left_out, net->groups_left_out, net->edges_left_out);
    else
        buf_printf(out,
                   "Only the most active and the strongest ties are drawn; %zu people, %zu groups "
                   "and %zu ties are not.",
                   net->people_left_out, net->groups_left_out, net->edges_left_out);
    buf_put_text(out, "</text>\n");
}

static void draw(const struct case_file *file, const struct network *net, enum evidence_lang lang,
                 struct buf *out)
{
    const double width = net->width < WIDTH_MIN ? WIDTH_MIN : net->width;
    const double height = net->height + LEGEND_HEIGHT;
    buf_put_text(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"");
    put_number(out, net->width < WIDTH_MIN ? (net->width - WIDTH_MIN) / 2 : 0);
    buf_put_text(out, " 0 ");
    put_number(out, width);
    buf_put_char(out, ' ');
    put_number(out, height);
    buf_put_char(out, '"');
    put_attribute(out, "width", width);
    put_attribute(out, "height", height);
    buf_put_text(out, " " FONTS ">\n");
    for (size_t i = 0; i < net->edge_count; i++)
        put_edge(out, net, &net->edges[i]);
    for (size_t i = 0; i < net->node_count; i++)
        if (net->nodes[i].is_group)
            put_group(out, file, &net->nodes[i]);
        else
            put_person(out, file, lang, &net->nodes[i]);
    buf_put_text(out, "<g");
    if (net->width < WIDTH_MIN) {
        buf_put_text(out, " transform=\"translate(");
        put_number(out, (net->width - WIDTH_MIN) / 2);
        buf_put_text(out, " 0)\"");
    }
    buf_put_text(out, ">\n");
    put_legend(out, lang, net->height + 8);
    put_left_out(out, net, lang, net->height + 50);
    buf_put_text(out, "</g>\n</svg>\n");
}

enum ward_status network_svg(const struct case_file *file, enum evidence_lang lang,
                             const struct evidence_leave *leave, struct buf *out,
                             struct ward_error *err)
{
    struct network net;
    enum ward_status status = network_choose(file, &net, err);
    if (status == WARD_OK)
        status = network_place(&net, leave, err);
    if (status != WARD_OK)
        return status;
    draw(file, &net, lang, out);
    return out->failed ? error_set(err, out->failed, "the picture is too large") : WARD_OK;
}

enum ward_status evidence_network_svg(const struct case_file *file, enum evidence_lang lang,
                                      struct buf *out, struct ward_error *err)
{
    return network_svg(file, lang, NULL, out, err);
}
