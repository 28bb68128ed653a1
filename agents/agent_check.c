/* agent_check - walks every invariant of the link's tables, then casework's; each fault is a line.
 */
#include "agents/check_case.h"
#include "agents/check_recover.h"
#include "agents/check_rows.h"
#include "agents/link.h"
#include "agents/rows_case.h"
#include "agents/rows_link_keys.h"
#include "agents/rows_offline.h"
#include "messages/merkle.h"

typedef struct link_check {
    tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    tb_faults *faults;
    uint64_t due;   /* streams that should have an OUTBOX_DUE row */
    uint64_t boxed; /* OUTBOX rows of known streams */
    uint64_t uses;  /* of OUTBOX_BODY rows, as the OUTBOX rows have it */
} link_check;

static tb_err each_row(link_check *c, tb_table table, tb_row_look *look)
{
    return tb_check_rows(c->txn, c->faults, table, tb_bytes_of(NULL, 0), look, c);
}

static tb_err fault_if(link_check *c, bool wrong, const char *what, tb_bytes key)
{
    return wrong ? tb_fault(c->faults, what, key) : TB_OK;
}

/* ---- streams we send ---- */

static tb_err
check_group(link_check *c, tb_bytes key, const tb_stream *stream, const tb_outbox_row *box)
{
    tb_bytes encoded;
    tb_group group;
    tb_err err = tb_outbox_group(c->txn, stream, box, &encoded);
    if (err != TB_OK && err != TB_ERR_CORRUPT) {
        return err;
    }
    if (err != TB_OK || tb_group_decode(encoded, c->arena, &group) != TB_ACCEPTED) {
        return tb_fault(c->faults, "an outbox group does not decode", key);
    }
    const tb_item *last = &group.items[group.item_count - 1];
    bool wrong = tb_group_number(&group, 0) != box->from ||
                 tb_group_number(&group, group.item_count - 1) != box->to ||
                 !tb_digest_equal(&last->digest, &box->digest);
    return fault_if(c, wrong, "an outbox row differs from its group", key);
}

