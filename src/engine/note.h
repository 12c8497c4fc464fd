/**
 * An event packed into a few bytes, so that it can be judged again while its thread remembers it.
 */
#ifndef WARD_ENGINE_NOTE_H
#define WARD_ENGINE_NOTE_H

#include "ward/ward.h"

/**
 * Packs `event` into `out` (`size` bytes). Returns the bytes used, or 0 if it does not fit. Of
 * media only their texts are kept, as many as fit with everything else.
 */
size_t note_pack(const struct ward_event *event, char *out, size_t size);

/** Unpacks: strings of `event` point into `note`, its media into `media` (room for `media_max`). */
void note_unpack(struct ward_str note, struct ward_event *event, struct ward_media *media,
                 size_t media_max);

/** Media entries of one note. */
#define NOTE_MEDIA_MAX 8u

#endif
