/* ledger - what left a process, written down outside of it. The oracle compares stores with it.
 *
 * A promise is written here when its effect is performed, never before: what a process said is what
 * it must keep. Nothing in here is read by the logic under test.
 */
#ifndef TB_SIM_LEDGER_H
#define TB_SIM_LEDGER_H

#include "messages/link.h"
#include "tests/sim/sim.h"

typedef struct sim_name {
    uint8_t bytes[16];
} sim_name;

/* A header some agent sent, for one recipient. */
typedef struct sim_header {
    sim_name name; /* sender, incarnation, recipient, lane, number */
    tb_stream stream;
    uint64_t number;
    uint64_t notice;
    tb_digest digest;
    bool filler;  /* it was sent without its body: refused or expired */
    bool refused; /* its recipient, or the hub, refused what is in it */
    unsigned applied;
    unsigned applied_life; /* of the recipient's store */
    unsigned stamped_life; /* of the hub's store that stamped this number, + 1; 0: none */
    tb_time sent;
    unsigned sent_life; /* of the sender's store */
} sim_header;

typedef struct sim_stream {
    sim_name name;
    tb_stream stream;
    uint64_t sent;            /* the highest number the sender showed */
    uint64_t stored;          /* the hub said it holds everything up to here */
    uint64_t arrived;         /* the recipient said so */
    uint64_t applied;         /* the last number whose notice was applied */
    tb_digest applied_digest; /* of that notice's header */
    unsigned hub_life, sender_life, recipient_life;
} sim_stream;

/* An act its author's agent accepted. */
typedef struct sim_accepted {
    size_t node;
    unsigned life;
    size_t lead;
    tb_case_id case_id;
    tb_digest event;
    uint64_t number;
} sim_accepted;

/* An act its author's agent took as a draft. */
typedef struct sim_drafted {
    size_t node;
    unsigned life;
    size_t lead;
    tb_request_id request;
} sim_drafted;

struct sim_ledger {
    sim_header *headers; /* open addressing */
    size_t header_places, header_count;
    sim_stream *streams;
    size_t stream_count, stream_capacity;
    uint32_t *stream_index;
    size_t stream_places;
    sim_accepted *accepted;
    size_t accepted_count, accepted_capacity;
    sim_drafted *drafted;
    size_t drafted_count, drafted_capacity;
    uint64_t largest; /* group submitted, bytes: shares and credit are soft by one */
};

sim_header *sim_header_of(sim_ledger *l, const tb_stream *stream, uint64_t number, bool make);
sim_stream *sim_stream_of(sim_ledger *l, const tb_stream *stream);

#endif
