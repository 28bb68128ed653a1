#include "tests/agents/recovering.h"

#include "tests/messages/samples.h"
#include "tests/test.h"

tb_signed_line arrived(town *t, const peer *by, const tb_stream *stream, uint64_t to)
{
    tb_line line = {
        .kind = TB_LINE_ARRIVED,
        .stream = *stream,
        .to = to,
        .digest = sample_digest(5),
        .at = t->now,
    };
    return town_line_by(t, &line, by);
}

tb_signed_line stored(town *t, const tb_stream *stream, uint64_t to, uint8_t digest)
{
    tb_line line = {
        .kind = TB_LINE_STORED,
        .stream = *stream,
        .from = to,
        .to = to,
        .digest = sample_digest(digest),
        .at = t->now,
    };
    return town_line(t, &line);
}

tb_frame welcome(town *t)
{
    tb_frame frame = {.kind = TB_FRAME_WELCOME};
    frame.welcome.protocol = TB_PROTOCOL;
    frame.welcome.hub_incarnation = t->hub_run;
    return frame;
}

tb_recovery_row recovery(town *t, peer *p)
{
    tb_recovery_row row;
    tb_txn *txn = peer_look(t, p);
    assert_ok(tb_recovery_get(txn, &row));
    tb_store_abort(txn);
    return row;
}

/* a is fenced: the hub holds number 3 of its stream to ct.33, of which it knows nothing. */
tb_stream fenced(town *t)
{
    tb_stream stream = town_stream(&t->a, "ct.33");
    tb_signed_line line = stored(t, &stream, 3, 5);
    tb_frame frame = welcome(t);
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    frame.welcome.stored = &line;
    frame.welcome.stored_count = 1;
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_link(t, &t->a).fence, TB_REFUSED_MARKS_BACK);
    uint64_t drafts_told;
    tb_txn *txn = peer_look(t, &t->a);
    assert_ok(tb_meta_number(txn, PEER_WENT_BACK, &drafts_told));
    tb_store_abort(txn);
    assert_int_equal(drafts_told, 1);
    peer_forget(&t->a);
    return stream;
}
