/* The vectors of what is inside a body or travels outside the link: parts, resend, a key request, a
 * page of evidence. The passed event is a whole one: its opening, header, tree and signature fit.
 */
#include "tests/test.h"

#include "messages/digest.h"
#include "messages/evidence.h"
#include "messages/key_request.h"
#include "messages/line.h"
#include "messages/merkle.h"
#include "messages/parts.h"
#include "tests/messages/samples.h"
#include "tests/messages/vectors.h"

/* An opening event of bureau.33 in the second of three notices of a turn. */
typedef struct proved {
    tb_bytes event;
    tb_digest id;
    tb_opening opening;
    tb_passed passed;
} proved;

static tb_opening open_police(void)
{
    tb_field fields[2] = {
        {tb_bytes_str("number"), tb_bytes_str("13800138000")},
        {tb_bytes_str("remark"), tb_bytes_str("第一行\n第二行")},
    };
    tb_opening opening = {.group = tb_bytes_str("police")};
    memset(opening.random, 0x77, sizeof opening.random);
    assert_ok(tb_group_fields_encode(fields, 2, vectors_memory, &opening.content));
    return opening;
}

static void make_event(proved *p)
{
    tb_event event = sample_opening_event(vectors_memory);
    tb_case_id none = {{0}};
    p->opening = open_police();
    event.actor = sample_party("bureau.33");
    event.commitment_count = 1;
    event.commitments[0] =
        (tb_commitment){p->opening.group, tb_commitment_of(&p->opening, &event.hub, &none)};
    assert_ok(tb_event_encode(&event, vectors_memory, &p->event));
    p->id = tb_event_id(p->event);
    p->opening.event = p->id;
}

static void prove(proved *p)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_digest hub = sample_digest(0x11);
    tb_header header = sample_header(vectors_memory, 1, 1);
    tb_digest statements[3] = {sample_digest(0x60), sample_digest(0), sample_digest(0x62)};
    tb_tree tree;
    tb_passed *passed = &p->passed;
    tb_group group = sample_group(vectors_memory, 1, 1, false);

    header.events = tb_events_digest(&p->id, 1);
    assert_ok(tb_header_encode(&header, vectors_memory, &passed->header));
    statements[1] = tb_header_digest(passed->header);
    assert_ok(tb_tree_build(statements, 3, vectors_memory, &tree));
    passed->event = p->event;
    passed->ids = &p->id;
    passed->id_count = 1;
    passed->root = group.root;
    passed->root.count = 3;
    passed->root.root = tree.root;
    tb_root_sign(&passed->root, &hub, &pair);
    passed->index = 1;
    passed->openings = &p->opening;
    passed->opening_count = 1;
    assert_ok(tb_tree_path(&tree, 1, vectors_memory, &passed->path, &passed->path_count));
}

static void say_event_and_openings(const proved *p)
{
    tb_bytes events;
    tb_bytes openings;
    assert_ok(tb_part_events_encode(&p->event, 1, vectors_memory, &events));
    assert_ok(tb_part_openings_encode(&p->opening, 1, vectors_memory, &openings));

    say_digest("id.event.opening", p->id);
    say_digest("id.events.opening", tb_events_digest(&p->id, 1));
    say("part_events.opening", events);
    say_bent("refused.malformed.part_events.empty_event", events,
             (tb_bend){.path = {1}, .op = BEND_SIZE, .number = 0});
    say("part_openings.police", openings);
    say_bent("refused.malformed.part_openings.of_no_event", openings,
             (tb_bend){.path = {1, 1}, .op = BEND_DROP});
    say_bent("refused.malformed.part_openings.short_random", openings,
             (tb_bend){.path = {1, 3}, .op = BEND_SIZE, .number = 31});
}

