/**
 * What each disguise costs, in hundredths: the price list of the lattice walk.
 *
 * A hit's cost is the sum over its units and gaps. The limit (MATCH_COST_LIMIT by default) is what
 * a term of two units may cost; every further unit allows MATCH_COST_PER_UNIT more, so that a long
 * term may be disguised throughout. Cheap: what leaves the look intact. Dearer: what a reader has
 * to sound out. Dearest: what also happens by chance (sentence marks between, changed order,
 * initials).
 */
#ifndef WARD_MATCH_COSTS_H
#define WARD_MATCH_COSTS_H

#define MATCH_COST_LIMIT 60u
#define MATCH_COST_PER_UNIT 30u

/* One unit, its look kept. */
#define COST_FOLD 1u      /* width, case, styled, variant: each */
#define COST_INVISIBLE 2u /* invisible code points behind the unit */
#define COST_LEET 8u

/* One unit, another in its place. */
#define COST_HOMOPHONE 15u
#define COST_NEAR_STEP 12u  /* each step of syllable_distance, on top of COST_HOMOPHONE */
#define COST_SHAPE_STEP 12u /* each step of chars_shape_distance */
#define COST_SHAPE 6u       /* on top of the steps */
#define COST_SPLIT 12u
#define COST_NUMERAL 5u
#define COST_PINYIN 16u
#define COST_PINYIN_LOOSE 3u
#define COST_INITIAL 30u
#define COST_DIGIT_SOUND 22u
#define COST_DIGIT_SOUND_LOOSE 30u
#define COST_EMOJI 14u       /* the emoji's own word */
#define COST_EMOJI_SOUND 24u /* a word that only sounds alike */

/* Gaps: the first unit of a gap, then each further one. */
#define COST_SEPARATOR 5u
#define COST_SEPARATOR_MORE 1u
#define COST_SPACE 6u
#define COST_LINE 8u
#define COST_EMOJI_BETWEEN 8u
#define COST_MARK 24u   /* sentence mark */
#define COST_FILLER 14u /* letter or digit strewn in */
#define COST_REPEAT 4u
#define COST_REPEAT_MORE 1u

/* Order. */
#define COST_REVERSED 35u
#define COST_SWAPPED 30u
#define COST_ACROSTIC 40u

/** Units skipped between two units of a term at most; a longer gap is not read across. */
#define MATCH_GAP_UNITS_MAX 10u
/** Letters and digits among them at most. */
#define MATCH_GAP_FILLERS_MAX 3u

#endif
