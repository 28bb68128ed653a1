/* parts - what the hub reads of each party before a turn, so that nobody makes another's notices
 * wait.
 *
 * A party has its part of a reading in frames and bytes. While it alone submits the part is large:
 * many notices share a commit. While others submit too it is one large frame or a few small ones: a
 * sender that keeps to base/limits.h makes about a millisecond of it, and what is larger is put
 * off. Lines and greetings do not make a party one that submits, so that the recipients of a lone
 * sender take nothing from it.
 *
 * Pure: it is told the time and what was read. The clock may jump; a jump forgets.
 */
#ifndef TB_BROKER_PARTS_H
#define TB_BROKER_PARTS_H

#include "base/base.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/time.h"

/* Parties whose large frames are remembered. Who is forgotten begins anew. */
#define TB_PARTS_LARGE 32
typedef enum tb_part_verdict {
    TB_PART_TAKE,
    TB_PART_KEEP, /* its party has had its part, or a reading's number of parties is reached: it is
                     the first of the next reading, this one ends */
    TB_PART_DROP, /* put off: as if it had been lost */
} tb_part_verdict;

typedef struct tb_part {
    tb_party party; /* zero: nobody has the place */
    tb_time at;
} tb_part;

typedef struct tb_read_part {
    tb_party party;
    size_t frames;
    size_t bytes;
} tb_read_part;

typedef struct tb_parts {
    tb_part newest; /* who submitted last */
    tb_part other;  /* who of all others did */
    tb_part large[TB_PARTS_LARGE];
    /* of the running reading */
    tb_time now;
    tb_read_part read[TB_BATCH_MAX];
    size_t count;
} tb_parts;

/* The next reading. Zeroed is the first state. */
void tb_parts_begin(tb_parts *parts, tb_time now);
/* What becomes of the next frame of a reading, which is of at most TB_BATCH_MAX parties. */
tb_part_verdict tb_parts_judge(tb_parts *parts, const tb_party *party, tb_bytes frame);
/* Whether what was read of this party goes into a turn behind the others': others submit, and it is
 * more than lone notices or lines. */
bool tb_parts_behind(const tb_parts *parts, const tb_party *party);

#endif
