#include "agents/passing.h"

#include "agents/rows_link.h"

tb_err tb_pass_stamp(tb_txn *txn, const tb_header *header, tb_bytes *out_packed, tb_time *out_at)
{
    tb_signed_line *line = tb_arena_alloc(tb_txn_arena(txn), sizeof *line);
    if (line == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < header->entry_count; i++) {
        tb_stream stream = {header->sender, header->incarnation, header->entries[i].recipient,
                            header->lane};
        tb_err err = tb_stamp_get(txn, &stream, header->entries[i].number, line, out_packed);
        if (err == TB_OK) {
            *out_at = line->line.at;
            return TB_OK;
        }
        if (err != TB_ERR_NOT_FOUND) {
            return err;
        }
    }
    return TB_ERR_NOT_FOUND;
}

tb_err tb_pass_proof(tb_txn *txn, const tb_event_row *row, tb_passed *out, bool *out_proven)
{
    *out_proven = false;
    if (row->notice == 0) {
        return TB_OK;
    }
    tb_proof_row proof;
    tb_err err = tb_proof_get(txn, &row->sender, &row->incarnation, row->notice, &proof);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    tb_passed passed = {
        .event = row->event,
        .header = proof.header,
        .ids = proof.ids,
        .id_count = proof.id_count,
        .root = proof.root,
        .index = proof.index,
        .path = proof.path,
        .path_count = proof.path_count,
    };
    tb_header header;
    if (tb_header_reread(proof.header, tb_txn_arena(txn), &header) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    tb_time at;
    err = tb_pass_stamp(txn, &header, &passed.stamp, &at);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    *out = passed;
    *out_proven = true;
    return TB_OK;
}

size_t tb_passed_bytes(const tb_passed *passed)
{
    size_t size = passed->event.size + passed->header.size + passed->stamp.size +
                  (passed->id_count + passed->path_count + 8) * TB_DIGEST_BYTES;
    for (size_t i = 0; i < passed->opening_count; i++) {
        size += passed->openings[i].content.size + 2 * TB_DIGEST_BYTES + TB_NAME_BYTES_MAX;
    }
    return size;
}

tb_err tb_pass_stored(tb_txn *txn, const tb_event_row *row, tb_time *out)
{
    *out = 0;
    tb_proof_row proof;
    if (row->notice == 0) {
        return TB_OK;
    }
    tb_err err = tb_proof_head(txn, &row->sender, &row->incarnation, row->notice, &proof);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    tb_header header;
    if (tb_header_reread(proof.header, tb_txn_arena(txn), &header) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    tb_bytes packed;
    err = tb_pass_stamp(txn, &header, &packed, out);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err put_proof(tb_txn *txn, const tb_passed *passed, const tb_header *header)
{
    tb_proof_row proof = {
        .header = passed->header,
        .ids = passed->ids,
        .id_count = passed->id_count,
        .root = passed->root,
        .index = passed->index,
        .path = passed->path,
        .path_count = passed->path_count,
    };
    return tb_proof_put(txn, &header->sender, &header->incarnation, header->notice, &proof);
}

tb_err tb_pass_replace(tb_txn *txn, const tb_passed *passed, const tb_header *header)
{
    return put_proof(txn, passed, header);
}

tb_err tb_pass_keep(tb_txn *txn, const tb_passed *passed, const tb_header *header)
{
    tb_proof_row proof;
    tb_err err = tb_proof_head(txn, &header->sender, &header->incarnation, header->notice, &proof);
    if (err == TB_ERR_NOT_FOUND) {
        err = put_proof(txn, passed, header);
    }
    if (err != TB_OK || passed->stamp.size == 0) {
        return err;
    }
    tb_signed_line *line = tb_arena_alloc(tb_txn_arena(txn), sizeof *line);
    if (line == NULL) {
        return TB_ERR_LIMIT;
    }
    if (tb_signed_line_decode(passed->stamp, tb_txn_arena(txn), line) != TB_ACCEPTED) {
        return TB_OK; /* the inbox has verified it; one without a stamp is simply not dated yet */
    }
    return tb_stamp_put(txn, line);
}
