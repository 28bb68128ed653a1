#include "messages/directory.h"

#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static tb_refusal codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_directory directory;
    tb_refusal refusal = tb_directory_decode(in, arena, &directory);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_directory_encode(&directory, arena, out_again));
    }
    return refusal;
}

static tb_bytes encoded(tb_arena *arena)
{
    tb_directory directory = sample_directory(arena);
    tb_bytes bytes;

    assert_ok(tb_directory_encode(&directory, arena, &bytes));
    return bytes;
}

/* Encodes and decodes, so that digests and hub stand where they belong. */
static tb_directory settled(tb_arena *arena, const tb_directory *in)
{
    tb_directory out;
    tb_bytes bytes;

    assert_ok(tb_directory_encode(in, arena, &bytes));
    assert_int_equal(tb_directory_decode(bytes, arena, &out), TB_ACCEPTED);
    return out;
}

static tb_document
sign(tb_arena *arena, const tb_directory *directory, const tb_digest *hub, uint8_t seed)
{
    tb_sign_pair pair = sample_sign_pair(seed);
    tb_document document = {
        .kind = TB_DOCUMENT_DIRECTORY,
        .name = tb_bytes_str("directory"),
        .version = directory->version,
        .signer_key = tb_key_id_of(TB_PURPOSE_AUTHORITY, &pair.public_key),
    };

    assert_ok(tb_directory_encode(directory, arena, &document.content));
    tb_document_sign(&document, hub, &pair);
    return document;
}

static tb_directory second(tb_arena *arena, const tb_directory *first)
{
    tb_directory next = *first;

    next.version = 2;
    next.predecessor = first->digest;
    next.title_en = tb_bytes_str("Second");
    return settled(arena, &next);
}

static void every_value_comes_back(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_directory in = sample_directory(arena);
    tb_directory out = settled(arena, &in);

    assert_true(tb_digest_equal(&out.hub, &out.digest));
    assert_true(out.exercise);
    assert_int_equal(out.party_count, 2);
    assert_string_equal(out.parties[1].parent.text, "bureau.33");
    assert_true(tb_bytes_equal(out.parties[0].name_zh, in.parties[0].name_zh));
    assert_int_equal(out.parties[0].key_count, 4);
    assert_memory_equal(&out.parties[0].keys[2].id, &in.parties[0].keys[2].id, 8);
    assert_int_equal(out.cut_count, 1);
    assert_int_equal(out.cuts[0].reason, TB_CUT_STOLEN);
    assert_int_equal(out.cuts[0].marks[0].number, 17);
    assert_int_equal(out.signer_count, 1);
    assert_false(out.has_spare);
    assert_false(out.has_next_authority);
}

static void parties_and_keys_are_found(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_directory directory = sample_directory(arena);
    tb_party bureau = sample_party("bureau.33");
    tb_party nobody = sample_party("nobody");

    const tb_directory_party *party = tb_directory_find(&directory, &bureau);
    assert_ptr_equal(party, &directory.parties[0]);
    assert_null(tb_directory_find(&directory, &nobody));
    assert_ptr_equal(tb_directory_current(party, TB_PURPOSE_SIGN), &party->keys[3]);
    assert_null(tb_directory_current(party, TB_PURPOSE_AUTHORITY));
    assert_ptr_equal(tb_directory_key_of(party, &party->keys[0].id), &party->keys[0]);
    assert_null(tb_directory_key_of(party, &directory.parties[1].keys[0].id));
    for (size_t i = 0; i < party->key_count; i++) {
        const tb_directory_key *key = &party->keys[i];
        assert_ptr_equal(tb_directory_signing_key(&directory, &bureau, &key->id),
                         key->purpose == TB_PURPOSE_SIGN ? key : NULL);
        assert_null(tb_directory_signing_key(&directory, &nobody, &key->id));
    }
    assert_null(tb_directory_signing_key(&directory, &bureau, &directory.parties[1].keys[0].id));
    assert_ptr_equal(tb_directory_speaker(&directory, &party->keys[2].key), party);
    assert_null(tb_directory_speaker(&directory, &party->keys[1].key));
    assert_true(tb_bytes_equal(tb_directory_attribute(party, "operator"), tb_bytes_str("CT")));
    assert_int_equal(tb_directory_attribute(party, "nothing").size, 0);
    assert_ptr_equal(tb_directory_hub_key(&directory, &directory.hub_keys.sign.id),
                     &directory.hub_keys.sign);
    assert_null(tb_directory_hub_key(&directory, &directory.hub_keys.transport.id));
}

