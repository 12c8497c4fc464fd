/**
 * The packs' own examples (`match:` and `pass:` of every rule) through the real engine.
 *
 * An example with `before:` is judged behind those events in a session of its own; one without is
 * judged by itself. A rule counts as fired when it is among the reasons or the help of the verdict.
 */
#ifndef WARD_ENGINE_EXAMPLE_RUN_H
#define WARD_ENGINE_EXAMPLE_RUN_H

#include "engine/engine.h"

/** One example, judged. Borrowed for the call. */
struct example_result {
    const struct pack_example *example;
    const struct ward_verdict *verdict;
    struct ward_str rule; /**< whose example it is */
    bool is_good;         /**< the rule fired where it must, or did not where it must not */
};

/** Told of each example; anything but WARD_OK ends the run and is returned by it. */
typedef enum ward_status (*example_taker)(void *context, const struct example_result *result);

/**
 * Judges every example of the packs, in their order. WARD_ERR_NOMEM, WARD_ERR_LIMIT or what `take`
 * returned; `err` then names file and line of the example.
 */
enum ward_status example_run(const struct ward_engine *engine, example_taker take, void *context,
                             struct ward_error *err) WARD_MUST_USE;

#endif
