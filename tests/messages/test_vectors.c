/* The vectors of the messages themselves: well-formed ones of every type, and ones that must be
 * refused, each for the reason in its name. */
#include "tests/test.h"

#include "messages/digest.h"
#include "messages/parts.h"
#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/messages/vectors.h"

static void say_keys(void)
{
    tb_sign_pair sender = sample_sign_pair(1);
    tb_sign_pair hub = sample_sign_pair(9);

    say_digest("id.hub", sample_digest(0x11));
    say("id.key.bureau.33", tb_bytes_of(sender.public_key.bytes, 32));
    say("id.key.hub", tb_bytes_of(hub.public_key.bytes, 32));
}

static void say_headers(void)
{
    tb_header header = sample_header(vectors_memory, 3, 2);
    tb_header first = sample_header(vectors_memory, 1, 1);
    tb_old_mark mark = {sample_party("ct.33"), TB_LANE_URGENT, 4, sample_digest(0x22)};
    tb_bytes good;
    tb_bytes opening;
    first.has_old = true;
    first.old_incarnation = sample_incarnation(2);
    first.old_marks = &mark;
    first.old_mark_count = 1;
    assert_ok(tb_header_encode(&header, vectors_memory, &good));
    assert_ok(tb_header_encode(&first, vectors_memory, &opening));

    say("header.three_entries", good);
    say_digest("id.header.three_entries", tb_header_digest(good));
    say("header.new_incarnation", opening);
    say_bent("refused.suite.header.suite_2", good, (tb_bend){.path = {1}, .number = 2});
    say_bent("refused.malformed.header.short_hub", good,
             (tb_bend){.path = {2}, .op = BEND_SIZE, .number = 31});
    say_bent("refused.malformed.header.entries_unsorted", good,
             (tb_bend){.path = {16}, .op = BEND_SWAP});
    say_bent("refused.malformed.header.recipient_twice", good,
             (tb_bend){.path = {16}, .op = BEND_AGAIN});
    say_bent("refused.malformed.header.old_marks_alone", opening,
             (tb_bend){.path = {17}, .op = BEND_DROP});
    say_bent("refused.not_canonical.header.unknown_field", good,
             (tb_bend){.path = {1}, .op = BEND_UNKNOWN});
    say_bent("refused.not_canonical.header.unknown_field_in_entry", good,
             (tb_bend){.path = {16, 1}, .op = BEND_UNKNOWN});
    say_bent("refused.not_canonical.header.hub_last", good,
             (tb_bend){.path = {2}, .op = BEND_LAST});
    say_bent("refused.not_canonical.header.sender_twice", good,
             (tb_bend){.path = {3}, .op = BEND_AGAIN});
    say_bent("refused.not_canonical.header.long_varint", good,
             (tb_bend){.path = {6}, .op = BEND_LONG, .number = 2});
    say_bent("refused.not_canonical.header.default_written", good,
             (tb_bend){.path = {17}, .op = BEND_SIZE, .number = 0});
}

