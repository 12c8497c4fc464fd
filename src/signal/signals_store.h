/**
 * Growing and copying `struct signals`.
 */
#ifndef WARD_SIGNAL_SIGNALS_STORE_H
#define WARD_SIGNAL_SIGNALS_STORE_H

#include "signal/facts.h"
#include "signal/signals.h"

/** Empties the result but keeps its storage. */
void signals_clear(struct signals *signals);
/** Makes room for the counts given and zeroes the bits. WARD_ERR_NOMEM: nothing is lost. */
enum ward_status signals_reserve(struct signals *signals, uint32_t hits, uint32_t clauses,
                                 uint32_t signal_words) WARD_MUST_USE;
/** Copies the facts, handle values included. WARD_ERR_NOMEM. */
enum ward_status signals_put_facts(struct signals *signals,
                                   const struct facts *facts) WARD_MUST_USE;

#endif
