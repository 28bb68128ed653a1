/* What an agent exports of a case and of a report is proved on nothing but itself and the
 * authority's key, and whatever is bent in it is found: by the page's signature, and by what stands
 * inside when the maker itself signs the bent page. */
#include "tests/system/pages.h"

#include "agents/rows_link.h"
#include "messages/document.h"
#include "messages/line.h"

/* ---- what is bent, in a page that its maker signs again ---- */

typedef void bend_fn(tb_evidence_page *page);

static void an_event(tb_evidence_page *page)
{
    tb_passed passed = pages_event(page, 0);
    passed.event = pages_bent(passed.event, passed.event.size - 1);
    pages_put_event(page, 0, &passed);
}

static void a_header(tb_evidence_page *page)
{
    tb_passed passed = pages_event(page, 0);
    passed.header = pages_bent(passed.header, passed.header.size - 1);
    pages_put_event(page, 0, &passed);
}

static void a_list_of_ids(tb_evidence_page *page)
{
    tb_passed passed = pages_event(page, 0);
    tb_digest *ids = tb_arena_array(&pages_arena, passed.id_count + 1, sizeof *ids);
    assert_non_null(ids);
    memcpy(ids, passed.ids, passed.id_count * sizeof *ids);
    ids[passed.id_count] = (tb_digest){{7}};
    passed.ids = ids;
    passed.id_count++;
    pages_put_event(page, 0, &passed);
}

static void a_root(tb_evidence_page *page)
{
    tb_passed passed = pages_event(page, 0);
    passed.root.root.bytes[0] ^= 1;
    pages_put_event(page, 0, &passed);
}

static void a_signature(tb_evidence_page *page)
{
    tb_passed passed = pages_event(page, 0);
    passed.root.signature[0] ^= 1;
    pages_put_event(page, 0, &passed);
}

static void a_path(tb_evidence_page *page)
{
    tb_passed passed = pages_event(page, 0);
    static tb_digest step = {{1}};
    passed.path = &step;
    passed.path_count = passed.path_count == 0 ? 1 : 0;
    pages_put_event(page, 0, &passed);
}

static void a_stamp(tb_evidence_page *page)
{
    tb_passed passed = pages_event(page, 0);
    tb_signed_line line;
    assert_true(passed.stamp.size > 0);
    assert_int_equal(tb_signed_line_decode(passed.stamp, &pages_arena, &line), TB_ACCEPTED);
    line.root.signature[0] ^= 1;
    assert_int_equal(tb_signed_line_encode(&line, &pages_arena, &passed.stamp), TB_OK);
    pages_put_event(page, 0, &passed);
}

static void an_opening(tb_evidence_page *page)
{
    tb_passed passed = pages_event(page, 0);
    assert_true(passed.opening_count > 0);
    passed.openings[0].content =
        pages_bent(passed.openings[0].content, passed.openings[0].content.size - 1);
    pages_put_event(page, 0, &passed);
}

/* Of whatever event has one. */
static void an_opening_of_any(tb_evidence_page *page)
{
    for (size_t i = 0; i < page->passed_count; i++) {
        tb_passed passed = pages_event(page, i);
        if (passed.opening_count > 0) {
            passed.openings[0].random[1] ^= 1;
            pages_put_event(page, i, &passed);
            return;
        }
    }
    fail_msg("nothing is open");
}

static void the_random_of_an_opening(tb_evidence_page *page)
{
    tb_passed passed = pages_event(page, 0);
    assert_true(passed.opening_count > 0);
    passed.openings[0].random[0] ^= 1;
    pages_put_event(page, 0, &passed);
}

static void a_mark(tb_evidence_page *page)
{
    tb_signed_line line;
    assert_true(page->line_count > 0);
    assert_int_equal(tb_signed_line_decode(page->lines[0], &pages_arena, &line), TB_ACCEPTED);
    line.root.signature[0] ^= 1;
    assert_int_equal(tb_signed_line_encode(&line, &pages_arena, &page->lines[0]), TB_OK);
}