static void say_events(void)
{
    tb_event opening = sample_opening_event(vectors_memory);
    tb_event later = sample_event(vectors_memory);
    tb_bytes first;
    tb_bytes second;
    assert_ok(tb_event_encode(&opening, vectors_memory, &first));
    assert_ok(tb_event_encode(&later, vectors_memory, &second));
    tb_digest ids[2] = {tb_event_id(first), tb_event_id(second)};
    tb_case_id case_id = tb_event_case(&opening, &ids[0]);

    say("event.opening", first);
    say_digest("id.event.opening", ids[0]);
    say("id.case.opening", tb_bytes_of(case_id.bytes, sizeof case_id.bytes));
    say("event.later", second);
    say_digest("id.event.later", ids[1]);
    say_digest("id.events.opening_later", tb_events_digest(ids, 2));
    say_bent("refused.malformed.event.opening_names_a_case", first,
             (tb_bend){.path = {3}, .op = BEND_SIZE, .number = 16});
    say_bent("refused.not_canonical.event.opening_names_zero_case", first,
             (tb_bend){.path = {3}, .op = BEND_ZEROS, .number = 16});
    say_bent("refused.malformed.event.later_without_case", second,
             (tb_bend){.path = {3}, .op = BEND_DROP});
    say_bent("refused.malformed.event.numbered_side_event", second,
             (tb_bend){.path = {4}, .op = BEND_NUMBER, .number = 2});
    say_bent("refused.malformed.event.account_overlong_utf8", second,
             (tb_bend){.path = {14}, .op = BEND_TEXT, .text = "\xC0\x80"});
    say_bent("refused.malformed.event.fields_unsorted", second,
             (tb_bend){.path = {21}, .op = BEND_SWAP});
    say_bent("refused.malformed.event.commitment_twice", second,
             (tb_bend){.path = {22}, .op = BEND_AGAIN});
    say_bent("refused.not_canonical.event.actor_last", second,
             (tb_bend){.path = {13}, .op = BEND_LAST});
    later.on_behalf = sample_party("ct.33");
    later.paper_no = tb_bytes_str("浙联通函〔2015〕7号");
    later.paper_date = tb_bytes_str("2015-02-08");
    tb_bytes paper;
    assert_ok(tb_event_encode(&later, vectors_memory, &paper));
    say("event.on_paper", paper);
    say_bent("refused.malformed.event.paper_without_number", paper,
             (tb_bend){.path = {25}, .op = BEND_DROP});
    say_bent("refused.malformed.event.paper_of_nobody", paper,
             (tb_bend){.path = {24}, .op = BEND_DROP});
    say_bent("refused.malformed.event.side_event_on_paper", paper,
             (tb_bend){.path = {4}, .op = BEND_NUMBER, .number = 2});
}

static void say_commitment(void)
{
    tb_field list[2] = {
        {tb_bytes_str("number"), tb_bytes_str("13800138000")},
        {tb_bytes_str("remark"), tb_bytes_str("第一行\n第二行")},
    };
    tb_opening opening = {.event = sample_digest(0x42), .group = tb_bytes_str("police")};
    tb_digest hub = sample_digest(0x11);
    tb_case_id case_id;
    memset(opening.random, 0x77, sizeof opening.random);
    memset(case_id.bytes, 0x41, sizeof case_id.bytes);
    assert_ok(tb_group_fields_encode(list, 2, vectors_memory, &opening.content));

    say("fields.police", opening.content);
    say("id.case.commitment", tb_bytes_of(case_id.bytes, sizeof case_id.bytes));
    say("id.random.commitment", tb_bytes_of(opening.random, sizeof opening.random));
    say_digest("id.commitment.police", tb_commitment_of(&opening, &hub, &case_id));
    say_bent("refused.malformed.fields.carriage_return", opening.content,
             (tb_bend){.path = {1, 2}, .op = BEND_TEXT, .text = "a\r\nb"});
    say_bent("refused.malformed.fields.unsorted", opening.content,
             (tb_bend){.path = {1}, .op = BEND_SWAP});
}

static void say_lines(void)
{
    static const char *const names[] = {"line.stored", "line.arrived", "line.refused",
                                        "line.resent"};
    tb_bytes stored = {NULL, 0};

    for (uint32_t kind = TB_LINE_STORED; kind <= TB_LINE_RESENT; kind++) {
        tb_line line = sample_line((tb_line_kind)kind);
        tb_bytes bytes;
        assert_ok(tb_line_encode(&line, vectors_memory, &bytes));
        say(names[kind - 1], bytes);
        stored = kind == TB_LINE_STORED ? bytes : stored;
    }
    say_digest("id.line.stored", tb_line_digest(stored));
    say_bent("refused.malformed.line.from_behind_to", stored,
             (tb_bend){.path = {6}, .op = BEND_NUMBER, .number = 10});
    say_bent("refused.malformed.line.stored_with_code", stored,
             (tb_bend){.path = {11}, .op = BEND_NUMBER, .number = 1});
    say_bent("refused.not_canonical.line.zero_event_written", stored,
             (tb_bend){.path = {12}, .op = BEND_ZEROS, .number = 32});
}

