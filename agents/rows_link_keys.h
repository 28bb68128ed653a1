/* rows_link_keys - key pieces and value pieces shared by the rows_link files; nobody else's. */
#ifndef TB_ROWS_LINK_KEYS_H
#define TB_ROWS_LINK_KEYS_H

#include "agents/rows_link.h"
#include "base/pack.h"

#define TB_ROW_FORM 1

/* Sender, incarnation, recipient, lane and one number: no key of the link is longer. */
#define TB_LINK_KEY_MAX (TB_PARTY_BYTES + 16 + TB_PARTY_BYTES + 1 + 8)

typedef struct tb_key {
    uint8_t bytes[TB_LINK_KEY_MAX];
    tb_writer w;
} tb_key;

void tb_key_begin(tb_key *key);
void tb_key_party(tb_key *key, const tb_party *party);
void tb_key_incarnation(tb_key *key, const tb_incarnation *incarnation);
void tb_key_lane(tb_key *key, tb_lane lane);
void tb_key_number(tb_key *key, uint64_t number);
tb_bytes tb_key_bytes(const tb_key *key);

tb_party tb_read_party(tb_reader *r);
tb_incarnation tb_read_incarnation(tb_reader *r);
/* Fails the reader for a byte that names no lane. */
tb_lane tb_read_lane(tb_reader *r);
tb_digest tb_read_digest(tb_reader *r);
/* The last 8 bytes of a key. */
uint64_t tb_key_last_number(tb_bytes key);

void tb_put_root(tb_writer *w, const tb_root *root);
tb_root tb_read_root(tb_reader *r);
#define TB_ROOT_ROW_BYTES                                                                          \
    (4 + 1 + TB_PARTY_BYTES + 8 + 16 + 4 + TB_DIGEST_BYTES + TB_SIGNATURE_BYTES)
/* u16 count, then the digests; TB_ERR_CORRUPT past max. */
void tb_put_digests(tb_writer *w, const tb_digest *list, size_t count);
tb_err tb_read_digests(
    tb_reader *r, size_t max, tb_arena *arena, tb_digest **out, size_t *out_count) TB_MUST_USE;

/* INBOX and QUARANTINE rows are of one form (rows_link_in.c). */
void tb_inbox_row_write(tb_txn *txn, const tb_inbox_row *row, tb_writer *w);
tb_err tb_inbox_row_read(tb_txn *txn, tb_bytes value, tb_inbox_row *out) TB_MUST_USE;

/* Starts a row: its form byte; a reader of another form has failed. */
void tb_row_begin(tb_writer *w, tb_arena *arena, size_t capacity);
void tb_row_read(tb_reader *r, tb_bytes value);
/* Ends it and stores it. */
tb_err tb_row_store(tb_txn *txn, tb_table table, tb_bytes key, const tb_writer *w) TB_MUST_USE;

#endif