static void a_cut_key_is_good_up_to_the_cut_and_no_further(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_directory directory = sample_directory(arena);
    const tb_directory_party *party = &directory.parties[0];
    tb_incarnation incarnation = sample_incarnation(3);
    tb_incarnation other = sample_incarnation(4);
    tb_party ct = sample_party("ct.33");
    tb_party hq = sample_party("hq");
    const tb_key_id *cut = &party->keys[0].id;
    const tb_key_id *whole = &party->keys[3].id;

#define GOOD(key, run, to, lane) tb_directory_good_until(&directory, &party->id, key, run, to, lane)
    assert_int_equal(
        tb_directory_good_until(&directory, &party->id, cut, &incarnation, &ct, TB_LANE_NORMAL),
        17);
    assert_int_equal(
        tb_directory_good_until(&directory, &party->id, cut, &incarnation, &ct, TB_LANE_URGENT), 0);
    assert_int_equal(
        tb_directory_good_until(&directory, &party->id, cut, &incarnation, &hq, TB_LANE_NORMAL), 0);
    assert_int_equal(
        tb_directory_good_until(&directory, &party->id, cut, &other, &ct, TB_LANE_NORMAL), 0);
    assert_true(tb_directory_good_until(&directory, &party->id, whole, &incarnation, &ct,
                                        TB_LANE_NORMAL) == UINT64_MAX);
}

static void a_line_counts_up_to_the_time_of_the_cut_unless_the_key_was_stolen(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_directory directory = sample_directory(arena);
    tb_cut *cut = &directory.cuts[0];
    const tb_key_id *whole = &directory.parties[0].keys[3].id;

    assert_false(tb_directory_line_counts(&directory, &cut->party, &cut->key, cut->at));
    assert_true(tb_directory_line_counts(&directory, &cut->party, whole, cut->at + 1));
    cut->reason = TB_CUT_LOST;
    assert_true(tb_directory_line_counts(&directory, &cut->party, &cut->key, cut->at));
    assert_false(tb_directory_line_counts(&directory, &cut->party, &cut->key, cut->at + 1));
    cut->reason = TB_CUT_ROTATION;
    assert_true(tb_directory_line_counts(&directory, &cut->party, &cut->key, cut->at));
}

static tb_bytes with_former(tb_arena *arena)
{
    tb_directory directory = sample_directory(arena);
    tb_bytes bytes;
    static tb_former_hub_keys former;
    former = (tb_former_hub_keys){directory.hub_keys, SAMPLE_TIME, TB_CUT_LOST};
    former.keys.sign.key.bytes[0]++;
    former.keys.transport.key.bytes[0]++;
    directory.former = &former;
    directory.former_count = 1;
    directory.parties[0].keys[3].not_after = SAMPLE_TIME + 1;
    assert_ok(tb_directory_encode(&directory, arena, &bytes));
    return bytes;
}