static void say_signed_lines(void)
{
    tb_signed_line line = sample_signed_line(vectors_memory, TB_LINE_STORED);
    tb_bytes good;
    assert_ok(tb_signed_line_encode(&line, vectors_memory, &good));

    say("signed_line.stored", good);
    say_bent("refused.malformed.signed_line.index_of_no_leaf", good,
             (tb_bend){.path = {2}, .op = BEND_NUMBER, .number = 3});
    say_bent("refused.proof.signed_line.other_index", good,
             (tb_bend){.path = {2}, .op = BEND_NUMBER, .number = 0});
    say_bent("refused.proof.signed_line.path_too_long", good,
             (tb_bend){.path = {3}, .op = BEND_AGAIN});
    say_bent("refused.proof.signed_line.smaller_tree", good,
             (tb_bend){.path = {1, 6}, .op = BEND_NUMBER, .number = 2});
    say_bent("refused.proof.signed_line.other_line", good,
             (tb_bend){.path = {4, 7}, .op = BEND_NUMBER, .number = 10});
    say_bent("refused.malformed.signed_line.root_of_headers", good,
             (tb_bend){.path = {1, 2}, .op = BEND_NUMBER, .number = 1});
    say_bent("refused.signature.signed_line.other_signer", good,
             (tb_bend){.path = {1, 3}, .op = BEND_TEXT, .text = "hq"});
    say_bent("refused.signature.signed_line.signature_of_ones", good,
             (tb_bend){.path = {1, 8}, .op = BEND_SIZE, .number = 64});
}

/* A group whose headers name another hub, and were signed so. */
static tb_bytes foreign_group(void)
{
    tb_group group = sample_group(vectors_memory, 1, 1, false);
    tb_bytes bytes;

    group.items[0].header.hub = sample_digest(0x99);
    assert_ok(
        tb_header_encode(&group.items[0].header, vectors_memory, &group.items[0].header_bytes));
    assert_ok(tb_group_encode(&group, vectors_memory, &bytes));
    return bytes;
}

static void say_groups(void)
{
    tb_group group = sample_group(vectors_memory, 3, 1, false);
    tb_group shared = sample_group(vectors_memory, 1, 3, true);
    tb_bytes good;
    tb_bytes stamped;
    assert_ok(tb_group_encode(&group, vectors_memory, &good));
    assert_ok(tb_group_encode(&shared, vectors_memory, &stamped));

    say("group.three_items", good);
    say("group.stamped_body_beside", stamped);
    say("refused.wrong_hub.group.headers_of_another_hub", foreign_group());
    say_bent("refused.malformed.group.leaf_twice", good,
             (tb_bend){.path = {4}, .op = BEND_TEXT, .text = "\x01\x01\x02"});
    say_bent("refused.malformed.group.items_in_another_order", good,
             (tb_bend){.path = {6}, .op = BEND_SWAP});
    say_bent("refused.malformed.group.another_recipient", good,
             (tb_bend){.path = {1}, .op = BEND_TEXT, .text = "hq"});
    say_bent("refused.malformed.group.body_missing", good,
             (tb_bend){.path = {6, 2}, .op = BEND_DROP});
    say_bent("refused.malformed.group.body_inside_and_beside", stamped,
             (tb_bend){.path = {6, 2}, .op = BEND_TEXT, .text = "body"});
    say_bent("refused.malformed.group.stamp_of_another_stream", stamped,
             (tb_bend){.path = {7, 4, 4}, .op = BEND_TEXT, .text = "hq"});
    say_bent("refused.not_canonical.group.header_with_unknown_field", good,
             (tb_bend){.path = {6, 1, 1}, .op = BEND_UNKNOWN});
    say_bent("refused.proof.group.other_indexes", good,
             (tb_bend){.path = {4}, .op = BEND_TEXT, .text = "\x01\x02\x03"});
    say_bent("refused.proof.group.sibling_missing", good, (tb_bend){.path = {5}, .op = BEND_DROP});
    say_bent("refused.proof.group.sibling_left_over", good,
             (tb_bend){.path = {5}, .op = BEND_AGAIN});
    say_bent("refused.proof.group.other_body_digest", good,
             (tb_bend){.path = {6, 1, 15}, .op = BEND_SIZE, .number = 32});
    say_bent("refused.signature.group.another_signer", good,
             (tb_bend){.path = {3, 3}, .op = BEND_TEXT, .text = "hq"});
    say_bent("refused.signature.group.signature_of_ones", good,
             (tb_bend){.path = {3, 8}, .op = BEND_SIZE, .number = 64});
}