/* The outbox holds what has not arrived, without gaps. */
static tb_err
check_outbox(link_check *c, tb_bytes key, const tb_stream *stream, const tb_stream_out_row *row)
{
    uint64_t next = row->arrived + 1;
    uint64_t after = 0;
    tb_err err = TB_OK;
    while (err == TB_OK) {
        tb_outbox_row box;
        err = tb_outbox_after(c->txn, stream, after, &box);
        if (err != TB_OK) {
            break;
        }
        c->boxed++;
        c->uses += box.shared_count;
        err = fault_if(c, box.from > next || box.to < next, "the outbox has a gap or a leftover",
                       key);
        if (err == TB_OK) {
            err = check_group(c, key, stream, &box);
        }
        next = box.to + 1;
        after = box.from;
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    return fault_if(c, next != row->number + 1, "the outbox does not reach the newest number", key);
}

static tb_err check_stream_out(void *context, tb_bytes key, tb_bytes value)
{
    link_check *c = context;
    tb_reader r;
    tb_stream_out_row row;
    tb_stream stream = {.sender = c->agent->self};
    (void)value;
    tb_reader_init(&r, key);
    stream.incarnation = tb_read_incarnation(&r);
    stream.recipient = tb_read_party(&r);
    stream.lane = tb_read_lane(&r);
    tb_err err = tb_reader_done(&r) ? tb_stream_out_get(c->txn, &stream, &row) : TB_ERR_CORRUPT;
    if (err == TB_ERR_CORRUPT) {
        return tb_fault(c->faults, "a sent stream does not decode", key);
    }
    if (err != TB_OK) {
        return err;
    }

    c->due += row.due > 0 ? 1 : 0;
    err = fault_if(c,
                   row.arrived > row.stored || row.stored > row.number ||
                       row.submitted < row.stored || row.submitted > row.number,
                   "the marks of a sent stream are out of order", key);
    if (err == TB_OK) {
        err = fault_if(c, (row.due > 0) != (row.arrived < row.number),
                       "a sent stream is due and has nothing to send, or the other way round", key);
    }
    return err == TB_OK ? check_outbox(c, key, &stream, &row) : err;
}

static tb_err count_uses(void *context, tb_bytes key, tb_bytes value)
{
    link_check *c = context;
    tb_reader r;
    tb_row_read(&r, value);
    uint32_t uses = tb_get_u32(&r);
    if (r.failed || uses > c->uses) {
        return tb_fault(c->faults, "a shared body is counted wrong", key);
    }

    c->uses -= uses;
    return TB_OK;
}

/* ---- streams we receive ---- */

static tb_err check_stream_in(void *context, tb_bytes key, tb_bytes value)
{
    link_check *c = context;
    tb_reader r;
    tb_signed_line line;
    tb_row_read(&r, value);
    uint64_t number = tb_get_u64(&r);
    tb_digest digest = tb_read_digest(&r);
    tb_bytes packed = tb_get_bytes(&r);
    bool wrong = !tb_reader_done(&r) ||
                 tb_signed_line_decode(packed, c->arena, &line) != TB_ACCEPTED ||
                 line.line.to != number || !tb_digest_equal(&line.line.digest, &digest);

    return fault_if(c, wrong, "a received stream has no mark of its own number", key);
}

static tb_err check_stamp(void *context, tb_bytes key, tb_bytes value)
{
    link_check *c = context;
    tb_signed_line line;
    bool wrong = tb_signed_line_decode(value, c->arena, &line) != TB_ACCEPTED ||
                 line.line.kind != TB_LINE_STORED || line.line.from != tb_key_last_number(key);

    return fault_if(c, wrong, "a stamp is not what its key says", key);
}

/* ---- proofs ---- */

static tb_err check_proof(void *context, tb_bytes key, tb_bytes value)
{
    link_check *c = context;
    tb_reader r;
    tb_proof_row proof;
    tb_header header;
    tb_digest root;
    (void)value;
    tb_reader_init(&r, key);
    tb_party sender = tb_read_party(&r);
    tb_incarnation incarnation = tb_read_incarnation(&r);
    uint64_t notice = tb_get_u64(&r);
    tb_err err = tb_proof_get(c->txn, &sender, &incarnation, notice, &proof);
    if (err != TB_OK) {
        return err == TB_ERR_CORRUPT ? tb_fault(c->faults, "a proof does not decode", key) : err;
    }

    tb_digest digest = tb_header_digest(proof.header);
    tb_digest events = tb_events_digest(proof.ids, proof.id_count);
    bool wrong = tb_header_decode(proof.header, c->arena, &header) != TB_ACCEPTED ||
                 header.notice != notice || !tb_digest_equal(&header.events, &events) ||
                 !tb_merkle_root_of_path(proof.root.count, proof.index, &digest, proof.path,
                                         proof.path_count, &root) ||
                 !tb_digest_equal(&root, &proof.root.root);
    return fault_if(c, wrong, "a proof does not prove its notice", key);
}

/* ---- parties without a line ---- */

static tb_err check_offline(void *context, tb_bytes key, tb_bytes value)
{
    link_check *c = context;
    tb_offline_row row;
    tb_event_key found;
    tb_event_row event;
    tb_letter_row letter;
    tb_err err = tb_offline_decode(key, value, &row);
    if (err == TB_OK) {
        err = tb_offline_event(c->txn, &row.case_id, &row.event, &found, &event);
    }
    if (err == TB_OK && row.letter > 0) {
        err = tb_letter_get(c->txn, &row.recipient, row.letter, &letter);
    }
    bool wrong = err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT;
    return err == TB_OK || wrong
               ? fault_if(c, wrong, "what waits for an off-line party names no event or letter",
                          key)
               : err;
}

static tb_err check_link(link_check *c)
{
    static const tb_bytes none = {NULL, 0};
    tb_err err = each_row(c, TB_TABLE_STREAM_OUT, check_stream_out);
    if (err == TB_OK) {
        err = each_row(c, TB_TABLE_OUTBOX_BODY, count_uses);
    }
    if (err == TB_OK) {
        err = fault_if(c, c->uses != 0, "a shared body is missing", none);
    }
    if (err == TB_OK) {
        err = fault_if(c, tb_store_rows(c->txn, TB_TABLE_OUTBOX_DUE) != c->due,
                       "streams that are due and their rows differ in number", none);
    }
    if (err == TB_OK) {
        err = fault_if(c, tb_store_rows(c->txn, TB_TABLE_OUTBOX) != c->boxed,
                       "the outbox has groups of no stream", none);
    }
    if (err == TB_OK) {
        err = fault_if(c, tb_store_rows(c->txn, TB_TABLE_OUTBOX_GROUP) > c->boxed,
                       "an encoded group has no outbox row", none);
    }
    if (err == TB_OK) {
        err = each_row(c, TB_TABLE_STREAM_IN, check_stream_in);
    }
    if (err == TB_OK) {
        err = each_row(c, TB_TABLE_STAMP, check_stamp);
    }
    if (err == TB_OK) {
        err = each_row(c, TB_TABLE_PROOF, check_proof);
    }
    return err == TB_OK ? each_row(c, TB_TABLE_OFFLINE, check_offline) : err;
}

tb_err tb_agent_check(tb_agent *agent, tb_txn *txn, tb_bytes **out_faults, size_t *out_count)
{
    tb_arena *arena = tb_txn_arena(txn);
    tb_faults faults = {.arena = arena};
    faults.list = tb_arena_array(arena, TB_CHECK_FAULTS_MAX, sizeof *faults.list);
    if (faults.list == NULL) {
        return TB_ERR_LIMIT;
    }
    link_check check = {.agent = agent, .txn = txn, .arena = arena, .faults = &faults};
    tb_err err = check_link(&check);
    if (err == TB_OK) {
        err = tb_check_recover(txn, &faults);
    }
    if (err == TB_OK) {
        err = tb_check_cases(agent, txn, &faults);
    }
    if (err == TB_OK) {
        err = tb_check_measures(agent, txn, &faults);
    }
    if (err != TB_OK) {
        return err;
    }

    *out_faults = faults.list;
    *out_count = faults.count;
    return TB_OK;
}