static void bend_document(tb_evidence_page *page, tb_document_kind kind)
{
    for (size_t i = page->document_count; i-- > 0;) {
        tb_document document;
        assert_int_equal(tb_document_decode(page->documents[i], &pages_arena, &document), TB_ACCEPTED);
        if (document.kind == kind) {
            document.signature[0] ^= 1;
            assert_int_equal(tb_document_encode(&document, &pages_arena, &page->documents[i]), TB_OK);
            return;
        }
    }
    fail_msg("no document of kind %d", (int)kind);
}

static void the_directory(tb_evidence_page *page)
{
    bend_document(page, TB_DOCUMENT_DIRECTORY);
}

static void the_campaign(tb_evidence_page *page)
{
    bend_document(page, TB_DOCUMENT_CAMPAIGN);
}

/* Of the lead that was answered: what follows has no predecessor any more. */
static void an_event_taken_out_of_the_chain(tb_evidence_page *page)
{
    assert_int_equal(page->passed_count, 5); /* the report's two, its two, the other lead's */
    memmove(&page->passed[2], &page->passed[3], (page->passed_count - 3) * sizeof *page->passed);
    page->passed_count--;
}

static void a_case_behind_the_figures_taken_out(tb_evidence_page *page)
{
    page->passed_count--; /* the last: of a lead that was only received */
}

static void the_last_page(tb_evidence_page *page)
{
    page->last = false;
}

static void the_number_of_the_page(tb_evidence_page *page)
{
    page->number = 2;
}

typedef struct bend {
    const char *name;
    bend_fn *fn;
    const char *says;
} bend;

static const bend bends[] = {
    {"an event", an_event, "event "},
    {"a header", a_header, "event "},
    {"a list of ids", a_list_of_ids, "event "},
    {"a root", a_root, "event "},
    {"a signature", a_signature, "event "},
    {"a path", a_path, "event "},
    {"a stamp", a_stamp, "event "},
    {"an opening", an_opening, "event "},
    {"the random of an opening", the_random_of_an_opening, "event "},
    {"a mark", a_mark, "an arrived mark does not hold"},
    {"the directory", the_directory, "no directory that its authority signed"},
    {"the campaign", the_campaign, "document reporting, version 1"},
    {"an event of the chain", an_event_taken_out_of_the_chain, "predecessors"},
    {"a case behind", a_case_behind_the_figures_taken_out, "its events make up"},
    {"the last page", the_last_page, "the last page is missing"},
    {"the number", the_number_of_the_page, "does not follow"},
};

static void each_is_found(sys_hub *hub, const char *path, const char *bent_path)
{
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        tb_evidence_page page = pages_only(path);
        bends[i].fn(&page);
        pages_write(hub, bent_path, &page, 1);
        if (sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL) != 1 ||
            !pages_prints(hub, bends[i].says) || !pages_prints(hub, "do not rely on it")) {
            fail_msg("%s was bent:\n%s", bends[i].name, hub->output);
        }
    }
}

/* One bit anywhere, unsigned: the page does not decode or is not its maker's. */
static void any_byte_is_found(sys_hub *hub, const char *path, const char *bent_path)
{
    size_t size;
    uint8_t *whole = pages_bytes(path, &size);
    for (size_t i = 0; i < 24; i++) {
        size_t at = TB_EVIDENCE_MAGIC_BYTES + (size - TB_EVIDENCE_MAGIC_BYTES) * i / 24;
        whole[at] ^= 1;
        pages_write_bytes(bent_path, whole, size);
        whole[at] ^= 1;
        if (sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL) != 1) {
            fail_msg("byte %zu of %zu was bent:\n%s", at, size, hub->output);
        }
    }
    pages_write_bytes(bent_path, whole, size - 1);
    assert_int_equal(sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL), 1);
    assert_true(pages_prints(hub, "cut off"));
}

/* ---- the tests ---- */

