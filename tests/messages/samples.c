#include "tests/messages/samples.h"

#include "base/random.h"
#include "messages/digest.h"
#include "messages/merkle.h"
#include "messages/seal.h"
#include "tests/test.h"

tb_party sample_party(const char *id)
{
    tb_party party;

    assert_true(tb_party_parse(tb_bytes_str(id), &party));
    return party;
}

tb_digest sample_digest(uint8_t fill)
{
    tb_digest digest;

    memset(digest.bytes, fill, sizeof digest.bytes);
    return digest;
}

tb_incarnation sample_incarnation(uint64_t counter)
{
    tb_incarnation incarnation = {counter, {1, 2, 3, 4, 5, 6, 7, 8}};

    return incarnation;
}

tb_sign_pair sample_sign_pair(uint8_t seed)
{
    uint8_t bytes[32];
    tb_random random;
    tb_sign_pair pair;

    memset(bytes, seed, sizeof bytes);
    tb_random_seed(&random, bytes);
    tb_sign_pair_make(&pair, &random);
    return pair;
}

static tb_key_id key_id(uint8_t seed)
{
    tb_sign_pair pair = sample_sign_pair(seed);

    return tb_key_id_of(TB_PURPOSE_SIGN, &pair.public_key);
}

static void *room(tb_arena *arena, size_t count, size_t each)
{
    void *memory = tb_arena_array(arena, count, each);

    assert_non_null(memory);
    return memory;
}

tb_header sample_header(tb_arena *arena, size_t entries, uint64_t notice)
{
    static const char *const recipients[] = {"ct.33", "hq", "police.33.01", "police.33.02"};
    assert_true(entries <= sizeof recipients / sizeof recipients[0]);

    tb_header header = {
        .suite = TB_SUITE_1,
        .hub = sample_digest(0x11),
        .sender = sample_party("bureau.33"),
        .incarnation = sample_incarnation(3),
        .notice = notice,
        .lane = TB_LANE_NORMAL,
        .kind = TB_NOTICE_CASEWORK,
        .made = SAMPLE_TIME,
        .expires = SAMPLE_TIME + TB_NOTICE_LIFE_MS,
        .directory_version = 1,
        .directory_digest = sample_digest(0x12),
        .signing_key = key_id(1),
        .events = sample_digest(0x14),
        .body = tb_body_digest(tb_bytes_str("body")),
        .entry_count = entries,
    };
    memset(header.ephemeral.bytes, 0x13, sizeof header.ephemeral);
    header.entries = room(arena, entries, sizeof *header.entries);
    for (size_t i = 0; i < entries; i++) {
        tb_entry *entry = &header.entries[i];
        entry->recipient = sample_party(recipients[i]);
        memset(entry->sealing_key.bytes, (int)(0x20 + i), sizeof entry->sealing_key);
        entry->number = notice;
        entry->previous = notice == 1 ? sample_digest(0) : sample_digest(0x15);
    }
    return header;
}

static void add_lists(tb_arena *arena, tb_event *event)
{
    event->table_count = 2;
    event->tables = room(arena, 2, sizeof *event->tables);
    event->tables[0] = (tb_table_version){tb_bytes_str("segments"), 7};
    event->tables[1] = (tb_table_version){tb_bytes_str("calendar"), 1};
    event->addressee_count = 2;
    event->addressees = room(arena, 2, sizeof *event->addressees);
    event->addressees[0] = sample_party("ct.33");
    event->addressees[1] = sample_party("hq");
    event->field_count = 2;
    event->fields = room(arena, 2, sizeof *event->fields);
    event->fields[0] = (tb_field){tb_bytes_str("home"), tb_bytes_str("33")};
    event->fields[1] = (tb_field){tb_bytes_str("reported_at"), tb_bytes_str("2015-02-09")};
    event->commitment_count = 2;
    event->commitments = room(arena, 2, sizeof *event->commitments);
    event->commitments[0] = (tb_commitment){tb_bytes_str("number"), sample_digest(0x31)};
    event->commitments[1] = (tb_commitment){tb_bytes_str("police"), sample_digest(0x32)};
}

tb_event sample_opening_event(tb_arena *arena)
{
    tb_event event = {
        .suite = TB_SUITE_1,
        .hub = sample_digest(0x11),
        .kind = TB_EVENT_CHAIN,
        .term = 1,
        .number = 1,
        .case_type = tb_bytes_str("card"),
        .campaign = tb_bytes_str("black-card"),
        .campaign_version = 1,
        .directory_version = 1,
        .actor = sample_party("police.33.01"),
        .account = tb_bytes_str("王警官"),
        .action = tb_bytes_str("report"),
        .to_state = tb_bytes_str("reported"),
        .holder = sample_party("bureau.33"),
        .at = SAMPLE_TIME,
    };
    add_lists(arena, &event);
    return event;
}

