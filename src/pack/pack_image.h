/**
 * The compiled pack as bytes (all but the matcher, which is rebuilt from the terms).
 */
#ifndef WARD_PACK_PACK_IMAGE_H
#define WARD_PACK_PACK_IMAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "pack/pack.h"

/** Appends the image of `pack`; a failure shows in `out->failed`. */
void pack_image_write(const struct pack *pack, struct buf *out);

/**
 * Fills `pack` (matcher left NULL) from an image. Texts point into `bytes`, which must live as long
 * as the pack; everything else lies in `arena`. The bytes are not trusted: every index, order and
 * choice that other rooms rely on is checked. WARD_ERR_STALE for anything wrong, WARD_ERR_NOMEM.
 */
enum ward_status pack_image_read(struct ward_str bytes, struct arena *arena,
                                 struct pack *pack) WARD_MUST_USE;

#endif
