/* Exported evidence in the hands of somebody who has keys of his own, those of the party whose
 * export it was, and files of other cases and hubs: whatever he makes of them is told by name. */
#include "tests/system/authority.h"
#include "tests/system/pages.h"

#include "keyfile/keyfile.h"
#include "messages/directory.h"
#include "messages/document.h"
#include "messages/header.h"
#include "messages/line.h"
#include "messages/merkle.h"

/* ---- his tools ---- */

static void keys_of(const sys_hub *hub, const char *party, tb_keyfile *out)
{
    char path[SYS_PATH];
    tb_problem problem;
    sys_path(hub, path, "keys/%s.key", party);
    assert_true(tb_keyfile_read(path, out, &problem));
}

static tb_key_id sign_id(const tb_keyfile *keys)
{
    return tb_key_id_of(TB_PURPOSE_SIGN, &keys->secrets->sign.public_key);
}

static void add_document(tb_evidence_page *page, const tb_document *document)
{
    tb_bytes *longer = tb_arena_array(&pages_arena, page->document_count + 1, sizeof *longer);
    assert_non_null(longer);
    memcpy(longer, page->documents, page->document_count * sizeof *longer);
    assert_int_equal(tb_document_encode(document, &pages_arena, &longer[page->document_count]),
                     TB_OK);
    page->documents = longer;
    page->document_count++;
}

static tb_directory newest_directory(const tb_evidence_page *page)
{
    tb_directory newest = {.version = 0};
    for (size_t i = 0; i < page->document_count; i++) {
        tb_document document;
        assert_int_equal(tb_document_decode(page->documents[i], &pages_arena, &document),
                         TB_ACCEPTED);
        if (document.kind == TB_DOCUMENT_DIRECTORY) {
            assert_int_equal(tb_directory_decode(document.content, &pages_arena, &newest),
                             TB_ACCEPTED);
        }
    }
    assert_true(newest.version > 0);
    return newest;
}

/* The version behind the newest in the file, which its own new authority signed, as it did the
 * campaigns: it never was. */
static void add_directory_of_his(tb_evidence_page *page)
{
    static const uint8_t seed[32] = {7};
    tb_random random;
    tb_sign_pair pair;
    tb_directory next = newest_directory(page);
    tb_document document = {.kind = TB_DOCUMENT_DIRECTORY, .name = tb_bytes_str("directory")};
    tb_random_seed(&random, seed);
    tb_sign_pair_make(&pair, &random);
    next.predecessor = next.digest;
    next.version++;
    next.authority.key = pair.public_key;
    next.authority.id = tb_key_id_of(TB_PURPOSE_AUTHORITY, &pair.public_key);
    next.has_next_authority = false;
    assert_int_equal(tb_directory_encode(&next, &pages_arena, &document.content), TB_OK);
    document.version = next.version;
    document.signer_key = next.authority.id;
    tb_document_sign(&document, &next.hub, &pair);
    add_document(page, &document);
    for (size_t i = 0; i + 1 < page->document_count; i++) {
        assert_int_equal(tb_document_decode(page->documents[i], &pages_arena, &document),
                         TB_ACCEPTED);
        if (document.kind != TB_DOCUMENT_DIRECTORY) {
            document.signer_key = next.authority.id;
            tb_document_sign(&document, &next.hub, &pair);
            assert_int_equal(tb_document_encode(&document, &pages_arena, &page->documents[i]),
                             TB_OK);
        }
    }
}

/* The event and its notice anew, signed by its real sender; what is bent is bent before. */
static void sign_anew(const sys_hub *hub,
                      tb_passed *passed,
                      tb_event *event,
                      tb_header *header,
                      const tb_digest *under)
{
    tb_keyfile keys;
    static tb_digest id;
    keys_of(hub, header->sender.text, &keys);
    assert_int_equal(tb_event_encode(event, &pages_arena, &passed->event), TB_OK);
    id = tb_event_id(passed->event);
    passed->ids = &id;
    passed->id_count = 1;
    header->events = tb_events_digest(&id, 1);
    assert_int_equal(tb_header_encode(header, &pages_arena, &passed->header), TB_OK);
    tb_digest digest = tb_header_digest(passed->header);
    passed->path_count = 0;
    passed->index = 0;
    passed->root.count = 1;
    assert_true(tb_merkle_root_of_path(1, 0, &digest, NULL, 0, &passed->root.root));
    tb_root_sign(&passed->root, under, &keys.secrets->sign);
    tb_keyfile_wipe(&keys);
    passed->stamp.size = 0;
    passed->opening_count = 0;
}