static void say_passed(const proved *p)
{
    tb_bytes good;
    assert_ok(tb_part_passed_encode(&p->passed, 1, vectors_memory, &good));

    say("part_passed.opening", good);
    say_bent("refused.malformed.part_passed.opening_of_no_event", good,
             (tb_bend){.path = {1, 8, 1}, .op = BEND_DROP});
    say_bent("refused.proof.part_passed.event_not_among_ids", good,
             (tb_bend){.path = {1, 3}, .op = BEND_SIZE, .number = 32});
    say_bent("refused.proof.part_passed.other_index", good,
             (tb_bend){.path = {1, 5}, .op = BEND_NUMBER, .number = 2});
    say_bent("refused.proof.part_passed.path_too_long", good,
             (tb_bend){.path = {1, 6}, .op = BEND_AGAIN});
    say_bent("refused.proof.part_passed.header_of_another_notice", good,
             (tb_bend){.path = {1, 2, 5}, .op = BEND_NUMBER, .number = 2});
    say_bent("refused.signature.part_passed.signature_of_ones", good,
             (tb_bend){.path = {1, 4, 8}, .op = BEND_SIZE, .number = 64});
    say_bent("refused.cannot_open.part_passed.other_random", good,
             (tb_bend){.path = {1, 8, 3}, .op = BEND_SIZE, .number = 32});
    say_bent("refused.cannot_open.part_passed.group_not_committed_to", good,
             (tb_bend){.path = {1, 8, 2}, .op = BEND_TEXT, .text = "number"});
}

static void say_resends(void)
{
    tb_stream_at from = {{.sender = sample_party("ct.33"),
                          .incarnation = sample_incarnation(3),
                          .recipient = sample_party("hq"),
                          .lane = TB_LANE_BULK},
                         7,
                         sample_digest(6)};
    tb_resend ask = {.event = sample_digest(4), .ask = true};
    tb_resend all = {.from = &from, .from_count = 1, .ask = true};
    tb_resend carrier = {.event = sample_digest(4)};
    tb_resend end = {.from = &from, .from_count = 1, .to = 12};
    const struct {
        const char *name;
        const tb_resend *resend;
    } rows[] = {{"resend.ask_event", &ask},
                {"resend.ask_all_above", &all},
                {"resend.carrier", &carrier},
                {"resend.end", &end}};
    tb_bytes bytes = {NULL, 0};
    memset(ask.case_id.bytes, 0x41, sizeof ask.case_id.bytes);
    carrier.case_id = ask.case_id;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_ok(tb_resend_encode(rows[i].resend, vectors_memory, &bytes));
        say(rows[i].name, bytes);
    }

    say_bent("refused.malformed.resend.ask_and_end", bytes,
             (tb_bend){.path = {5}, .op = BEND_NUMBER, .number = 1});
    say_bent("refused.malformed.resend.short_stream", bytes,
             (tb_bend){.path = {3, 1}, .op = BEND_SIZE, .number = 64});
    say_bent("refused.malformed.resend.to_beyond_all_numbers", bytes,
             (tb_bend){.path = {4}, .op = BEND_NUMBER, .number = UINT64_MAX});
}

static void say_key_request(void)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_key_request request = {
        .party = sample_party("bureau.33"), .sign = pair.public_key, .made = SAMPLE_TIME};
    tb_bytes good;
    memset(request.seal.bytes, 0x13, sizeof request.seal.bytes);
    memset(request.transport.bytes, 0x14, sizeof request.transport.bytes);
    assert_ok(tb_key_request_sign(&request, &pair, vectors_memory, &good));

    say("key_request.bureau.33", good);
    say_bent("refused.signature.key_request.another_party", good,
             (tb_bend){.path = {1}, .op = BEND_TEXT, .text = "hq"});
    say_bent("refused.malformed.key_request.key_missing", good,
             (tb_bend){.path = {2}, .op = BEND_DROP});
    say_bent("refused.signature.key_request.signature_of_ones", good,
             (tb_bend){.path = {4}, .op = BEND_SIZE, .number = 64});
}

static void say_evidence(const proved *p)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_event event;
    tb_bytes packed;
    tb_bytes good;
    assert_ok(tb_passed_encode(&p->passed, vectors_memory, &packed));
    assert_int_equal(tb_event_decode(p->event, vectors_memory, &event), TB_ACCEPTED);
    tb_evidence_page page = {.hub = sample_digest(0x11),
                             .maker = sample_party("bureau.33"),
                             .subject = tb_event_case(&event, &p->id),
                             .number = 1,
                             .last = true,
                             .made = SAMPLE_TIME,
                             .passed = &packed,
                             .passed_count = 1};
    assert_ok(tb_evidence_page_encode(&page, &pair, vectors_memory, &good));

    say("evidence_page.one_event", good);
    say_digest("id.evidence_page.one_event", page.digest);
    say_bent("refused.bundle_corrupt.evidence_page.another_maker", good,
             (tb_bend){.path = {1, 2}, .op = BEND_TEXT, .text = "hq"});
    say_bent("refused.bundle_corrupt.evidence_page.event_left_out", good,
             (tb_bend){.path = {1, 10}, .op = BEND_DROP});
    say_bent("refused.bundle_corrupt.evidence_page.not_the_last", good,
             (tb_bend){.path = {1, 7}, .op = BEND_DROP});
    say_bent("refused.bundle_corrupt.evidence_page.signature_of_ones", good,
             (tb_bend){.path = {3}, .op = BEND_SIZE, .number = 64});
}

