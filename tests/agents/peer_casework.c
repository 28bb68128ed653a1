#define _POSIX_C_SOURCE 200809L /* strtok_r */

/* peer_casework - what stands in for casework: a line of words becomes an event, applying keeps its
 * text. */
#include "agents/automatic.h"
#include "agents/check_case.h"
#include "agents/draft.h"
#include "agents/duties.h"
#include "agents/local.h"
#include "agents/paper.h"
#include "agents/quarantine.h"
#include "agents/recounting.h"
#include "agents/recovery.h"
#include "base/pack.h"
#include "tests/agents/peer.h"
#include "tests/messages/samples.h"
#include "tests/store/failing.h"
#include "tests/test.h"

#include <stdio.h>

#define LONG_VALUE 4000

/* ---- casework's stand-in ---- */

/* Keeps an event under its text, with the notice that proves it. */
static tb_err keep_event(tb_txn *txn,
                         tb_bytes text,
                         tb_bytes event,
                         const tb_party *sender,
                         const tb_incarnation *incarnation,
                         uint64_t notice)
{
    tb_writer w;
    char key[96];
    tb_bytes value;
    (void)snprintf(key, sizeof key, "test event %.*s", (int)text.size, (const char *)text.data);
    tb_writer_arena(&w, tb_txn_arena(txn), event.size + 128);
    tb_put_raw(&w, sender->text, TB_PARTY_BYTES);
    tb_put_u64(&w, incarnation->counter);
    tb_put_raw(&w, incarnation->random, sizeof incarnation->random);
    tb_put_u64(&w, notice);
    tb_put_bytes(&w, event);
    if (tb_writer_bytes(&w, &value) != TB_OK) {
        return TB_ERR_LIMIT;
    }
    return tb_store_put(txn, TB_TABLE_META, tb_bytes_str(key), value);
}

/* An event kept under its text, with its proof and its stamp. */
static void pass_event(tb_txn *txn, const char *text, tb_passed *out)
{
    char key[96];
    tb_bytes value;
    tb_reader r;
    tb_party sender;
    tb_incarnation incarnation;
    tb_proof_row proof;
    tb_header header;
    (void)snprintf(key, sizeof key, "test event %s", text);
    assert_ok(tb_store_get(txn, TB_TABLE_META, tb_bytes_str(key), &value));
    tb_reader_init(&r, value);
    tb_get_raw(&r, sender.text, TB_PARTY_BYTES);
    incarnation.counter = tb_get_u64(&r);
    tb_get_raw(&r, incarnation.random, sizeof incarnation.random);
    uint64_t notice = tb_get_u64(&r);
    tb_bytes event = tb_get_bytes(&r);
    assert_ok(tb_proof_get(txn, &sender, &incarnation, notice, &proof));
    *out = (tb_passed){
        .event = event,
        .header = proof.header,
        .ids = proof.ids,
        .id_count = proof.id_count,
        .root = proof.root,
        .index = proof.index,
        .path = proof.path,
        .path_count = proof.path_count,
    };
    assert_int_equal(tb_header_decode(proof.header, tb_txn_arena(txn), &header), TB_ACCEPTED);
    tb_stream stream = {sender, incarnation, header.entries[0].recipient, header.lane};
    tb_signed_line line;
    tb_err err = tb_stamp_get(txn, &stream, header.entries[0].number, &line, &out->stamp);
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
}

/* A field's value that fills an opening. */
static tb_bytes long_value(tb_arena *arena)
{
    uint8_t *value = tb_arena_raw(arena, LONG_VALUE);
    assert_non_null(value);
    memset(value, 'x', LONG_VALUE);
    return tb_bytes_of(value, LONG_VALUE);
}

/* "RECIPIENT[,RECIPIENT] TEXT [WORD]...". GROUP=READER: an opening, of 4 kB where the group is
 * called long...; pass=TEXT: an earlier event goes along to everybody; urgent: another
 * lane; same: of one case with the others that say so. */