/* The bundle file behind its beginning, bent, and put behind it again. */
static void say_bent_bundle(const char *name, tb_bytes good, tb_bend how)
{
    static const size_t begin = 8;
    tb_bytes inside = bend(tb_bytes_of(good.data + begin, good.size - begin), &how, vectors_memory);
    uint8_t *file = tb_arena_alloc(vectors_memory, begin + inside.size);
    assert_non_null(file);
    memcpy(file, good.data, begin);
    memcpy(file + begin, inside.data, inside.size);
    say(name, tb_bytes_of(file, begin + inside.size));
}

static void say_bundles(void)
{
    tb_bytes good = sample_bundle_file(vectors_memory);
    say("bundle.notices_marks_refusals_stamps", good);
    say("refused.bundle_corrupt.bundle.without_beginning",
        tb_bytes_of(good.data + 8, good.size - 8));
    say("refused.bundle_corrupt.bundle.end_missing", tb_bytes_of(good.data, good.size - 40));
    say_bent_bundle("refused.bundle_corrupt.bundle.another_recipient", good,
                    (tb_bend){.path = {1, 3}, .op = BEND_TEXT, .text = "hq"});
    say_bent_bundle("refused.bundle_corrupt.bundle.mark_left_out", good,
                    (tb_bend){.path = {1, 7}, .op = BEND_DROP});
    say_bent_bundle("refused.bundle_corrupt.bundle.stamp_as_mark", good,
                    (tb_bend){.path = {1, 7, 4, 1}, .op = BEND_NUMBER, .number = 1});
    say_bent_bundle("refused.bundle_corrupt.bundle.signature_of_ones", good,
                    (tb_bend){.path = {3}, .op = BEND_SIZE, .number = 64});
}

static void say_frames(void)
{
    static const char *const names[] = {
        "frame.hello",   "frame.welcome",  "frame.submit",  "frame.stored",
        "frame.deliver", "frame.taken",    "frame.refused", "frame.closed",
        "frame.open",    "frame.document", "frame.beat",    "frame.bye",
    };
    tb_bytes beat = {NULL, 0};
    tb_bytes hello = {NULL, 0};

    for (uint32_t kind = TB_FRAME_HELLO; kind <= TB_FRAME_BYE; kind++) {
        tb_frame frame = sample_frame(vectors_memory, (tb_frame_kind)kind);
        tb_bytes bytes;
        assert_ok(tb_frame_encode(&frame, vectors_memory, &bytes));
        say(names[kind - TB_FRAME_HELLO], bytes);
        hello = kind == TB_FRAME_HELLO ? bytes : hello;
        beat = kind == TB_FRAME_BEAT ? bytes : beat;
    }
    say("refused.protocol.frame.empty", tb_bytes_of(NULL, 0));
    say_bent("refused.protocol.frame.protocol_2", beat,
             (tb_bend){.path = {1}, .op = BEND_NUMBER, .number = 2});
    say_bent("refused.malformed.frame.nothing_inside", beat,
             (tb_bend){.path = {20}, .op = BEND_DROP});
    say_bent("refused.malformed.frame.stream_without_padding", hello,
             (tb_bend){.path = {10, 7, 1}, .op = BEND_SIZE, .number = 65});
    say("refused.malformed.frame.length_of_4_gib", tb_bytes_str("\x12\xFF\xFF\xFF\xFF\x0F"));
}

static void say_documents(void)
{
    tb_directory directory = sample_directory(vectors_memory);
    tb_frame frame = sample_frame(vectors_memory, TB_FRAME_DOCUMENT);
    tb_bytes good;
    tb_bytes document;
    assert_ok(tb_directory_encode(&directory, vectors_memory, &good));
    assert_ok(tb_document_encode(&frame.document, vectors_memory, &document));

    say("directory.first", good);
    say_digest("id.directory.first", tb_digest_of("tongbao document", good));
    say("document.campaign", document);
    say_bent("refused.malformed.directory.parties_unsorted", good,
             (tb_bend){.path = {11}, .op = BEND_SWAP});
    say_bent("refused.malformed.directory.key_twice", good,
             (tb_bend){.path = {11, 8}, .op = BEND_AGAIN});
    say_bent("refused.malformed.directory.zero_key", good,
             (tb_bend){.path = {7, 2}, .op = BEND_ZEROS, .number = 32});
    say_bent("refused.not_canonical.directory.exercise_2", good,
             (tb_bend){.path = {4}, .op = BEND_NUMBER, .number = 2});

    tb_upheld_document two[] = {
        {TB_DOCUMENT_CAMPAIGN, tb_bytes_str("black-card"), 3, sample_digest(0x51)},
        {TB_DOCUMENT_TABLE, tb_bytes_str("segments"), 1, sample_digest(0x52)}};
    directory.upheld = two;
    directory.upheld_count = 2;
    assert_ok(tb_directory_encode(&directory, vectors_memory, &good));
    say("directory.upheld", good);
    say_bent("refused.malformed.directory.upheld_unsorted", good,
             (tb_bend){.path = {17}, .op = BEND_SWAP});
    say_bent("refused.malformed.directory.upheld_directory", good,
             (tb_bend){.path = {17, 1}, .op = BEND_NUMBER, .number = 1});
}

