/* tell - the refusals that stand for a sender, told after its Welcome a few at a time.
 *
 * A Welcome has room for the first; the rest follow in Refused frames until all were told, however
 * many there are. Where that stands is in the session: the next Hello begins from the first again.
 */
#include "broker/handlers.h"

/* Frames told in one go, and the pause before the next: no more than a connection's queue takes. */
#define TOLD_A_TURN   32
#define TOLD_PAUSE_MS 50

/* The sender's first refusal behind the last one told; a row that does not read is passed over. */
static tb_err
next_refusal(tb_broker *b, tb_live_party *party, tb_bytes *cursor, tb_refused *out, bool *out_good)
{
    tb_running *t = &b->running;
    tb_hub_refused row;
    tb_err err = tb_hub_refused_of(t->txn, &party->id, cursor, &row);
    *out_good =
        err == TB_OK && tb_signed_line_decode(row.line, t->arena, &out->line) == TB_ACCEPTED;
    if (err == TB_ERR_NOT_FOUND || *out_good) {
        out->has_line = *out_good;
        out->code = *out_good ? out->line.line.code : TB_ACCEPTED;
        return *out_good ? tb_hub_renew_line(b, &out->line, NULL) : err;
    }
    if (err != TB_OK && err != TB_ERR_CORRUPT) {
        return err;
    }
    tb_effects_note(t->effects, t->arena, TB_LEVEL_ERROR, "event=refusal_corrupt sender=%p",
                    &party->id);
    return TB_OK;
}

tb_err tb_hub_tell_refusals(
    tb_broker *b, tb_live_party *party, size_t most, tb_refused *out, size_t *out_count)
{
    tb_hub_session *session = &party->session;
    tb_bytes cursor = tb_bytes_of(session->told, session->telling ? sizeof session->told : 0);
    size_t count = 0;
    tb_err err = TB_OK;
    for (size_t looked = 0; err == TB_OK && looked < most; looked++) {
        bool good;
        memset(&out[count], 0, sizeof out[count]);
        err = next_refusal(b, party, &cursor, &out[count], &good);
        count += err == TB_OK && good;
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }

    session->telling = err == TB_OK;
    if (session->telling) {
        TB_ASSERT(cursor.size == sizeof session->told);
        memcpy(session->told, cursor.data, sizeof session->told);
    }
    party->changed = true;
    *out_count = count;
    return session->telling ? tb_hub_arm(b, party, b->running.now.real + TOLD_PAUSE_MS) : TB_OK;
}

tb_err tb_hub_tell_more(tb_broker *b, tb_live_party *party)
{
    tb_running *t = &b->running;
    size_t count;
    tb_refused *refused = tb_arena_array(t->arena, TOLD_A_TURN, sizeof *refused);
    if (refused == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_hub_tell_refusals(b, party, TOLD_A_TURN, refused, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        tb_frame frame;
        memset(&frame, 0, sizeof frame);
        frame.kind = TB_FRAME_REFUSED;
        frame.refused = refused[i];
        err = tb_running_send(b, party->session.peer, &frame);
    }
    return err;
}
