/**
 * The network of a case as a graph small enough to be read, and where its parts stand on paper.
 *
 * People and groups are nodes. A person is tied to the groups it wrote in, and to other people by
 * what linking found. Of a large network the most active people, the groups they share and the
 * heaviest ties are kept, and how much was left out is known.
 *
 * Graphviz only ever sees numbers: names are drawn by us, around the places it gives.
 */
#ifndef WARD_EVIDENCE_NETWORK_H
#define WARD_EVIDENCE_NETWORK_H

#include "evidence/evidence.h"

struct network_node {
    uint32_t index; /**< of the person or group in the case's link */
    bool is_group;
    double x, y; /**< centre, points, y down */
};

struct network_edge {
    uint32_t a, b;  /**< nodes */
    double weight;  /**< > 0 */
    uint32_t kinds; /**< 1 << enum link_tie_kind; 0: a person wrote in a group */
};

struct network {
    struct network_node nodes[EVIDENCE_NODES_MAX];
    size_t node_count;
    struct network_edge edges[EVIDENCE_TIES_MAX];
    size_t edge_count;
    size_t people_left_out, groups_left_out, edges_left_out;
    double width, height; /**< points */
};

/** Size of a node on paper, points. */
#define NETWORK_PERSON_WIDTH 118.0
#define NETWORK_PERSON_HEIGHT 46.0
#define NETWORK_GROUP_WIDTH 150.0
#define NETWORK_GROUP_HEIGHT 34.0

/** Chooses nodes and edges; places are 0. WARD_ERR_NOMEM. Cost: n log n in ties and accounts. */
enum ward_status network_choose(const struct case_file *file, struct network *out,
                                struct ward_error *err) WARD_MUST_USE;
/** Places the nodes by `dot`. See evidence_network_svg() for errors. */
enum ward_status network_place(struct network *network, const struct evidence_leave *leave,
                               struct ward_error *err) WARD_MUST_USE;
/** evidence_network_svg() that may be left; `leave` may be NULL. */
enum ward_status network_svg(const struct case_file *file, enum evidence_lang lang,
                             const struct evidence_leave *leave, struct buf *out,
                             struct ward_error *err) WARD_MUST_USE;

#endif