tb_event sample_event(tb_arena *arena)
{
    tb_event event = sample_opening_event(arena);

    memset(event.case_id.bytes, 0x41, sizeof event.case_id);
    event.number = 2;
    event.previous = sample_digest(0x42);
    event.case_type = tb_bytes_of(NULL, 0);
    event.action = tb_bytes_str("order");
    event.from_state = tb_bytes_str("reported");
    event.to_state = tb_bytes_str("ordered");
    event.seen_count = 1;
    event.seen = room(arena, 1, sizeof *event.seen);
    event.seen[0] = sample_digest(0x43);
    return event;
}

static tb_stream stream(void)
{
    tb_stream made = {sample_party("bureau.33"), sample_incarnation(3), sample_party("ct.33"),
                      TB_LANE_NORMAL};

    return made;
}

tb_line sample_line(tb_line_kind kind)
{
    tb_line line = {
        .kind = kind,
        .stream = stream(),
        .digest = sample_digest(0x51),
        .at = SAMPLE_TIME,
        .civil = SAMPLE_TIME - 1000,
    };
    if (kind == TB_LINE_REFUSED) {
        line.from = 5;
        line.code = TB_REFUSED_CANNOT_OPEN;
        line.event = sample_digest(0x52);
    } else {
        line.from = kind == TB_LINE_STORED ? 1 : 0;
        line.to = 9;
    }
    return line;
}

static tb_signed_line sign_line(tb_arena *arena, const tb_line *line)
{
    tb_sign_pair pair = sample_sign_pair(9);
    tb_digest hub = sample_digest(0x11);
    tb_root root = {
        .suite = TB_SUITE_1,
        .signer = sample_party(TB_HUB_PARTY),
        .key = key_id(9),
        .incarnation = sample_incarnation(1),
    };
    tb_line lines[3] = {sample_line(TB_LINE_ARRIVED), *line, sample_line(TB_LINE_RESENT)};
    tb_signed_line *made = NULL;

    assert_ok(tb_lines_sign(lines, 3, &root, &hub, &pair, arena, &made));
    return made[1];
}

tb_signed_line sample_signed_line(tb_arena *arena, tb_line_kind kind)
{
    tb_line line = sample_line(kind);

    return sign_line(arena, &line);
}

static void fill_items(tb_arena *arena, tb_group *group, size_t entries, tb_digest *statements)
{
    tb_digest previous = sample_digest(0);

    for (size_t i = 0; i < group->item_count; i++) {
        tb_item *item = &group->items[i];
        item->header = sample_header(arena, entries, i + 1);
        item->header.entries[0].previous = previous;
        assert_ok(tb_header_encode(&item->header, arena, &item->header_bytes));
        item->digest = tb_header_digest(item->header_bytes);
        item->body = entries == 1 ? tb_bytes_str("body") : tb_bytes_of(NULL, 0);
        group->indexes[i] = (uint32_t)i;
        statements[i] = item->digest;
        previous = item->digest;
    }
}

static void prove(tb_arena *arena, tb_group *group, tb_digest *statements)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_digest hub = sample_digest(0x11);
    tb_tree tree;
    statements[group->item_count] = sample_digest(0x61);

    assert_ok(tb_tree_build(statements, (uint32_t)group->item_count + 1, arena, &tree));
    assert_ok(tb_tree_siblings(&tree, group->indexes, group->item_count, arena, &group->siblings,
                               &group->sibling_count));
    group->root = (tb_root){
        .suite = TB_SUITE_1,
        .tree = TB_TREE_HEADERS,
        .signer = sample_party("bureau.33"),
        .key = key_id(1),
        .incarnation = sample_incarnation(3),
        .count = tree.count,
        .root = tree.root,
    };
    tb_root_sign(&group->root, &hub, &pair);
}

tb_group sample_group(tb_arena *arena, size_t items, size_t entries, bool stamped)
{
    tb_group group = {
        .recipient = sample_party("ct.33"),
        .lane = TB_LANE_NORMAL,
        .item_count = items,
        .has_stamp = stamped,
    };
    tb_digest *statements = room(arena, items + 1, sizeof *statements);
    group.items = room(arena, items, sizeof *group.items);
    group.indexes = room(arena, items, sizeof *group.indexes);
    fill_items(arena, &group, entries, statements);
    prove(arena, &group, statements);
    if (stamped) {
        tb_line line = sample_line(TB_LINE_STORED);
        line.to = items;
        line.digest = group.items[items - 1].digest;
        group.stamp = sign_line(arena, &line);
    }
    return group;
}