static void a_report_and_its_figures_are_proved_without_an_agent_and_any_bend_is_found(void **state)
{
    worked w = pages_work(*state, 0);
    sys_hub *hub = w.hub;
    char path[SYS_PATH];
    char bent_path[SYS_PATH];
    char directory[SYS_PATH];
    sys_path(hub, path, "q1.proof");
    sys_path(hub, bent_path, "bent.proof");
    sys_path(hub, directory, "directory/directory.2.doc");
    pages_export(&w, w.bureau, "report", path);
    sys_agent_stop(w.bureau, SIGTERM);
    assert_int_equal(sys_tongbao(hub, "verify", path, "--lang", "en", NULL), 0);
    assert_true(pages_prints(hub, "everything verifies"));
    assert_true(pages_prints(hub, "exported by " BUREAU));
    assert_true(pages_prints(hub, "exercise data, not for statistics"));
    assert_true(pages_prints(hub, "6 events, 6 of them signed")); /* two of the report, and behind it */
    assert_true(pages_prints(hub, "4 of them stand behind the figures"));
    assert_true(pages_prints(hub, "the authority's key has the fingerprint"));
    assert_int_equal(sys_tongbao(hub, "verify", path, "--directory", directory, "--json", NULL), 0);
    assert_true(pages_prints(hub, "\"authority_compared\": true"));
    assert_true(pages_prints(hub, "\"exercise\": true"));
    assert_true(pages_prints(hub, "\"attested\": false"));
    assert_int_equal(
        sys_tongbao(hub, "verify", path, "--authority", "1234 5678", "--lang", "en", NULL), 1);
    assert_true(pages_prints(hub, "another authority"));
    each_is_found(hub, path, bent_path);
    any_byte_is_found(hub, path, bent_path);
    assert_int_equal(sys_tongbao(hub, "verify", directory, NULL), 4);
}

/* Of a larger file: what only the first page has, and a mark. */
static void bends_of_the_first_page(sys_hub *hub, const char *path, const char *bent_path)
{
    static const struct {
        bend_fn *fn;
        const char *says;
    } rows[] = {{the_directory, "no directory that its authority signed"},
                {the_campaign, "document reporting, version 1"},
                {a_mark, "an arrived mark does not hold"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tb_evidence_page pages[PAGES_MAX];
        size_t count = pages_all(path, false, pages);
        rows[i].fn(&pages[0]);
        pages_write(hub, bent_path, pages, count);
        if (sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL) != 1 ||
            !pages_prints(hub, rows[i].says)) {
            fail_msg("%s: %s", rows[i].says, hub->output);
        }
    }
}

/* What stands on the last page is as safe as what stands on the first; and so is where it stands.
 */
#define LEADS 160 /* of four kilobytes each: more than one page */

static void a_bend_is_found_on_whichever_page_it_is(void **state)
{
    sys_hub *hub = *state;
    worked w = pages_work(hub, LEADS);
    char path[SYS_PATH];
    char bent_path[SYS_PATH];
    tb_evidence_page pages[PAGES_MAX];
    sys_path(hub, path, "many.proof");
    sys_path(hub, bent_path, "bent.proof");
    pages_export(&w, w.bureau, "report", path);
    assert_int_equal(sys_tongbao(hub, "verify", path, "--lang", "en", NULL), 0);
    size_t count = pages_all(path, false, pages);
    assert_true(count >= 2 && pages[1].passed_count > 1);
    pages_write(hub, bent_path, pages, count); /* nothing bent: the same file */
    assert_int_equal(sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL), 0);
    /* the first page alone has them; or it is of the two leads that a small file has */
    static const char *const elsewhere[] = {"the directory", "the campaign", "a mark",
                                            "an event of the chain", "the number"};
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        bool skip = false;
        for (size_t j = 0; j < sizeof elsewhere / sizeof elsewhere[0]; j++) {
            skip = skip || strcmp(bends[i].name, elsewhere[j]) == 0;
        }
        if (skip) {
            continue;
        }
        count = pages_all(path, false, pages);
        bends[i].fn(&pages[count - 1]);
        pages_write(hub, bent_path, pages, count);
        if (sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL) != 1 ||
            !pages_prints(hub, bends[i].says)) {
            fail_msg("%s was bent on the last page:\n%s", bends[i].name, hub->output);
        }
    }
    bends_of_the_first_page(hub, path, bent_path);
    /* a page that is not there, or stands elsewhere */
    count = pages_all(path, false, pages);
    memmove(&pages[1], &pages[2], (count - 2) * sizeof *pages);
    pages_write(hub, bent_path, pages, count - 1);
    assert_int_equal(sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL), 1);
    count = pages_all(path, false, pages);
    tb_evidence_page first = pages[0];
    pages[0] = pages[1];
    pages[1] = first;
    pages_write(hub, bent_path, pages, count);
    assert_int_equal(sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL), 1);
    assert_true(pages_prints(hub, "does not follow"));
}