static const tb_digest another_hub = {{0x5a}};

/* The first event of the page with its header, decoded. */
static tb_passed taken_apart(const tb_evidence_page *page, tb_event *event, tb_header *header)
{
    tb_passed passed = pages_event(page, 0);
    assert_int_equal(tb_event_decode(passed.event, &pages_arena, event), TB_ACCEPTED);
    assert_int_equal(tb_header_decode(passed.header, &pages_arena, header), TB_ACCEPTED);
    return passed;
}

/* ---- what he makes: hub is the hub, other a page of another export of the same party ---- */

typedef void forge_fn(const sys_hub *hub, tb_evidence_page *page, const tb_evidence_page *other);

static void
a_directory_of_his(const sys_hub *hub, tb_evidence_page *page, const tb_evidence_page *other)
{
    (void)hub;
    (void)other;
    add_directory_of_his(page);
}

/* The authority itself, or who has its key, signed two contents of one version. */
static void a_campaign_of_two_contents(const sys_hub *hub,
                                       tb_evidence_page *page,
                                       const tb_evidence_page *other)
{
    tb_document document = {.version = 0};
    tb_keyfile keys;
    (void)other;
    for (size_t i = 0; i < page->document_count && document.kind != TB_DOCUMENT_CAMPAIGN; i++) {
        assert_int_equal(tb_document_decode(page->documents[i], &pages_arena, &document),
                         TB_ACCEPTED);
    }
    assert_int_equal(document.kind, TB_DOCUMENT_CAMPAIGN);
    document.content.size--; /* the last line end */
    keys_of(hub, "authority", &keys);
    tb_document_sign(&document, &page->hub, &keys.secrets->sign);
    tb_keyfile_wipe(&keys);
    add_document(page, &document);
}

static void
an_event_of_another_hub(const sys_hub *hub, tb_evidence_page *page, const tb_evidence_page *other)
{
    tb_event event;
    tb_header header;
    tb_passed passed = taken_apart(page, &event, &header);
    (void)other;
    event.hub = another_hub;
    header.hub = another_hub;
    sign_anew(hub, &passed, &event, &header, &another_hub);
    pages_put_event(page, 0, &passed);
}

/* The notice is of this hub, the event in it is not. */
static void an_event_of_another_hub_in_a_notice_of_this(const sys_hub *hub,
                                                        tb_evidence_page *page,
                                                        const tb_evidence_page *other)
{
    tb_event event;
    tb_header header;
    tb_passed passed = taken_apart(page, &event, &header);
    (void)other;
    tb_digest here = event.hub;
    event.hub = another_hub;
    sign_anew(hub, &passed, &event, &header, &here);
    pages_put_event(page, 0, &passed);
}

/* The bureau says under its own signature what the police did. */
static void
an_act_of_somebody_else(const sys_hub *hub, tb_evidence_page *page, const tb_evidence_page *other)
{
    tb_event event;
    tb_header header;
    tb_passed passed = taken_apart(page, &event, &header);
    (void)other;
    (void)snprintf(event.actor.text, sizeof event.actor.text, "%s", HQ);
    sign_anew(hub, &passed, &event, &header, &header.hub);
    pages_put_event(page, 0, &passed);
}

/* The hub did stamp it, but not for this notice. */
static void a_stamp_moved(const sys_hub *hub, tb_evidence_page *page, const tb_evidence_page *other)
{
    tb_passed passed = pages_event(page, 0);
    tb_passed stamped = pages_event(other, 0);
    (void)hub;
    assert_true(stamped.stamp.size > 0);
    passed.stamp = stamped.stamp;
    pages_put_event(page, 0, &passed);
}

static void
under_another_name(const sys_hub *hub, tb_evidence_page *page, const tb_evidence_page *other)
{
    (void)hub;
    (void)other;
    (void)snprintf(page->maker.text, sizeof page->maker.text, "%s", POLICE);
}