static tb_directory_key directory_key(tb_purpose purpose, uint8_t fill)
{
    tb_directory_key key = {.purpose = purpose, .not_before = SAMPLE_TIME};

    memset(key.key.bytes, fill, sizeof key.key);
    if (purpose == TB_PURPOSE_SIGN || purpose == TB_PURPOSE_AUTHORITY) {
        key.key = sample_sign_pair(fill).public_key;
    }
    key.id = tb_key_id_of(purpose, &key.key);
    return key;
}

static tb_directory_party directory_party(tb_arena *arena, const char *id, uint8_t fill)
{
    tb_directory_party party = {
        .id = sample_party(id),
        .role = tb_bytes_str("bureau"),
        .jurisdiction = tb_bytes_str("33"),
        .name_zh = tb_bytes_str("浙江省管理局"),
        .name_en = tb_bytes_str("Bureau of Zhejiang"),
        .state = TB_PARTY_ACTIVE,
        .key_count = 4,
        .attribute_count = 2,
    };
    party.keys = room(arena, 4, sizeof *party.keys);
    party.keys[0] = directory_key(TB_PURPOSE_SIGN, fill);
    party.keys[1] = directory_key(TB_PURPOSE_SEAL, (uint8_t)(fill + 1));
    party.keys[2] = directory_key(TB_PURPOSE_TRANSPORT, (uint8_t)(fill + 2));
    party.keys[3] = directory_key(TB_PURPOSE_SIGN, (uint8_t)(fill + 3));
    party.attributes = room(arena, 2, sizeof *party.attributes);
    party.attributes[0] = (tb_attribute){tb_bytes_str("operator"), tb_bytes_str("CT")};
    party.attributes[1] = (tb_attribute){tb_bytes_str("region"), tb_bytes_str("华东")};
    return party;
}

static void add_cut(tb_arena *arena, tb_directory *directory)
{
    tb_cut *cut = room(arena, 1, sizeof *cut);

    cut->party = directory->parties[0].id;
    cut->key = directory->parties[0].keys[0].id;
    cut->at = SAMPLE_TIME;
    cut->reason = TB_CUT_STOLEN;
    cut->mark_count = 1;
    cut->marks = room(arena, 1, sizeof *cut->marks);
    cut->marks[0] = (tb_cut_mark){sample_incarnation(3), sample_party("ct.33"), TB_LANE_NORMAL, 17,
                                  sample_digest(0x71)};
    directory->cut_count = 1;
    directory->cuts = cut;
}

tb_directory sample_directory(tb_arena *arena)
{
    tb_directory directory = {
        .version = 1,
        .exercise = true,
        .made = SAMPLE_TIME,
        .fresh_until = SAMPLE_TIME + TB_NOTICE_LIFE_MS,
        .authority = directory_key(TB_PURPOSE_AUTHORITY, 0x80),
        .hub_keys = {directory_key(TB_PURPOSE_SIGN, 9), directory_key(TB_PURPOSE_TRANSPORT, 0x82)},
        .party_count = 2,
        .title_zh = tb_bytes_str("演练名录"),
        .title_en = tb_bytes_str("Exercise directory"),
    };
    directory.parties = room(arena, 2, sizeof *directory.parties);
    directory.parties[0] = directory_party(arena, "bureau.33", 0x90);
    directory.parties[1] = directory_party(arena, "ct.33", 0xA0);
    directory.parties[1].parent = directory.parties[0].id;
    add_cut(arena, &directory);
    directory.signer_count = 1;
    directory.signers = room(arena, 1, sizeof *directory.signers);
    directory.signers[0] = (tb_document_signer){TB_DOCUMENT_CAMPAIGN, directory.parties[0].id};
    return directory;
}

static tb_signed_line *lines(tb_arena *arena, tb_line_kind kind, size_t count)
{
    tb_signed_line *made = room(arena, count, sizeof *made);

    for (size_t i = 0; i < count; i++) {
        made[i] = sample_signed_line(arena, kind);
    }
    return made;
}

static tb_version *version(tb_arena *arena)
{
    tb_version *made = room(arena, 1, sizeof *made);

    *made = (tb_version){TB_DOCUMENT_CAMPAIGN, tb_bytes_str("black-card"), 3, sample_digest(0x62)};
    return made;
}

static tb_refused refused(tb_arena *arena)
{
    tb_refused made = {
        .has_line = true,
        .line = sample_signed_line(arena, TB_LINE_REFUSED),
        .code = TB_REFUSED_CANNOT_OPEN,
        .header = tb_bytes_str("header"),
        .reason = tb_bytes_str("密封内容无法打开"),
    };

    return made;
}

