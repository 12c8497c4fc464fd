/**
 * Case files for tests: one read from a JSON file a reviewer can read, one made up to be hostile.
 */
#ifndef WARD_TESTS_CASE_FIXTURE_H
#define WARD_TESTS_CASE_FIXTURE_H

#include "base/arena.h"
#include "casework/case_file.h"

struct case_fixture {
    struct arena arena; /**< owns everything */
    struct case_file file;
};

/** Reads `path`; hashes are computed. False (and nothing to release) if it cannot. */
bool case_fixture_load(struct case_fixture *fixture, const char *path);
/**
 * `count` events that attack whoever shows them: markup, direction controls, NUL, invalid UTF-8,
 * names of 100,000 bytes, spreadsheet formulas, spans outside their text, a person each.
 */
bool case_fixture_hostile(struct case_fixture *fixture, size_t count);
void case_fixture_release(struct case_fixture *fixture);

#endif