static void read_wish(tb_agent *agent, tb_txn *txn, tb_arena *arena, char *line, tb_outgoing *out)
{
    char *rest = NULL;
    char *to = strtok_r(line, " ", &rest);
    char *text = strtok_r(NULL, " ", &rest);
    tb_event *event = tb_arena_alloc(arena, sizeof *event);
    *event = sample_opening_event(arena);
    event->hub = agent->hub;
    event->actor = agent->self;
    event->account = tb_bytes_str(text);
    event->commitment_count = 0;
    event->commitments = tb_arena_array(arena, 8, sizeof *event->commitments);

    *out = (tb_outgoing){.lane = TB_LANE_NORMAL, .kind = TB_NOTICE_CASEWORK};
    out->readers = tb_arena_array(arena, 8, sizeof *out->readers);
    out->openings = tb_arena_array(arena, 8, sizeof *out->openings);
    bool same = false;
    char *more = NULL;
    for (char *one = strtok_r(to, ",", &more); one != NULL; one = strtok_r(NULL, ",", &more)) {
        tb_outgoing_reader *reader = &out->readers[out->reader_count++];
        reader->recipient = sample_party(one);
        reader->opens = tb_arena_array(arena, 8, sizeof(bool));
    }
    for (char *word = strtok_r(NULL, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        char *reader_name = strchr(word, '=');
        if (strcmp(word, "urgent") == 0) {
            out->lane = TB_LANE_URGENT;
            continue;
        }
        if (strcmp(word, "same") == 0) {
            same = true;
            continue;
        }
        *reader_name++ = '\0';
        if (strcmp(word, "pass") == 0) {
            tb_passed *passed = tb_arena_alloc(arena, sizeof *passed);
            pass_event(txn, reader_name, passed);
            for (size_t r = 0; r < out->reader_count; r++) {
                out->readers[r].passed = passed;
                out->readers[r].passed_count = 1;
            }
            continue;
        }
        tb_opening *opening = &out->openings[out->opening_count];
        tb_bytes value =
            strncmp(word, "long", 4) == 0 ? long_value(arena) : tb_bytes_str("17012345678");
        tb_field field = {tb_bytes_str("number"), value};
        opening->group = tb_bytes_str(word);
        memset(opening->random, 7, sizeof opening->random);
        assert_ok(tb_group_fields_encode(&field, 1, arena, &opening->content));
        event->commitments[event->commitment_count++] = (tb_commitment){
            opening->group, tb_commitment_of(opening, &agent->hub, &event->case_id)};
        for (size_t r = 0; r < out->reader_count; r++) {
            out->readers[r].opens[out->opening_count] =
                strcmp(out->readers[r].recipient.text, reader_name) == 0;
        }
        if (town_peer(agent)->lie) {
            opening->random[0] ^= 1;
        }
        out->opening_count++;
    }

    out->event_count = 1;
    out->events = tb_arena_array(arena, 1, sizeof *out->events);
    out->ids = tb_arena_array(arena, 1, sizeof *out->ids);
    assert_ok(tb_event_encode(event, arena, &out->events[0]));
    out->ids[0] = tb_event_id(out->events[0]);
    out->case_id = same ? event->case_id : tb_event_key_of(event, &out->ids[0]).case_id;
    for (size_t i = 0; i < out->opening_count; i++) {
        out->openings[i].event = out->ids[0];
    }
}

/* "retry NOTICE" and "drop NOTICE REASON", under a new id each; what came of it is a note. */
static tb_err settle(tb_agent *agent,
                     tb_txn *txn,
                     tb_now now,
                     tb_random *random,
                     const char *words,
                     tb_effects *effects)
{
    char *line = tb_arena_alloc(&town_here()->paper, strlen(words) + 1);
    char *rest = NULL;
    (void)memcpy(line, words, strlen(words) + 1);
    tb_local_request request = {.kind = TB_REQUEST_ACT_QUARANTINE,
                                .account = tb_bytes_str("clerk")};
    request.settle.drop = strcmp(strtok_r(line, " ", &rest), "drop") == 0;
    request.settle.notice = tb_bytes_str(strtok_r(NULL, " ", &rest));
    const char *reason = strtok_r(NULL, " ", &rest);
    request.settle.reason = tb_bytes_str(reason == NULL ? "" : reason);
    tb_local_answer answer = {.code = TB_ACCEPTED};
    tb_err err = tb_quarantine_settle(agent, txn, now, random, &request, effects, &answer);
    if (err == TB_OK) {
        tb_effects_note(
            effects, tb_txn_arena(txn), TB_LEVEL_INFO, "event=settled code=%s outcome=%u as=%s",
            tb_refusal_key(answer.code),
            (uint64_t)(answer.code == TB_ACCEPTED ? answer.settled.outcome : 0),
            tb_refusal_key(answer.code == TB_ACCEPTED ? answer.settled.code : TB_ACCEPTED));
    }
    return err;
}

/* "recover REASON": an officer's act; what was refused is noted. */
static tb_err
recover(tb_agent *agent, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects)
{
    tb_step step;
    tb_refusal refused = TB_ACCEPTED;
    tb_bytes reason = tb_bytes_of(input->bytes.data + 8, input->bytes.size - 8);
    tb_err err = tb_step_make(agent, txn, input->now, random, effects, &step);
    if (err == TB_OK) {
        err = tb_recovery_begin(&step, tb_bytes_str("officer"), reason, &refused);
    }
    if (err == TB_OK && refused != TB_ACCEPTED) {
        tb_effects_note(effects, tb_txn_arena(txn), TB_LEVEL_INFO, "event=refused_to code=%s",
                        tb_refusal_key(refused));
    }
    return err;
}

tb_err tb_local_step(
    tb_agent *agent, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects)
{
    failing_rest(true);
    char *line = tb_arena_alloc(tb_txn_arena(txn), input->bytes.size + 1);
    failing_rest(false);
    tb_outgoing outgoing;
    uint64_t notice = 0;
    if (input->bytes.size >= 8 && memcmp(input->bytes.data, "recover ", 8) == 0) {
        return recover(agent, txn, input, random, effects);
    }
    memcpy(line, input->bytes.data, input->bytes.size);
    if (strncmp(line, "retry ", 6) == 0 || strncmp(line, "drop ", 5) == 0) {
        return settle(agent, txn, input->now, random, line, effects);
    }
    failing_rest(true);
    read_wish(agent, txn, tb_txn_arena(txn), line, &outgoing);
    failing_rest(false);
    tb_party to[8];
    for (size_t i = 0; i < outgoing.reader_count; i++) {
        to[i] = outgoing.readers[i].recipient;
    }
    bool ready;
    tb_err err = tb_link_ready(agent, txn, to, outgoing.reader_count, &ready);
    if (err != TB_OK) {
        return err;
    }
    if (!ready) {
        tb_effects_note(effects, tb_txn_arena(txn), TB_LEVEL_INFO, "event=draft");
        return TB_OK;
    }
    tb_event event;
    tb_incarnation incarnation;
    err = tb_outbox_add(agent, txn, &outgoing, &notice);
    failing_rest(true);
    assert_ok(tb_meta_incarnation(txn, &incarnation));
    assert_int_equal(tb_event_decode(outgoing.events[0], tb_txn_arena(txn), &event), TB_ACCEPTED);
    failing_rest(false);
    return err != TB_OK ? err
                        : keep_event(txn, event.account, outgoing.events[0], &agent->self,
                                     &incarnation, notice);
}

static tb_err append_applied(tb_txn *txn, tb_bytes text, const char *mark)
{
    tb_bytes before = {NULL, 0};
    tb_bytes key = tb_bytes_str(PEER_APPLIED);
    tb_err err = tb_store_get(txn, TB_TABLE_META, key, &before);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    size_t size = before.size + (before.size > 0) + strlen(mark) + text.size;
    char *after = tb_arena_alloc(tb_txn_arena(txn), size + 1);
    if (after == NULL) {
        return TB_ERR_LIMIT;
    }
    (void)snprintf(after, size + 1, "%.*s%s%s%.*s", (int)before.size, (const char *)before.data,
                   before.size > 0 ? " " : "", mark, (int)text.size, (const char *)text.data);
    return tb_store_put(txn, TB_TABLE_META, key, tb_bytes_of(after, size));
}

tb_err tb_apply_notice(tb_agent *agent,
                       tb_txn *txn,
                       tb_now now,
                       const tb_incoming *incoming,
                       tb_effects *effects,
                       tb_refusal *out_refused,
                       tb_digest *out_event)
{
    peer *p = town_peer(agent);
    tb_err err = TB_OK;
    (void)now;
    (void)effects;
    *out_refused = TB_ACCEPTED;
    p->resends += incoming->has_resend ? 1 : 0;
    for (size_t i = 0; err == TB_OK && i < incoming->event_count; i++) {
        tb_bytes text = incoming->decoded[i].account;
        err = append_applied(txn, text, "");
        if (err == TB_OK) {
            err = keep_event(txn, text, incoming->events[i], &incoming->header->sender,
                             &incoming->header->incarnation, incoming->header->notice);
        }
        if (err == TB_OK && p->poison != NULL && tb_bytes_equal(text, tb_bytes_str(p->poison))) {
            return p->poison_err;
        }
        if (err == TB_OK && p->disliked != NULL &&
            tb_bytes_equal(text, tb_bytes_str(p->disliked))) {
            *out_refused = TB_REFUSED_ROLE;
            *out_event = incoming->ids[i];
        }
    }
    for (size_t i = 0; err == TB_OK && i < incoming->opening_count; i++) {
        err = append_applied(txn, incoming->openings[i].group, "+");
    }
    for (size_t i = 0; err == TB_OK && i < incoming->passed_count; i++) {
        tb_event event;
        failing_rest(true);
        assert_int_equal(tb_event_decode(incoming->passed[i].event, tb_txn_arena(txn), &event),
                         TB_ACCEPTED);
        failing_rest(false);
        assert_ok(tb_passed_encode(&incoming->passed[i], &town_here()->paper, &p->passed));
        err = append_applied(txn, event.account, "^");
    }
    return err;
}

tb_err tb_apply_resume(tb_agent *agent, tb_txn *txn, tb_now now, tb_effects *effects)
{
    (void)agent;
    (void)txn;
    (void)now;
    (void)effects;
    return TB_OK;
}

tb_err
tb_drafts_release(tb_agent *agent, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    (void)txn;
    (void)now;
    (void)random;
    (void)effects;
    town_peer(agent)->releases++;
    return TB_OK;
}

tb_err tb_drafts_went_back(tb_txn *txn)
{
    uint64_t times;
    tb_err err = tb_meta_number(txn, PEER_WENT_BACK, &times);
    return err == TB_OK ? tb_meta_number_put(txn, PEER_WENT_BACK, times + 1) : err;
}

tb_err tb_automatic_tick(tb_step *step)
{
    (void)step;
    return TB_OK;
}

tb_err tb_automatic_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    (void)agent;
    (void)txn;
    (void)out;
    return TB_ERR_NOT_FOUND;
}

tb_err tb_duties_tick(tb_step *step)
{
    (void)step;
    return TB_OK;
}

tb_err tb_duties_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    (void)agent;
    (void)txn;
    (void)out;
    return TB_ERR_NOT_FOUND;
}

tb_err tb_check_cases(const tb_agent *agent, tb_txn *txn, tb_faults *faults)
{
    (void)agent;
    (void)txn;
    (void)faults;
    return TB_OK;
}

tb_err tb_fault(tb_faults *faults, const char *what, tb_bytes about)
{
    (void)about;
    faults->list[faults->count++] = tb_bytes_str(what);
    return TB_OK;
}

tb_err tb_recounting_tick(tb_step *step)
{
    (void)step;
    return TB_OK;
}

tb_err tb_recounting_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    (void)agent;
    (void)txn;
    (void)out;
    return TB_ERR_NOT_FOUND;
}

tb_err tb_paper_tick(tb_step *step)
{
    (void)step;
    return TB_OK;
}

tb_err tb_paper_due(const tb_agent *agent, tb_txn *txn, bool *out)
{
    (void)agent;
    (void)txn;
    *out = false;
    return TB_OK;
}