static void hello(tb_arena *arena, tb_hello *out)
{
    out->party = sample_party("bureau.33");
    out->incarnation = sample_incarnation(3);
    out->protocol_min = 1;
    out->protocol_max = 1;
    out->documents = version(arena);
    out->document_count = 1;
    out->arrived = lines(arena, TB_LINE_ARRIVED, 1);
    out->arrived_count = 1;
    out->taken = room(arena, 1, sizeof *out->taken);
    out->taken[0] = (tb_stream_at){stream(), 4, sample_digest(0x63)};
    out->taken_count = 1;
}

static void welcome(tb_arena *arena, tb_welcome *out)
{
    out->protocol = 1;
    out->hub_incarnation = sample_incarnation(1);
    out->documents = version(arena);
    out->document_count = 1;
    out->stored = lines(arena, TB_LINE_STORED, 2);
    out->stored_count = 2;
    out->arrived = lines(arena, TB_LINE_ARRIVED, 1);
    out->arrived_count = 1;
    out->taken = lines(arena, TB_LINE_ARRIVED, 1);
    out->taken_count = 1;
    out->closed = room(arena, 1, sizeof *out->closed);
    out->closed[0] = sample_party("ct.33");
    out->closed_count = 1;
    out->refused = room(arena, 1, sizeof *out->refused);
    out->refused[0] = refused(arena);
    out->refused_count = 1;
}

/* One group of notices to ct.33 alone, one of a notice whose body stands beside. */
static void carry(tb_arena *arena, bool stamped, tb_carry *out)
{
    out->group_count = 2;
    out->groups = room(arena, 2, sizeof *out->groups);
    out->groups[0] = sample_group(arena, 2, 1, stamped);
    out->groups[1] = sample_group(arena, 1, 3, stamped);
    out->body_count = 1;
    out->bodies = room(arena, 1, sizeof *out->bodies);
    out->bodies[0] =
        (tb_shared_body){sample_party("bureau.33"), sample_incarnation(3), 1, tb_bytes_str("body")};
}

static void document(tb_document *out)
{
    *out = (tb_document){
        .kind = TB_DOCUMENT_CAMPAIGN,
        .name = tb_bytes_str("black-card"),
        .version = 3,
        .content = tb_bytes_str("title: 黑卡"),
        .signer_key = key_id(1),
    };
    memset(out->signature, 0x64, sizeof out->signature);
}

tb_frame sample_frame(tb_arena *arena, tb_frame_kind kind)
{
    tb_frame frame = {
        .protocol = TB_PROTOCOL,
        .hub = sample_digest(0x11),
        .civil = SAMPLE_TIME,
        .kind = kind,
    };

    switch (kind) {
    case TB_FRAME_HELLO:
        hello(arena, &frame.hello);
        break;
    case TB_FRAME_WELCOME:
        welcome(arena, &frame.welcome);
        break;
    case TB_FRAME_SUBMIT:
        carry(arena, false, &frame.carry);
        break;
    case TB_FRAME_DELIVER:
        carry(arena, true, &frame.carry);
        break;
    case TB_FRAME_STORED:
        frame.lines = (tb_lines){lines(arena, TB_LINE_STORED, 2), 2, true};
        break;
    case TB_FRAME_TAKEN:
        frame.lines = (tb_lines){lines(arena, TB_LINE_ARRIVED, 1), 1, false};
        break;
    case TB_FRAME_REFUSED:
        frame.refused = refused(arena);
        break;
    case TB_FRAME_CLOSED:
    case TB_FRAME_OPEN:
        frame.share = sample_party("ct.33");
        break;
    case TB_FRAME_DOCUMENT:
        document(&frame.document);
        break;
    case TB_FRAME_BEAT:
        break;
    case TB_FRAME_BYE:
        frame.bye =
            (tb_bye){.code = TB_REFUSED_SUPERSEDED, .reason = tb_bytes_str("newer connection")};
        break;
    }
    return frame;
}

tb_bundle sample_bundle(tb_arena *arena)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_bundle bundle = {
        .hub = sample_digest(0x11),
        .sender = sample_party("bureau.33"),
        .recipient = sample_party("ct.33"),
        .made = SAMPLE_TIME,
        .marks = lines(arena, TB_LINE_ARRIVED, 1),
        .mark_count = 1,
        .refusals = lines(arena, TB_LINE_REFUSED, 1),
        .refusal_count = 1,
        .stamps = lines(arena, TB_LINE_STORED, 1),
        .stamp_count = 1,
        .key = tb_key_id_of(TB_PURPOSE_SIGN, &pair.public_key),
    };
    carry(arena, false, &bundle.carry);
    return bundle;
}

tb_bytes sample_bundle_file(tb_arena *arena)
{
    tb_sign_pair pair = sample_sign_pair(1);
    tb_bundle bundle = sample_bundle(arena);
    tb_bytes file;
    assert_ok(tb_bundle_encode(&bundle, &pair, arena, &file));
    return file;
}