static void
a_case_is_proved_by_any_party_on_it_and_a_report_at_headquarters_is_attested(void **state)
{
    worked w = pages_work(*state, 0);
    sys_hub *hub = w.hub;
    char path[SYS_PATH];
    char other[SYS_PATH];
    sys_path(hub, path, "case.proof");
    sys_path(hub, other, "hq.proof");
    pages_export(&w, w.police, "case", path);
    assert_int_equal(sys_tongbao(hub, "verify", path, "--lang", "en", NULL), 0);
    assert_true(pages_prints(hub, "2 events, 2 of them signed"));
    assert_true(pages_prints(hub, "everything verifies"));
    pages_export(&w, w.hq, "report", other);
    assert_int_equal(sys_tongbao(hub, "verify", other, "--lang", "zh", NULL), 0);
    assert_true(pages_prints(hub, "核验全部通过"));
    assert_int_equal(sys_tongbao(hub, "verify", other, "--lang", "en", NULL), 0);
    assert_true(pages_prints(hub, "attested by the reporter"));
    /* what is there is not overwritten */
    char id[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(w.report.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(w.hq, "case", "export", id, "--out", other, NULL), 4);
    assert_int_equal(sys_tongbao_at(w.hq, "case", "export", id, NULL), 2);
}

/* In the store of an agent that does not run: the last bit of every arrived mark it keeps. */
static size_t bend_marks(sys_hub *hub, const char *name)
{
    char path[SYS_PATH];
    tb_store *store;
    tb_txn *txn;
    tb_bytes cursor = {NULL, 0};
    tb_store_options options = {16u * 1024 * 1024, TB_STORE_AGENT};
    size_t count = 0;
    sys_path(hub, path, "stores/%s", name);
    static uint8_t block[4u * 1024 * 1024];
    tb_arena_init(&pages_arena, block, sizeof block);
    assert_ok(tb_store_open(path, &options, &store));
    assert_ok(tb_store_begin(store, &pages_arena, &txn));
    for (;;) {
        tb_stream stream;
        tb_stream_out_row *row = tb_arena_alloc(&pages_arena, sizeof *row);
        tb_err err = tb_stream_out_next(txn, &cursor, &stream, row);
        if (err == TB_ERR_NOT_FOUND) {
            break;
        }
        assert_ok(err);
        if (row->arrived_line.size > 0) {
            row->arrived_line = pages_bent(row->arrived_line, row->arrived_line.size - 1);
            assert_ok(tb_stream_out_put(txn, &stream, row->due, row));
            count++;
        }
    }
    assert_ok(tb_store_commit(txn));
    tb_store_close(store);
    return count;
}

static void at_an_agent_the_arrived_marks_of_what_it_sent_are_proved_too(void **state)
{
    worked w = pages_work(*state, 0);
    sys_hub *hub = w.hub;
    char id[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(w.answered.bytes, TB_CASE_ID_BYTES, id);
    SYS_AWAIT(sys_status(w.bureau)->outbox == 0 && sys_status(w.police)->outbox == 0);
    assert_int_equal(sys_tongbao_at(w.bureau, "verify", "case", id, NULL), 0);
    assert_true(pages_prints(hub, "everything verifies"));
    assert_true(pages_prints(hub, "1 arrived marks of recipients")); /* the police hold the answer */
    assert_int_equal(sys_tongbao_at(w.police, "--json", "verify", "case", id, NULL), 0);
    assert_true(pages_prints(hub, "\"marks\": 1"));
    tb_hex(w.report.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(w.bureau, "verify", "report", id, NULL), 0);
    assert_true(pages_prints(hub, "1 arrived marks of recipients"));

    sys_agent_stop(w.bureau, SIGTERM);
    sys_broker_stop(hub, SIGTERM);
    assert_true(bend_marks(hub, BUREAU) >= 2);
    sys_agent_start(w.bureau);
    tb_hex(w.answered.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(w.bureau, "verify", "case", id, NULL), 1);
    assert_true(pages_prints(hub, "wrong: event "));
    assert_true(pages_prints(hub, "do not rely on it"));
}

static void a_campaign_is_closed_after_its_last_day_and_its_archive_proves_itself(void **state)
{
    worked w = pages_work(*state, 0);
    sys_hub *hub = w.hub;
    char folder[SYS_PATH];
    char archive[SYS_PATH];
    char contents[SYS_PATH];
    char id[2 * TB_CASE_ID_BYTES + 1];
    sys_path(hub, folder, "closed");
    sys_path(hub, archive, "closed/archive.proof");
    sys_path(hub, contents, "closed/contents.csv");
    assert_int_equal(sys_tongbao_at(w.bureau, "campaign", "close", "reporting", NULL), 2);
    sys_tell_time(w.bureau, "2015-12-31T23:59:59+08:00");
    assert_true(sys_status(w.bureau)->linked);
    assert_int_equal(
        sys_tongbao_at(w.bureau, "campaign", "close", "reporting", "--out", folder, NULL), 1);
    assert_true(pages_prints(hub, "last day is not over"));
    sys_tell_time(w.bureau, "2016-01-01T00:00:00+08:00");
    assert_true(sys_status(w.bureau)->linked);
    assert_int_equal(
        sys_tongbao_at(w.bureau, "campaign", "close", "reporting", "--out", folder, NULL), 0);
    assert_true(pages_prints(hub, "2 closed cases"));
    assert_true(pages_prints(hub, "1 cases are still open"));
    tb_hex(w.answered.bytes, TB_CASE_ID_BYTES, id);
    assert_true(sys_file_holds(contents, id, strlen(id)));
    assert_true(sys_file_holds(contents, "open, lives on", 14));
    assert_int_equal(sys_tongbao(hub, "verify", archive, "--lang", "en", NULL), 0);
    assert_true(pages_prints(hub, "archive of a campaign: 2 cases"));
    assert_true(pages_prints(hub, "attested by the reporter")); /* one of them is the report */
    assert_true(pages_prints(hub, "4 events, 4 of them signed"));
    /* a second time into the same folder changes nothing */
    assert_int_equal(
        sys_tongbao_at(w.bureau, "campaign", "close", "reporting", "--out", folder, NULL), 4);
    tb_evidence_page page = pages_only(archive);
    an_opening_of_any(&page);
    pages_write(hub, archive, &page, 1);
    assert_int_equal(sys_tongbao(hub, "verify", archive, "--lang", "en", NULL), 1);
    /* what is open goes on */
    assert_int_equal(sys_act(w.bureau, &w.other, "answer", "")->code, TB_ACCEPTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    TEST(a_report_and_its_figures_are_proved_without_an_agent_and_any_bend_is_found),
    TEST(a_bend_is_found_on_whichever_page_it_is),
    TEST(at_an_agent_the_arrived_marks_of_what_it_sent_are_proved_too),
    TEST(a_case_is_proved_by_any_party_on_it_and_a_report_at_headquarters_is_attested),
    TEST(a_campaign_is_closed_after_its_last_day_and_its_archive_proves_itself),
};

TB_RUN("system evidence", tests)