static void make_text(void)
{
    say_keys();
    say_headers();
    say_events();
    say_commitment();
    say_lines();
    say_signed_lines();
    say_groups();
    say_frames();
    say_documents();
    say_bundles();
}

/* One for each type of message. Signed ones must also verify under the keys the file names. */
static tb_refusal header_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_header value;
    tb_refusal refusal = tb_header_decode(in, arena, &value);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_header_encode(&value, arena, again));
    }
    return refusal;
}

static tb_refusal event_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_event value;
    tb_refusal refusal = tb_event_decode(in, arena, &value);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_event_encode(&value, arena, again));
    }
    return refusal;
}

static tb_refusal fields_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_field *list = NULL;
    size_t count = 0;
    tb_refusal refusal = tb_group_fields_decode(in, arena, &list, &count);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_group_fields_encode(list, count, arena, again));
    }
    return refusal;
}

static tb_refusal line_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_line value;
    tb_refusal refusal = tb_line_decode(in, &value);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_line_encode(&value, arena, again));
    }
    return refusal;
}

static tb_refusal directory_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_directory value;
    tb_refusal refusal = tb_directory_decode(in, arena, &value);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_directory_encode(&value, arena, again));
    }
    return refusal;
}

static tb_refusal document_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_document value;
    tb_refusal refusal = tb_document_decode(in, arena, &value);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_document_encode(&value, arena, again));
    }
    return refusal;
}

static tb_refusal frame_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_frame value;
    tb_refusal refusal = tb_frame_decode(in, arena, &value);
    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_frame_encode(&value, arena, again));
    }
    return refusal;
}

static tb_root_cache cache;

static tb_refusal signed_line_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_digest hub = sample_digest(0x11);
    tb_sign_pair pair = sample_sign_pair(9);
    tb_signed_line value;
    tb_refusal refusal = tb_signed_line_decode(in, arena, &value);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    assert_ok(tb_signed_line_encode(&value, arena, again));
    return tb_signed_line_verify(&value, &hub, &pair.public_key, &cache);
}

static tb_refusal group_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_digest hub = sample_digest(0x11);
    tb_sign_pair pair = sample_sign_pair(1);
    tb_group value;
    tb_refusal refusal = tb_group_decode(in, arena, &value);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    assert_ok(tb_group_encode(&value, arena, again));
    return tb_group_verify(&value, &hub, &pair.public_key, &cache, arena);
}

static tb_refusal bundle_codec(tb_bytes in, tb_arena *arena, tb_bytes *again)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_bundle value;
    tb_refusal refusal = tb_bundle_decode(in, arena, &value);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    bool verified = tb_bundle_verify(&value, &pair.public_key);
    assert_ok(tb_bundle_encode(&value, &pair, arena, again));
    return verified ? TB_ACCEPTED : TB_REFUSED_BUNDLE_CORRUPT;
}

static const vector_codec codecs[] = {
    {"header", header_codec},       {"event", event_codec},
    {"fields", fields_codec},       {"line", line_codec},
    {"directory", directory_codec}, {"document", document_codec},
    {"frame", frame_codec},         {"signed_line", signed_line_codec},
    {"group", group_codec},         {"bundle", bundle_codec},
};

int main(int argc, char **argv)
{
    static const vectors_of of = {TB_SOURCE_DIR "/messages/vectors/messages.txt", make_text, codecs,
                                  sizeof codecs / sizeof codecs[0], 80};
    return vectors_run("messages/vectors", &of, argc, argv);
}
