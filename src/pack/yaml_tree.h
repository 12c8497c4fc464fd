/**
 * YAML bytes -> a bounded tree with the place of every node.
 *
 * Only what packs need: one document of maps, lists and scalars. Anchors, aliases and tags are
 * refused (an alias bomb cannot be written), so are duplicate keys, text that is not UTF-8, control
 * characters and the exotic line breaks that would make line numbers differ from an editor's.
 * Depth, nodes and bytes have ceilings. Scalars stay text: the reader of a value decides its type.
 */
#ifndef WARD_PACK_YAML_TREE_H
#define WARD_PACK_YAML_TREE_H

#include "base/arena.h"
#include "ward/ward.h"

#define TREE_DEPTH_MAX 16u
#define TREE_NODES_MAX 1000000u

enum tree_kind { TREE_TEXT, TREE_LIST, TREE_MAP };

struct tree_node {
    enum tree_kind kind;
    bool plain;      /**< a scalar written without quotes */
    uint32_t line;   /**< 1-based */
    uint32_t column; /**< 1-based, bytes */
    uint32_t begin;  /**< bytes of the source, half-open; of a list or map only its start */
    uint32_t end;
    uint32_t count;                /**< children of a list, pairs of a map */
    struct ward_str text;          /**< scalar value, NUL-terminated behind `len` */
    const struct tree_node *first; /**< first child; of a map: the first key */
    const struct tree_node *next;  /**< next sibling; of a key: the next key */
    const struct tree_node *value; /**< of a key: its value */
};

struct tree {
    const char *file; /**< as shown in errors; NUL-terminated, borrowed */
    struct ward_str bytes;
    const struct tree_node *root; /**< NULL when there is no document */
};

/**
 * Reads `bytes` (borrowed for the life of the tree). Everything of the tree lies in `arena`.
 * WARD_ERR_FORMAT, WARD_ERR_LIMIT or WARD_ERR_NOMEM; `err` names `file`, line and column.
 * Cost: O(bytes).
 */
enum ward_status tree_read(struct arena *arena, const char *file, struct ward_str bytes,
                           struct tree *out, struct ward_error *err) WARD_MUST_USE;

/** Value of a key of a map, NULL if it has no such key. Cost: O(keys). */
const struct tree_node *tree_get(const struct tree_node *map, const char *key);

/**
 * Place in the file of byte `offset` of a scalar's value. Exact for values on one line without
 * escapes; for values folded over several lines white space may have been joined, and the place is
 * found by counting the other bytes.
 */
void tree_place(const struct tree *tree, const struct tree_node *node, size_t offset,
                uint32_t *line, uint32_t *column);

#endif
