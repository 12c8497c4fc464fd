/**
 * The same picture, however it was saved again: pictures -> one number for those that look alike.
 *
 * Two pictures are the same when their SHA-256 is, when their PDQ hashes differ in at most 31 of
 * 256 bits (the distance its authors recommend), or their 64-bit perceptual hashes in at most 6.
 *
 * Look-up by pigeonhole (multi-index hashing: Norouzi, Punjani, Fleet 2012): a hash is cut into
 * parts of 16 bits, a PDQ into 16, a phash into 4; within 31 (6) bits at least one part differs in
 * at most one bit, so a probe of each part and its 16 neighbours finds every pair. Likeness is
 * passed on through middlemen only where the ends are within twice the distance.
 *
 * Hashes that say nothing (nearly all bits alike: a blank or flat picture) match by SHA-256 only.
 */
#ifndef WARD_LINK_MEDIA_MATCH_H
#define WARD_LINK_MEDIA_MATCH_H

#include "base/arena.h"
#include "ward/ward.h"

#define MEDIA_PDQ_DISTANCE 31u
#define MEDIA_PHASH_DISTANCE 6u
#define MEDIA_NONE UINT32_MAX

struct media_hash {
    uint64_t sha[4];
    uint64_t pdq[4];
    uint64_t phash;
    bool has_sha, has_pdq, has_phash;
};

/** Reads the hex of `media`; malformed or flat hashes are absent. */
void media_hash_read(struct media_hash *hash, const struct ward_media *media);

/**
 * `number[i]` becomes the least index of the pictures that are the same as picture i (MEDIA_NONE
 * without a hash). Order of the pictures changes numbers only, not who is with whom.
 * WARD_ERR_NOMEM. Cost: sub-quadratic: 272 probes a distinct PDQ hash, 68 a phash, each of distinct
 * / 65536 comparisons, at most MEDIA_BUCKET_MAX.
 */
enum ward_status media_match(const struct media_hash *hashes, uint32_t count, uint32_t *number,
                             struct arena *work) WARD_MUST_USE;
/** Distinct hashes with one value of a part that a probe looks at; no natural set comes near. */
#define MEDIA_BUCKET_MAX 64u

#endif
