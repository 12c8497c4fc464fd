/**
 * Header names of CSV files in the languages people export in -> fields of an event.
 */
#ifndef WARD_FEED_CSV_COLUMNS_H
#define WARD_FEED_CSV_COLUMNS_H

#include "ward/ward.h"

enum csv_column {
    CSV_COLUMN_OTHER = 0,
    CSV_COLUMN_ID, /* texts first: csv_column_slot() */
    CSV_COLUMN_TEXT,
    CSV_COLUMN_PLATFORM,
    CSV_COLUMN_GROUP,
    CSV_COLUMN_GROUP_NAME,
    CSV_COLUMN_ACCOUNT,
    CSV_COLUMN_ALIAS,
    CSV_COLUMN_REPLY_TO,
    CSV_COLUMN_QUOTED,
    CSV_COLUMN_FORWARDED_FROM,
    CSV_COLUMN_AUTHOR_KIND,
    CSV_COLUMN_KIND,
    CSV_COLUMN_TIME
};

/** Case, blanks around, and '-', ' ' for '_' do not matter. `name` is UTF-8. */
enum csv_column csv_column_of(struct ward_str name);

/** The text field of `event` for a column CSV_COLUMN_ID..CSV_COLUMN_AUTHOR_KIND; else NULL. */
struct ward_str *csv_column_slot(struct ward_event *event, enum csv_column column);

#endif