static void make_text(void)
{
    tb_sign_pair sender = sample_sign_pair(1);
    proved p = {.id = sample_digest(0)};
    make_event(&p);
    prove(&p);
    say_digest("id.hub", sample_digest(0x11));
    say("id.key.bureau.33", tb_bytes_of(sender.public_key.bytes, 32));
    say_event_and_openings(&p);
    say_passed(&p);
    say_resends();
    say_key_request();
    say_evidence(&p);
}

static tb_refusal events_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_bytes *events = NULL;
    size_t count = 0;
    tb_refusal refusal = tb_part_events_decode(in, arena, &events, &count);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_part_events_encode(events, count, arena, again));
    }
    return refusal;
}

static tb_refusal openings_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_opening *openings = NULL;
    size_t count = 0;
    tb_refusal refusal = tb_part_openings_decode(in, arena, &openings, &count);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_part_openings_encode(openings, count, arena, again));
    }
    return refusal;
}

/* What is asked of an earlier event and needs no directory. */
static tb_refusal judge_passed(const tb_passed *passed, tb_arena *arena)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_digest hub = sample_digest(0x11);
    tb_header header;
    tb_event event;
    tb_digest root;
    tb_digest digest = tb_header_digest(passed->header);
    tb_digest id = tb_event_id(passed->event);
    tb_digest ids = tb_events_digest(passed->ids, passed->id_count);
    tb_refusal refusal = tb_header_decode(passed->header, arena, &header);
    refusal = refusal == TB_ACCEPTED ? tb_event_decode(passed->event, arena, &event) : refusal;
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    if (!tb_digest_equal(&ids, &header.events) || !tb_digest_equal(&id, &passed->ids[0]) ||
        !tb_merkle_root_of_path(passed->root.count, passed->index, &digest, passed->path,
                                passed->path_count, &root) ||
        !tb_digest_equal(&root, &passed->root.root)) {
        return TB_REFUSED_PROOF;
    }
    if (!tb_root_verify(&passed->root, &hub, &pair.public_key)) {
        return TB_REFUSED_SIGNATURE;
    }
    return tb_opening_matches(&passed->openings[0], &event) ? TB_ACCEPTED : TB_REFUSED_CANNOT_OPEN;
}

static tb_refusal passed_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_passed *passed = NULL;
    size_t count = 0;
    tb_refusal refusal = tb_part_passed_decode(in, arena, &passed, &count);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    assert_ok(tb_part_passed_encode(passed, count, arena, again));
    assert_int_equal(count, 1);
    return judge_passed(passed, arena);
}

static tb_refusal resend_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_resend resend;
    tb_refusal refusal = tb_resend_decode(in, arena, &resend);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_resend_encode(&resend, arena, again));
    }
    return refusal;
}

static tb_refusal key_request_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_key_request request;
    tb_refusal refusal = tb_key_request_decode(in, arena, &request);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_key_request_sign(&request, &pair, arena, again));
    }
    return refusal;
}

static tb_refusal evidence_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_evidence_page page;
    tb_refusal refusal = tb_evidence_page_decode(in, arena, &page);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    bool verified = tb_evidence_page_verify(&page, &pair.public_key);
    assert_ok(tb_evidence_page_encode(&page, &pair, arena, again));
    return verified ? TB_ACCEPTED : TB_REFUSED_BUNDLE_CORRUPT;
}

static const vector_codec codecs[] = {
    {"part_events", events_codec},      {"part_openings", openings_codec},
    {"part_passed", passed_codec},      {"resend", resend_codec},
    {"key_request", key_request_codec}, {"evidence_page", evidence_codec},
};

int main(int argc, char **argv)
{
    static const vectors_of of = {TB_SOURCE_DIR "/messages/vectors/parts.txt", make_text, codecs,
                                  sizeof codecs / sizeof codecs[0], 30};
    return vectors_run("messages/vectors_parts", &of, argc, argv);
}
