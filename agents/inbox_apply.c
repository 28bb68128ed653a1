/* inbox_apply - applying a taken notice, in its own turn or out of the queue, and setting it aside.
 */
#include "agents/clock.h"
#include "agents/inbox.h"

/* A full store is not the notice's fault; look again when room may have been made. */
#define FULL_PAUSE_MS 3000

tb_err tb_inbox_refuse(tb_step *step,
                       const tb_arrived_notice *notice,
                       tb_refusal code,
                       const tb_digest *event,
                       bool keep)
{
    tb_refusing refusing = {
        .line =
            {
                .kind = TB_LINE_REFUSED,
                .stream = notice->stream,
                .from = notice->number,
                .digest = notice->digest,
                .at = step->now.real,
                .code = code,
                .event = *event,
            },
        .notice = notice->header.notice,
        .header = notice->header_bytes,
        .keep = keep,
    };
    tb_err err = tb_clock_shown(step->agent, step->txn, &refusing.line.civil);
    if (err != TB_OK) {
        return err;
    }

    tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN,
                    "event=refusing sender=%p notice=%u number=%u code=%s", &notice->stream.sender,
                    notice->header.notice, notice->number, tb_refusal_key(code));
    return tb_work_refuse(step, &refusing);
}

/* Another header under this notice's name, passed on by somebody, is its sender's fork. */
static tb_err find_fork(tb_step *step, const tb_arrived_notice *notice, tb_refusal *out_refused)
{
    tb_proof_row held;
    tb_err err = tb_proof_head(step->txn, &notice->header.sender, &notice->header.incarnation,
                               notice->header.notice, &held);
    if (err != TB_OK || tb_bytes_equal(held.header, notice->header_bytes)) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    tb_alarm_row alarm = {
        .code = TB_REFUSED_FORK,
        .at = step->now.real,
        .party = notice->header.sender,
        .stream = notice->stream,
        .number = notice->number,
        .digest = notice->digest,
        .evidence = {notice->header_bytes, held.header},
    };
    *out_refused = TB_REFUSED_FORK;
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

static tb_err
keep_proof(tb_step *step, const tb_arrived_notice *notice, const tb_incoming *incoming)
{
    tb_proof_row proof = {
        .header = notice->header_bytes,
        .ids = incoming->ids,
        .id_count = incoming->event_count,
        .root = notice->root,
        .index = notice->index,
        .path = notice->path,
        .path_count = notice->path_count,
    };
    const tb_header *header = &notice->header;
    if (notice->group == NULL) {
        return tb_proof_put(step->txn, &header->sender, &header->incarnation, header->notice,
                            &proof);
    }
    if (incoming->event_count > 0) {
        proof.case_id = tb_event_case(&incoming->decoded[0], &incoming->ids[0]);
    }
    return tb_proof_put_in_tree(step->txn, &header->sender, &header->incarnation, header->notice,
                                &proof, notice->tree, (uint32_t)notice->place);
}

/* Out of the queue or set aside: the key may have been cut since it was taken, and beyond a cut a
 * signature is good for nobody. */
static bool beyond_cut(tb_step *step, const tb_arrived_notice *notice)
{
    const tb_stream *stream = &notice->stream;
    return notice->group == NULL &&
           notice->number > tb_directory_good_until(step->agent->directory, &stream->sender,
                                                    &notice->root.key, &stream->incarnation,
                                                    &stream->recipient, stream->lane);
}

tb_err tb_inbox_apply(tb_step *step, const tb_arrived_notice *notice)
{
    tb_incoming incoming;
    tb_refusal refused = beyond_cut(step, notice) ? TB_REFUSED_KEY_REVOKED : TB_ACCEPTED;
    tb_digest event = {{0}};
    tb_err err = TB_OK;
    if (refused == TB_ACCEPTED) {
        err = tb_inbox_open(step, notice, &incoming, &refused);
    }
    if (err == TB_OK && refused == TB_REFUSED_KEY_RETIRED) {
        event = notice->header.events; /* all that can be known of them */
    }
    if (err == TB_OK && refused == TB_ACCEPTED) {
        err = find_fork(step, notice, &refused);
    }
    if (err == TB_OK && refused == TB_ACCEPTED) {
        err = keep_proof(step, notice, &incoming);
        if (err == TB_OK) {
            err = tb_apply_notice(step->agent, step->txn, step->now, &incoming, step->effects,
                                  &refused, &event);
        }
    }
    if (err != TB_OK || refused == TB_ACCEPTED) {
        return err;
    }
    return tb_inbox_refuse(step, notice, refused, &event, true);
}

/* ---- the queue ---- */

static bool is_armed(const tb_inbox_place *armed, const tb_inbox_row *row)
{
    return armed->set && armed->attempts == row->attempts && armed->number == row->number &&
           armed->lane == row->lane && tb_party_equal(&armed->sender, &row->sender) &&
           tb_incarnation_compare(&armed->incarnation, &row->incarnation) == 0;
}

tb_err tb_inbox_notice(tb_step *step, const tb_inbox_row *row, tb_arrived_notice *out)
{
    tb_arrived_notice notice = {
        .stream = {row->sender, row->incarnation, step->agent->self, row->lane},
        .number = row->number,
        .header_bytes = row->header,
        .digest = tb_header_digest(row->header),
        .body = row->body,
        .root = row->root,
        .index = row->index,
        .path = row->path,
        .path_count = row->path_count,
    };
    if (tb_header_decode(row->header, step->arena, &notice.header) != TB_ACCEPTED ||
        tb_header_entry(&notice.header, &step->agent->self) == NULL) {
        return TB_ERR_CORRUPT;
    }
    *out = notice;
    return TB_OK;
}

static tb_err count_attempt(tb_step *step, tb_inbox_row *row)
{
    row->attempts++;
    tb_err err = tb_inbox_put(step->txn, row);
    if (err != TB_OK) {
        return err;
    }

    step->agent->armed = (tb_inbox_place){true,      row->sender, row->incarnation,
                                          row->lane, row->number, row->attempts};
    return TB_OK;
}

static tb_err try_again(tb_step *step, const tb_inbox_row *row, const tb_arrived_notice *notice)
{
    tb_inbox_place *armed = &step->agent->armed;
    armed->set = false;
    tb_err err = tb_inbox_apply(step, notice);
    if (err == TB_OK) {
        err = tb_inbox_del(step->txn, row);
    }
    if (err == TB_ERR_FULL || err == TB_ERR_IO) {
        armed->set = true;
        step->agent->inbox_after = step->now.real + FULL_PAUSE_MS;
    }
    return err;
}

static tb_err set_aside(tb_step *step, tb_inbox_row *row, const tb_arrived_notice *notice)
{
    static const tb_digest no_event;
    tb_alarm_row alarm = {
        .code = TB_REFUSED_CANNOT_APPLY,
        .at = step->now.real,
        .party = row->sender,
        .stream = notice->stream,
        .number = row->number,
        .digest = notice->digest,
    };

    row->code = TB_REFUSED_CANNOT_APPLY;
    tb_err err = tb_quarantine_put(step->txn, notice->header.notice, row);
    if (err == TB_OK) {
        err = tb_inbox_del(step->txn, row);
    }
    if (err == TB_OK) {
        err = tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
    }
    if (err != TB_OK) {
        return err;
    }
    return tb_inbox_refuse(step, notice, TB_REFUSED_CANNOT_APPLY, &no_event, true);
}

/* A row that cannot be read any more must not hold up those behind it. */
static tb_err drop_corrupt(tb_step *step)
{
    tb_alarm_row alarm = {
        .code = TB_REFUSED_CANNOT_APPLY,
        .at = step->now.real,
        .party = step->agent->self,
        .text = tb_bytes_str(
            "A queued notice cannot be read from the store any more; it is lost here."),
    };
    alarm.stream.lane = TB_LANE_NORMAL;
    tb_err err = tb_inbox_drop_first(step->txn);
    if (err != TB_OK) {
        return err;
    }

    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

tb_err tb_inbox_tick(tb_step *step)
{
    tb_inbox_row row;
    tb_arrived_notice notice;
    bool may_sign = false;
    tb_err err = tb_link_may_sign(step->txn, &may_sign);
    if (err != TB_OK || !may_sign || step->now.real < step->agent->inbox_after) {
        return err;
    }
    err = tb_inbox_first(step->txn, &row);
    if (err == TB_OK) {
        err = tb_inbox_notice(step, &row, &notice);
    }
    if (err == TB_ERR_CORRUPT) {
        return drop_corrupt(step);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }

    if (is_armed(&step->agent->armed, &row)) {
        return try_again(step, &row, &notice);
    }
    err = row.attempts >= TB_APPLY_ATTEMPTS_MAX ? set_aside(step, &row, &notice)
                                                : count_attempt(step, &row);
    if (err == TB_ERR_FULL) {
        step->agent->inbox_after = step->now.real + FULL_PAUSE_MS;
    }
    return err;
}

tb_err tb_inbox_due(tb_agent *agent, tb_txn *txn, tb_time *out)
{
    bool may_sign = false;
    tb_err err = tb_link_may_sign(txn, &may_sign);
    if (err != TB_OK) {
        return err;
    }
    if (!may_sign || tb_store_rows(txn, TB_TABLE_INBOX) == 0) {
        return TB_ERR_NOT_FOUND;
    }

    *out = agent->inbox_after;
    return TB_OK;
}
