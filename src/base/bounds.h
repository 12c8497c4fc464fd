/**
 * Every ceiling that more than one room must agree on, with its reason.
 */
#ifndef WARD_BASE_BOUNDS_H
#define WARD_BASE_BOUNDS_H

/** Bytes of one text judged as a whole; longer texts are judged in overlapping windows. */
#define WARD_TEXT_WINDOW_BYTES (64u * 1024u)
/** Overlap of two windows in bytes: longer than any term with its gaps. */
#define WARD_TEXT_OVERLAP_BYTES 1024u
/** Bytes of one input line or record; a longer one is reported and skipped (a 10 MB line must
 * pass). */
#define WARD_RECORD_BYTES_MAX (16u * 1024u * 1024u)
/** Units (code points) of one term; longer terms are refused with a clear error. */
#define WARD_TERM_UNITS_MAX 64u
/** Bytes of one pack file. */
#define WARD_PACK_FILE_BYTES_MAX (8u * 1024u * 1024u)

#endif
