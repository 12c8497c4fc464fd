/**
 * Asking Graphviz where to put the nodes. Its "plain" answer is lines of numbers:
 *   graph SCALE WIDTH HEIGHT
 *   node NAME X Y ...            (inches, y up)
 */
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "evidence/network.h"
#include "evidence/run_tool.h"

#define POINTS_PER_INCH 72.0
#define LAYOUT_BYTES_MAX (1024u * 1024u)
#define LAYOUT_SECONDS 20
#define LAYOUT_MEMORY_BYTES ((size_t)1024 * 1024 * 1024)
#define MARGIN 18.0

static void put_graph(const struct network *net, struct buf *out)
{
    buf_put_text(out, "graph g{graph[overlap=prism,sep=\"+14\",outputorder=edgesfirst,start=7,"
                      "maxiter=2000,epsilon=0.0001];"
                      "node[shape=box,fixedsize=true,label=\"\"];");
    for (size_t i = 0; i < net->node_count; i++) {
        const bool group = net->nodes[i].is_group;
        buf_printf(
            out, "n%zu[width=%d.%02d,height=%d.%02d];", i,
            (int)((group ? NETWORK_GROUP_WIDTH : NETWORK_PERSON_WIDTH) / POINTS_PER_INCH),
            (int)((group ? NETWORK_GROUP_WIDTH : NETWORK_PERSON_WIDTH) * 100 / POINTS_PER_INCH) %
                100,
            0,
            (int)((group ? NETWORK_GROUP_HEIGHT : NETWORK_PERSON_HEIGHT) * 100 / POINTS_PER_INCH));
    }
    for (size_t i = 0; i < net->edge_count; i++)
        buf_printf(out, "n%u--n%u[len=%s];", net->edges[i].a, net->edges[i].b,
                   net->edges[i].kinds ? "2.1" : "1.8");
    buf_put_text(out, "}\n");
}

/* A decimal number, point as separator whatever the locale; moves `*at` behind it. */
static bool take_number(const char **at, const char *end, double *out)
{
    double value = 0;
    double place = 1;
    bool negative = false;
    bool fraction = false;
    const char *start;
    while (*at < end && **at == ' ')
        ++*at;
    if (*at < end && **at == '-') {
        negative = true;
        ++*at;
    }
    for (start = *at; *at < end; ++*at) {
        if (**at == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (**at < '0' || **at > '9')
            break;
        value = value * 10 + (**at - '0');
        place *= fraction ? 10 : 1;
    }
    if (*at == start || value > 1e9 * place)
        return false;
    if (*at + 1 < end && (**at == 'e' || **at == 'E')) /* "1e-05": as good as 0 here */
        value = 0;
    while (*at < end && **at != ' ' && **at != '\n')
        ++*at;
    *out = (negative ? -value : value) / place;
    return true;
}

static bool starts_with(const char *at, const char *end, const char *word)
{
    const size_t len = strlen(word);
    return (size_t)(end - at) > len && memcmp(at, word, len) == 0;
}

static bool read_line(struct network *net, const char *at, const char *end, double *height)
{
    double scale;
    double number;
    double x;
    double y;
    if (starts_with(at, end, "graph ")) {
        at += 6;
        if (!take_number(&at, end, &scale) || !take_number(&at, end, &net->width) ||
            !take_number(&at, end, height))
            return false;
        net->width = net->width * POINTS_PER_INCH + 2 * MARGIN;
        net->height = *height * POINTS_PER_INCH + 2 * MARGIN;
        return true;
    }
    if (!starts_with(at, end, "node n"))
        return true;
    at += 6;
    if (!take_number(&at, end, &number) || !take_number(&at, end, &x) ||
        !take_number(&at, end, &y) || number < 0 || number >= (double)net->node_count)
        return false;
    net->nodes[(size_t)number].x = x * POINTS_PER_INCH + MARGIN;
    net->nodes[(size_t)number].y = (*height - y) * POINTS_PER_INCH + MARGIN;
    return true;
}

static enum ward_status read_layout(struct network *net, struct ward_str text,
                                    struct ward_error *err)
{
    const char *at = text.data;
    const char *const end = at + text.len;
    double height = 0;
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end)
            line_end = end;
        if (!read_line(net, at, line_end, &height))
            return error_set(err, WARD_ERR_IO, "dot gave no layout that can be read");
        at = line_end < end ? line_end + 1 : end;
    }
    if (net->width <= 0)
        return error_set(err, WARD_ERR_IO, "dot gave no layout");
    return WARD_OK;
}

enum ward_status network_place(struct network *net, const struct evidence_leave *leave,
                               struct ward_error *err)
{
    static const char *const argv[] = {"dot", "-Kneato", "-Tplain", NULL};
    struct buf graph;
    struct buf layout;
    if (!net->node_count) {
        net->width = net->height = 2 * MARGIN;
        return WARD_OK;
    }
    buf_init(&graph, LAYOUT_BYTES_MAX);
    buf_init(&layout, LAYOUT_BYTES_MAX);
    put_graph(net, &graph);
    enum ward_status status = graph.failed;
    if (status == WARD_OK) {
        const struct tool_call call = {.argv = argv,
                                       .package = "graphviz",
                                       .input = buf_str(&graph),
                                       .seconds = LAYOUT_SECONDS,
                                       .memory_bytes = LAYOUT_MEMORY_BYTES,
                                       .leave = leave};
        status = tool_run(&call, &layout, err);
        if (status == WARD_OK)
            status = read_layout(net, buf_str(&layout), err);
    } else {
        (void)error_set(err, status, "out of memory");
    }
    buf_release(&graph);
    buf_release(&layout);
    return status;
}