static const tb_bend former_bends[] = {
    {"former without keys", {16, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"former that signs with a sealing key",
     {16, 1, 1, 1},
     BEND_NUMBER,
     2,
     NULL,
     TB_REFUSED_MALFORMED},
    {"former for no reason", {16, 3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"former until before 1970", {16, 2}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
    {"a former key twice", {16}, BEND_AGAIN, 0, NULL, TB_REFUSED_MALFORMED},
    {"33 former", {16}, BEND_TIMES, TB_FORMER_HUB_KEYS_MAX + 1, NULL, TB_REFUSED_TOO_LARGE},
    {"a key that ends before it begins", {9, 1, 4}, BEND_NUMBER, 1, NULL, TB_REFUSED_MALFORMED},
};

static void keys_the_hub_had_before_count_up_to_their_end(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_bytes bytes = with_former(arena);
    tb_directory out;
    assert_int_equal(tb_directory_decode(bytes, arena, &out), TB_ACCEPTED);
    assert_int_equal(out.former_count, 1);
    assert_int_equal(out.former[0].reason, TB_CUT_LOST);
    assert_int_equal(out.parties[0].keys[3].not_after, SAMPLE_TIME + 1);
    const tb_key_id *id = &out.former[0].keys.sign.id;
    assert_ptr_equal(tb_directory_hub_key_at(&out, id, SAMPLE_TIME), &out.former[0].keys.sign);
    assert_null(tb_directory_hub_key_at(&out, id, SAMPLE_TIME + 1));
    assert_null(tb_directory_hub_key(&out, id));
    check_round_trip(bytes, codec);
    check_refusals(bytes, former_bends, sizeof former_bends / sizeof former_bends[0], codec);
}

static void a_cut_transport_key_speaks_for_nobody(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_directory directory = sample_directory(arena);

    directory.cuts[0].key = directory.parties[0].keys[2].id;
    assert_null(tb_directory_speaker(&directory, &directory.parties[0].keys[2].key));
}

static const tb_bend bends[] = {
    {"version 0", {1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"version 2 of nothing", {1}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
    {"a first with predecessor", {2}, BEND_SIZE, 32, NULL, TB_REFUSED_MALFORMED},
    {"a first with hub", {3}, BEND_SIZE, 32, NULL, TB_REFUSED_MALFORMED},
    {"exercise 2", {4}, BEND_NUMBER, 2, NULL, TB_REFUSED_NOT_CANONICAL},
    {"made before 1970", {5}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
    {"stale when made", {6}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no authority", {7}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"authority with a signing key", {7, 1}, BEND_NUMBER, 1, NULL, TB_REFUSED_MALFORMED},
    {"authority without key", {7, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"authority with zero key", {7, 2}, BEND_ZEROS, 32, NULL, TB_REFUSED_MALFORMED},
    {"empty next authority", {8}, BEND_SIZE, 0, NULL, TB_REFUSED_MALFORMED},
    {"no hub keys", {9}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"hub without transport", {9, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"hub signs with a sealing key", {9, 1, 1}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
    {"empty spare", {10}, BEND_SIZE, 0, NULL, TB_REFUSED_MALFORMED},
    {"a party twice", {11}, BEND_AGAIN, 0, NULL, TB_REFUSED_MALFORMED},
    {"parties unsorted", {11}, BEND_SWAP, 0, NULL, TB_REFUSED_MALFORMED},
    {"party without id", {11, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"party named hub", {11, 1}, BEND_TEXT, 0, "hub", TB_REFUSED_MALFORMED},
    {"party without role", {11, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"jurisdiction no name", {11, 3}, BEND_TEXT, 0, "浙", TB_REFUSED_MALFORMED},
    {"parent nobody knows", {11, 4}, BEND_TEXT, 0, "nobody", TB_REFUSED_MALFORMED},
    {"parent of itself", {11, 4}, BEND_TEXT, 0, "bureau.33", TB_REFUSED_MALFORMED},
    {"name no UTF-8", {11, 5}, BEND_TEXT, 0, "\xFF", TB_REFUSED_MALFORMED},
    {"name of 257 bytes", {11, 6}, BEND_SIZE, 257, NULL, TB_REFUSED_MALFORMED},
    {"state 0", {11, 7}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"state 4", {11, 7}, BEND_NUMBER, 4, NULL, TB_REFUSED_MALFORMED},
    {"active without keys", {11, 8}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"33 keys", {11, 8}, BEND_TIMES, 33, NULL, TB_REFUSED_TOO_LARGE},
    {"a key twice", {11, 8}, BEND_AGAIN, 0, NULL, TB_REFUSED_MALFORMED},
    {"key of purpose 0", {11, 8, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"party as authority", {11, 8, 1}, BEND_NUMBER, 4, NULL, TB_REFUSED_MALFORMED},
    {"short key", {11, 8, 2}, BEND_SIZE, 31, NULL, TB_REFUSED_MALFORMED},
    {"attributes unsorted", {11, 9}, BEND_SWAP, 0, NULL, TB_REFUSED_MALFORMED},
    {"attribute without name", {11, 9, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"33 attributes", {11, 9}, BEND_TIMES, 33, NULL, TB_REFUSED_TOO_LARGE},
    {"cut of nobody", {12, 1}, BEND_TEXT, 0, "nobody", TB_REFUSED_MALFORMED},
    {"cut of no key", {12, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"a key cut twice", {12}, BEND_AGAIN, 0, NULL, TB_REFUSED_MALFORMED},
    {"1025 cuts", {12}, BEND_TIMES, 1025, NULL, TB_REFUSED_TOO_LARGE},
    {"cut at no mark", {12, 4, 4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"cut mark without lane", {12, 4, 3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"cut for no reason", {12, 5}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"signer of directories", {13, 1}, BEND_NUMBER, 1, NULL, TB_REFUSED_MALFORMED},
    {"signer nobody knows", {13, 2}, BEND_TEXT, 0, "nobody", TB_REFUSED_MALFORMED},
    {"257 signers", {13}, BEND_TIMES, 257, NULL, TB_REFUSED_TOO_LARGE},
    {"title with controls", {14}, BEND_TEXT, 0, "\t", TB_REFUSED_MALFORMED},
    {"unknown field", {1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"unknown field in a key", {11, 8, 1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"authority last", {7}, BEND_LAST, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"too large", {15}, BEND_SIZE, TB_DOCUMENT_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static void every_bent_field_is_refused(void **state)
{
    (void)state;
    check_refusals(encoded(bend_arena()), bends, sizeof bends / sizeof bends[0], codec);
}

static void one_key_cannot_serve_two_parties(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_directory directory = sample_directory(arena);
    tb_bytes bytes;
    tb_directory out;

    directory.parties[1].keys[2].key = directory.parties[0].keys[2].key;
    assert_ok(tb_directory_encode(&directory, arena, &bytes));
    assert_int_equal(tb_directory_decode(bytes, arena, &out), TB_REFUSED_MALFORMED);
}

static void cut_short_or_flipped_it_is_refused_or_the_same(void **state)
{
    (void)state;
    check_truncated(encoded(bend_arena()), codec, true);
    check_flipped(encoded(bend_arena()), codec, true);
    check_each_field(encoded(bend_arena()), codec, true);
    check_hostile(codec);
}

static void the_first_directory_is_signed_by_its_own_authority(void **state)
{
    (void)state;
    static const tb_digest none;
    tb_arena *arena = bend_arena();
    tb_directory made = sample_directory(arena);
    tb_directory first = settled(arena, &made);

    tb_document good = sign(arena, &first, &none, 0x80);
    assert_int_equal(tb_directory_accept(NULL, &first, &good), TB_ACCEPTED);
    tb_document stranger = sign(arena, &first, &none, 0x81);
    assert_int_equal(tb_directory_accept(NULL, &first, &stranger), TB_REFUSED_NOT_AUTHORITY);
    tb_document bent = good;
    bent.signature[0] ^= 1;
    assert_int_equal(tb_directory_accept(NULL, &first, &bent), TB_REFUSED_SIGNATURE);
    tb_document renamed = good;
    renamed.name = tb_bytes_str("other");
    assert_int_equal(tb_directory_accept(NULL, &first, &renamed), TB_REFUSED_MALFORMED);
    tb_directory next = second(arena, &first);
    tb_document later = sign(arena, &next, &first.hub, 0x80);
    assert_int_equal(tb_directory_accept(NULL, &next, &later), TB_REFUSED_NOT_AUTHORITY);
    assert_int_equal(tb_directory_accept(NULL, &first, &later), TB_REFUSED_MALFORMED);
}

static void the_next_directory_follows_the_one_before(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_directory made = sample_directory(arena);
    tb_directory first = settled(arena, &made);
    tb_directory next = second(arena, &first);

    tb_document good = sign(arena, &next, &first.hub, 0x80);
    assert_int_equal(tb_directory_accept(&first, &next, &good), TB_ACCEPTED);
    assert_int_equal(tb_directory_accept(&next, &next, &good), TB_REFUSED_DIRECTORY_OLD);
    tb_document stranger = sign(arena, &next, &first.hub, 0x81);
    assert_int_equal(tb_directory_accept(&first, &next, &stranger), TB_REFUSED_NOT_AUTHORITY);

    tb_directory forked = next;
    forked.predecessor = sample_digest(0x55);
    forked = settled(arena, &forked);
    tb_document fork = sign(arena, &forked, &first.hub, 0x80);
    assert_int_equal(tb_directory_accept(&first, &forked, &fork), TB_REFUSED_DIRECTORY_OLD);

    tb_directory foreign = next;
    foreign.hub = sample_digest(0x56);
    foreign = settled(arena, &foreign);
    tb_document other = sign(arena, &foreign, &foreign.hub, 0x80);
    assert_int_equal(tb_directory_accept(&first, &foreign, &other), TB_REFUSED_WRONG_HUB);

    tb_directory earnest = next;
    earnest.exercise = false;
    earnest = settled(arena, &earnest);
    tb_document real = sign(arena, &earnest, &first.hub, 0x80);
    assert_int_equal(tb_directory_accept(&first, &earnest, &real), TB_REFUSED_WRONG_HUB);
}

static void a_named_next_authority_signs_from_the_next_version_on(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_directory first = sample_directory(arena);
    first.has_next_authority = true;
    first.next_authority = first.authority;
    first.next_authority.key = sample_sign_pair(0x81).public_key;
    first = settled(arena, &first);
    tb_directory next = second(arena, &first);
    next.has_next_authority = false;
    next.authority = first.next_authority;
    next = settled(arena, &next);

    tb_document by_new = sign(arena, &next, &first.hub, 0x81);
    assert_int_equal(tb_directory_accept(&first, &next, &by_new), TB_ACCEPTED);
    tb_document by_old = sign(arena, &next, &first.hub, 0x80);
    assert_int_equal(tb_directory_accept(&first, &next, &by_old), TB_REFUSED_NOT_AUTHORITY);
}

/* What the directory says of a document signed with the pair of this seed. */
static tb_refusal
verdict(const tb_directory *directory, tb_document document, uint8_t seed, tb_purpose purpose)
{
    tb_sign_pair pair = sample_sign_pair(seed);

    document.signer_key = tb_key_id_of(purpose, &pair.public_key);
    tb_document_sign(&document, &directory->hub, &pair);
    return tb_directory_accept_document(directory, &document);
}

static void campaigns_are_signed_by_the_authority_or_whom_it_names(void **state)
{
    (void)state;
    enum {
        AUTHORITY = 0x80,
        STOLEN = 0x90,
        CURRENT = 0x93,
        STRANGER = 0xA0
    };
    tb_arena *arena = bend_arena();
    tb_directory made = sample_directory(arena);
    tb_directory directory = settled(arena, &made);
    tb_document campaign = {
        .kind = TB_DOCUMENT_CAMPAIGN,
        .name = tb_bytes_str("black-card"),
        .version = 1,
        .content = tb_bytes_str("content"),
    };
    tb_document table = campaign;
    tb_document other = campaign;
    table.kind = TB_DOCUMENT_TABLE;
    other.kind = TB_DOCUMENT_DIRECTORY;

    assert_int_equal(verdict(&directory, campaign, AUTHORITY, TB_PURPOSE_AUTHORITY), TB_ACCEPTED);
    assert_int_equal(verdict(&directory, table, AUTHORITY, TB_PURPOSE_AUTHORITY), TB_ACCEPTED);
    assert_int_equal(verdict(&directory, campaign, CURRENT, TB_PURPOSE_SIGN), TB_ACCEPTED);
    assert_int_equal(verdict(&directory, table, CURRENT, TB_PURPOSE_SIGN),
                     TB_REFUSED_NOT_AUTHORITY);
    assert_int_equal(verdict(&directory, campaign, STOLEN, TB_PURPOSE_SIGN),
                     TB_REFUSED_KEY_REVOKED);
    assert_int_equal(verdict(&directory, campaign, STRANGER, TB_PURPOSE_SIGN),
                     TB_REFUSED_NOT_AUTHORITY);
    assert_int_equal(verdict(&directory, other, AUTHORITY, TB_PURPOSE_AUTHORITY),
                     TB_REFUSED_NOT_AUTHORITY);
}

static void a_document_changed_after_signing_is_refused(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_directory made = sample_directory(arena);
    tb_directory directory = settled(arena, &made);
    tb_sign_pair pair = sample_sign_pair(0x80);
    tb_document document = {
        .kind = TB_DOCUMENT_TABLE,
        .name = tb_bytes_str("calendar"),
        .version = 1,
        .content = tb_bytes_str("content"),
        .signer_key = directory.authority.id,
    };

    tb_document_sign(&document, &directory.hub, &pair);
    assert_int_equal(tb_directory_accept_document(&directory, &document), TB_ACCEPTED);
    document.version = 2;
    assert_int_equal(tb_directory_accept_document(&directory, &document), TB_REFUSED_SIGNATURE);
}

static tb_upheld_document upheld_as(const tb_document *document)
{
    return (tb_upheld_document){document->kind, document->name, document->version,
                                tb_document_digest(document)};
}

static void what_the_directory_upholds_outlives_its_signers_key_and_nothing_else_does(void **state)
{
    (void)state;
    enum {
        FORMER_AUTHORITY = 0xB0,
        STOLEN = 0x90
    };
    tb_arena *arena = bend_arena();
    tb_document campaign = {
        .kind = TB_DOCUMENT_CAMPAIGN,
        .name = tb_bytes_str("black-card"),
        .version = 3,
        .content = tb_bytes_str("content"),
    };
    tb_directory made = sample_directory(arena);
    tb_upheld_document upheld = upheld_as(&campaign);
    made.upheld = &upheld;
    made.upheld_count = 1;
    tb_directory directory = settled(arena, &made);

    assert_int_equal(directory.upheld_count, 1);
    assert_int_equal(tb_upheld_compare(&directory.upheld[0], &upheld), 0);
    assert_int_equal(verdict(&directory, campaign, STOLEN, TB_PURPOSE_SIGN), TB_ACCEPTED);
    assert_int_equal(verdict(&directory, campaign, FORMER_AUTHORITY, TB_PURPOSE_AUTHORITY),
                     TB_ACCEPTED);
    tb_document bent = campaign;
    bent.content = tb_bytes_str("contens");
    assert_int_equal(verdict(&directory, bent, STOLEN, TB_PURPOSE_SIGN), TB_REFUSED_KEY_REVOKED);
    bent = campaign;
    bent.version = 4;
    assert_int_equal(verdict(&directory, bent, STOLEN, TB_PURPOSE_SIGN), TB_REFUSED_KEY_REVOKED);
    bent = campaign;
    bent.name = tb_bytes_str("black-carc");
    assert_int_equal(verdict(&directory, bent, STOLEN, TB_PURPOSE_SIGN), TB_REFUSED_KEY_REVOKED);
    bent = campaign;
    bent.kind = TB_DOCUMENT_TABLE;
    assert_int_equal(verdict(&directory, bent, FORMER_AUTHORITY, TB_PURPOSE_AUTHORITY),
                     TB_REFUSED_NOT_AUTHORITY);
    bent.kind = TB_DOCUMENT_DIRECTORY;
    assert_int_equal(verdict(&directory, bent, FORMER_AUTHORITY, TB_PURPOSE_AUTHORITY),
                     TB_REFUSED_NOT_AUTHORITY);
}

static tb_bytes with_upheld(tb_arena *arena, size_t count)
{
    static tb_upheld_document list[TB_UPHELD_MAX + 1];
    tb_directory directory = sample_directory(arena);
    tb_bytes bytes;
    for (size_t i = 0; i < count; i++) {
        list[i] = (tb_upheld_document){TB_DOCUMENT_CAMPAIGN, tb_bytes_str("black-card"),
                                       (uint32_t)i + 1, sample_digest(1)};
    }
    directory.upheld = list;
    directory.upheld_count = count;
    assert_ok(tb_directory_encode(&directory, arena, &bytes));
    return bytes;
}

static const tb_bend upheld_bends[] = {
    {"a directory upheld", {17, 1}, BEND_NUMBER, 1, NULL, TB_REFUSED_MALFORMED},
    {"upheld of kind 4", {17, 1}, BEND_NUMBER, 4, NULL, TB_REFUSED_MALFORMED},
    {"upheld without name", {17, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"upheld without version", {17, 3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"upheld without digest", {17, 4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"upheld with half a digest", {17, 4}, BEND_SIZE, 16, NULL, TB_REFUSED_MALFORMED},
    {"upheld twice", {17}, BEND_AGAIN, 0, NULL, TB_REFUSED_MALFORMED},
    {"upheld unsorted", {17}, BEND_SWAP, 0, NULL, TB_REFUSED_MALFORMED},
    {"257 upheld", {17}, BEND_TIMES, TB_UPHELD_MAX + 1, NULL, TB_REFUSED_TOO_LARGE},
};

static void upheld_documents_stand_in_order_and_are_bounded(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_directory out;
    tb_bytes two = with_upheld(arena, 2);
    check_round_trip(two, codec);
    check_refusals(two, upheld_bends, sizeof upheld_bends / sizeof upheld_bends[0], codec);
    assert_int_equal(tb_directory_decode(with_upheld(arena, TB_UPHELD_MAX), arena, &out),
                     TB_ACCEPTED);
    assert_int_equal(out.upheld_count, TB_UPHELD_MAX);
    assert_int_equal(tb_directory_decode(with_upheld(arena, TB_UPHELD_MAX + 1), arena, &out),
                     TB_REFUSED_TOO_LARGE);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_value_comes_back),
    cmocka_unit_test(parties_and_keys_are_found),
    cmocka_unit_test(a_cut_key_is_good_up_to_the_cut_and_no_further),
    cmocka_unit_test(a_line_counts_up_to_the_time_of_the_cut_unless_the_key_was_stolen),
    cmocka_unit_test(keys_the_hub_had_before_count_up_to_their_end),
    cmocka_unit_test(a_cut_transport_key_speaks_for_nobody),
    cmocka_unit_test(every_bent_field_is_refused),
    cmocka_unit_test(one_key_cannot_serve_two_parties),
    cmocka_unit_test(cut_short_or_flipped_it_is_refused_or_the_same),
    cmocka_unit_test(the_first_directory_is_signed_by_its_own_authority),
    cmocka_unit_test(the_next_directory_follows_the_one_before),
    cmocka_unit_test(a_named_next_authority_signs_from_the_next_version_on),
    cmocka_unit_test(campaigns_are_signed_by_the_authority_or_whom_it_names),
    cmocka_unit_test(a_document_changed_after_signing_is_refused),
    cmocka_unit_test(what_the_directory_upholds_outlives_its_signers_key_and_nothing_else_does),
    cmocka_unit_test(upheld_documents_stand_in_order_and_are_bounded),
};

TB_RUN("messages/directory", tests)