/* A mark of the same party, of another stream than any notice in the file. */
static void a_mark_over_something_else(const sys_hub *hub,
                                       tb_evidence_page *page,
                                       const tb_evidence_page *other)
{
    (void)hub;
    assert_true(other->line_count > 0);
    page->lines = other->lines;
    page->line_count = other->line_count;
}

/* Its recipient had not got so far: it is good, and says nothing about the notice. */
static void
a_mark_below_the_notice(const sys_hub *hub, tb_evidence_page *page, const tb_evidence_page *other)
{
    tb_signed_line line;
    tb_signed_line *made;
    tb_keyfile keys;
    tb_event event;
    tb_header header;
    (void)other;
    (void)taken_apart(page, &event, &header);
    assert_true(page->line_count > 0);
    assert_int_equal(tb_signed_line_decode(page->lines[0], &pages_arena, &line), TB_ACCEPTED);
    uint64_t number = tb_header_entry(&header, &line.line.stream.recipient)->number;
    assert_true(number > 1);
    line.line.to = number - 1;
    keys_of(hub, line.line.stream.recipient.text, &keys);
    line.root.key = sign_id(&keys);
    assert_int_equal(tb_lines_sign(&line.line, 1, &line.root, &page->hub, &keys.secrets->sign,
                                   &pages_arena, &made),
                     TB_OK);
    tb_keyfile_wipe(&keys);
    assert_int_equal(tb_signed_line_encode(made, &pages_arena, &page->lines[0]), TB_OK);
}

typedef struct forgery {
    const char *name;
    forge_fn *fn;
    const char *says;
} forgery;

static const forgery forgeries[] = {
    {"a directory that never was", a_directory_of_his,
     "the directory in the file is not of the hub and authority of"},
    {"a campaign of two contents", a_campaign_of_two_contents,
     "page 1: document reporting, version 1 stands in the file twice"},
    {"an event of another hub", an_event_of_another_hub, "This belongs to another hub"},
    {"an event of another hub in a notice of this", an_event_of_another_hub_in_a_notice_of_this,
     "This belongs to another hub"},
    {"an act of somebody else", an_act_of_somebody_else, "wrong: event "},
    {"a stamp moved", a_stamp_moved, "wrong: event "},
    {"pages under another name", under_another_name, "page 1: not signed by " POLICE},
    {"a mark over something else", a_mark_over_something_else,
     "page 1: an arrived mark is over no notice in the file"},
};

/* ---- the tests ---- */

static tb_evidence_page copy_of(const tb_evidence_page *page)
{
    tb_evidence_page copy = *page;
    copy.documents = tb_arena_array(&pages_arena, page->document_count, sizeof(tb_bytes));
    copy.passed = tb_arena_array(&pages_arena, page->passed_count, sizeof(tb_bytes));
    copy.lines = tb_arena_array(&pages_arena, page->line_count + 1, sizeof(tb_bytes));
    assert_true(copy.documents != NULL && copy.passed != NULL && copy.lines != NULL);
    memcpy(copy.documents, page->documents, page->document_count * sizeof(tb_bytes));
    memcpy(copy.passed, page->passed, page->passed_count * sizeof(tb_bytes));
    memcpy(copy.lines, page->lines, page->line_count * sizeof(tb_bytes));
    return copy;
}

static void told(sys_hub *hub,
                 const forgery *f,
                 const char *own_directory,
                 const tb_evidence_page *page,
                 const tb_evidence_page *other)
{
    char path[SYS_PATH];
    tb_evidence_page forged = copy_of(page);
    sys_path(hub, path, "forged.proof");
    f->fn(hub, &forged, other);
    pages_write(hub, path, &forged, 1);
    if (sys_tongbao(hub, "verify", path, "--directory", own_directory, "--lang", "en", NULL) != 1 ||
        !pages_prints(hub, f->says) || !pages_prints(hub, "do not rely on it")) {
        fail_msg("%s:\n%s", f->name, hub->output);
    }
}

