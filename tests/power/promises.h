/* promises - what a daemon had promised in the messages it had sent, and whether a store keeps it.
 */
#ifndef TB_POWER_PROMISES_H
#define TB_POWER_PROMISES_H

#include "agents/agent.h"
#include "broker/broker.h"
#include "messages/local.h"
#include "tests/power/replay.h"

typedef enum promise_kind {
    PROMISE_STORED = 1, /* the hub holds the stream up to a number, or its recipient took it */
    PROMISE_TAKEN,      /* the recipient holds the stream up to it */
    PROMISE_NUMBERED,   /* the sender gave this number to this header */
    PROMISE_ACTED,      /* a person was told that the case exists */
} promise_kind;

typedef struct promise {
    promise_kind kind;
    size_t at; /* the record it was made by */
    tb_stream stream;
    uint64_t number;
    tb_digest digest;
    tb_case_id case_id;
} promise;

typedef struct promises {
    promise *list;
    size_t count;
} promises;

/* Reads every message of a record. arena holds the list. */
bool promises_read(const replay *r, tb_arena *arena, tb_arena *scratch, promises *out);
/* The number of promises made before the cut that the store breaks; each is printed. */
size_t promises_broken(const promises *p, size_t cut, tb_txn *txn);
size_t promises_before(const promises *p, size_t cut);
/* As if each had been made before the commit that made it true. */
void promises_made_early(promises *p, const replay *r);

#endif
