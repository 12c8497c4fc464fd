/**
 * What reports still hold once the events they are about were erased, and how it goes.
 *
 * A report is a record beside the store's events, so that erasing an event does not reach it. Here
 * its words (reporter, reason, notes) and the keys of erased events are taken out; its id, which is
 * a hash of them, times, level and the hashes in the audit log stay.
 */
#ifndef WARD_API_REPORT_ERASE_H
#define WARD_API_REPORT_ERASE_H

#include "store/store.h"

/** An account that is erased; as reporter it goes too. Borrowed. */
struct report_reporter {
    struct ward_str platform, account;
};

/**
 * Empties the reports whose reported event is erased, or whose reporter is `gone` (NULL: nobody);
 * takes the keys of other erased events out of threads; removes reports that expired before
 * `act->time_ms`. Each change is an entry of its own ("report-erased", "report-expired"); to be run
 * again after a failure. `*count` reports were changed. Linear in reports, a look-up for each
 * event.
 */
enum ward_status report_erase(struct store *store, const struct store_act *act,
                              const struct report_reporter *gone, uint64_t *count,
                              struct ward_error *err) WARD_MUST_USE;

#endif