static void whatever_its_own_maker_puts_together_is_told_by_name(void **state)
{
    worked w = pages_work(*state, 0);
    sys_hub *hub = w.hub;
    char path[SYS_PATH];
    char report[SYS_PATH];
    char own[SYS_PATH];
    tb_evidence_page page[PAGES_MAX];
    tb_evidence_page other[PAGES_MAX];
    sys_path(hub, path, "case.proof");
    sys_path(hub, report, "report.proof");
    sys_path(hub, own, "directory/directory.2.doc");
    SYS_AWAIT(sys_status(w.bureau)->outbox == 0 && sys_status(w.police)->outbox == 0);
    pages_export(&w, w.bureau, "case", path);
    pages_export(&w, w.bureau, "report", report);
    assert_int_equal(sys_tongbao(hub, "verify", path, "--directory", own, "--lang", "en", NULL), 0);
    assert_true(pages_prints(hub, "1 arrived marks of recipients"));
    assert_int_equal(pages_all(path, false, page), 1);
    assert_int_equal(pages_all(report, true, other), 1);
    for (size_t i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++) {
        told(hub, &forgeries[i], own, &page[0], &other[0]);
    }

    /* the second lead stands at 2 in the stream of the police */
    char id[2 * TB_CASE_ID_BYTES + 1];
    char second[SYS_PATH];
    static const forgery below = {"a mark below the notice", a_mark_below_the_notice,
                                  "page 1: an arrived mark is over no notice in the file"};
    sys_path(hub, second, "second.proof");
    tb_hex(w.other.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(w.police, "case", "export", id, "--out", second, NULL), 0);
    assert_int_equal(pages_all(second, false, page), 1);
    told(hub, &below, own, &page[0], &page[0]);
}

static void a_report_exported_as_a_case_says_that_its_figures_are_not_proved(void **state)
{
    worked w = pages_work(*state, 0);
    sys_hub *hub = w.hub;
    char path[SYS_PATH];
    char id[2 * TB_CASE_ID_BYTES + 1];
    sys_path(hub, path, "as-case.proof");
    tb_hex(w.report.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(w.bureau, "case", "export", id, "--out", path, NULL), 0);
    assert_int_equal(sys_tongbao(hub, "verify", path, "--lang", "en", NULL), 0);
    assert_true(pages_prints(hub, "attested by the reporter"));
    assert_int_equal(sys_tongbao_at(w.bureau, "verify", "case", id, NULL), 0);
    assert_true(pages_prints(hub, "attested by the reporter"));
}

/* The bureau's key was stolen, and cut: its old export proves nothing to who has the newer
 * directory. */
static void what_was_exported_under_a_key_that_was_stolen_is_told(void **state)
{
    worked w = pages_work(*state, 0);
    sys_hub *hub = w.hub;
    char path[SYS_PATH];
    char own[SYS_PATH];
    sys_path(hub, path, "case.proof");
    pages_export(&w, w.bureau, "case", path);
    SYS_AWAIT(sys_status(w.bureau)->outbox == 0);
    auth_new_keys(hub, BUREAU, "new");
    auth_cut(w.bureau, false, "new");
    auth_rotate(hub, BUREAU, "new", "stolen");
    sys_path(hub, own, "directory/directory.3.doc");
    assert_int_equal(sys_tongbao(hub, "verify", path, "--directory", own, "--lang", "en", NULL), 1);
    assert_true(pages_prints(hub, "page 1: "));
    assert_true(pages_prints(hub, "do not rely on it"));
}

static void a_file_with_nothing_in_it_says_so(void **state)
{
    sys_hub *hub = *state;
    char path[SYS_PATH];
    sys_path(hub, path, "empty.proof");
    pages_write_bytes(path, TB_EVIDENCE_MAGIC, TB_EVIDENCE_MAGIC_BYTES);
    assert_int_equal(sys_tongbao(hub, "verify", path, "--lang", "en", NULL), 1);
    assert_true(pages_prints(hub, "there is no page in the file"));
    assert_true(pages_prints(hub, "do not rely on it"));
    assert_int_equal(sys_tongbao(hub, "verify", path, "--json", NULL), 1);
    assert_true(pages_prints(hub, "\"verifies\": false"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        whatever_its_own_maker_puts_together_is_told_by_name, sys_set_up, sys_tear_down),
    cmocka_unit_test_setup_teardown(
        a_report_exported_as_a_case_says_that_its_figures_are_not_proved,
        sys_set_up,
        sys_tear_down),
    cmocka_unit_test_setup_teardown(
        what_was_exported_under_a_key_that_was_stolen_is_told, sys_set_up, sys_tear_down),
    cmocka_unit_test_setup_teardown(a_file_with_nothing_in_it_says_so, sys_set_up, sys_tear_down),
};

TB_RUN("system evidence forged", tests)
