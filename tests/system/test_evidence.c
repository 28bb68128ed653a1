/* What an agent exports of a case and of a report is proved on nothing but itself and the
 * authority's key, and whatever is bent in it is found: by the page's signature, and by what stands
 * inside when the maker itself signs the bent page. */
#include "tests/system/hub.h"

#include "agents/rows_link.h"
#include "base/pack.h"
#include "keyfile/keyfile.h"
#include "messages/document.h"
#include "messages/event.h"
#include "messages/evidence.h"
#include "messages/line.h"

#define POLICE "police.11"
#define BUREAU "bureau.11"
#define HQ     "hq"

#define FILE_BYTES (4u * 1024 * 1024)

static uint8_t whole[FILE_BYTES];
static uint8_t block[8 * FILE_BYTES];
static tb_arena arena;

static bool prints(const sys_hub *hub, const char *text)
{
    if (strstr(hub->output, text) == NULL) {
        print_error("not in: %s\n", hub->output);
        return false;
    }
    return true;
}

/* ---- the file ---- */

static size_t read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(whole, 1, sizeof whole, file);
    assert_int_equal(fclose(file), 0);
    assert_in_range(size, TB_EVIDENCE_MAGIC_BYTES + 5, sizeof whole - 1);
    return size;
}

static void write_whole(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The one page of a small export. */
static tb_evidence_page only_page(const char *path)
{
    tb_evidence_page page;
    size_t size = read_whole(path);
    tb_arena_init(&arena, block, sizeof block);
    assert_int_equal(tb_evidence_page_decode(tb_bytes_of(whole + TB_EVIDENCE_MAGIC_BYTES + 4,
                                                         size - TB_EVIDENCE_MAGIC_BYTES - 4),
                                             &arena, &page),
                     TB_ACCEPTED);
    assert_true(page.last && page.number == 1);
    return page;
}

#define PAGES_MAX 8

/* All pages of a larger one. */
static size_t all_pages(const char *path, tb_evidence_page pages[PAGES_MAX])
{
    size_t size = read_whole(path);
    size_t count = 0;
    size_t at = TB_EVIDENCE_MAGIC_BYTES;
    tb_arena_init(&arena, block, sizeof block);
    while (at < size) {
        tb_reader r;
        assert_true(count < PAGES_MAX && at + 4 < size);
        tb_reader_init(&r, tb_bytes_of(whole + at, 4));
        uint32_t bytes = tb_get_u32(&r);
        assert_true(bytes <= size - at - 4);
        assert_int_equal(
            tb_evidence_page_decode(tb_bytes_of(whole + at + 4, bytes), &arena, &pages[count]),
            TB_ACCEPTED);
        at += 4 + bytes;
        count++;
    }
    assert_true(count > 0 && pages[count - 1].last);
    return count;
}

/* Signed again by their maker, each behind the one before as it is now. */
static void write_pages(const sys_hub *hub, const char *path, tb_evidence_page *pages, size_t count)
{
    char key[SYS_PATH];
    tb_keyfile keys;
    tb_problem problem;
    tb_bytes packed[PAGES_MAX];
    tb_writer w;
    sys_path(hub, key, "keys/%s.key", pages[0].maker.text);
    assert_true(tb_keyfile_read(key, &keys, &problem));
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            pages[i].previous = pages[i - 1].digest;
        }
        assert_int_equal(
            tb_evidence_page_encode(&pages[i], &keys.secrets->sign, &arena, &packed[i]), TB_OK);
    }
    tb_keyfile_wipe(&keys);
    tb_writer_init(&w, whole, sizeof whole); /* what was borrowed from it is packed */
    tb_put_raw(&w, TB_EVIDENCE_MAGIC, TB_EVIDENCE_MAGIC_BYTES);
    for (size_t i = 0; i < count; i++) {
        tb_put_u32(&w, (uint32_t)packed[i].size);
        tb_put_raw(&w, packed[i].data, packed[i].size);
    }
    assert_false(w.overflow);
    write_whole(path, whole, w.size);
}

static void write_page(const sys_hub *hub, const char *path, tb_evidence_page *page)
{
    char key[SYS_PATH];
    tb_keyfile keys;
    tb_problem problem;
    tb_bytes packed;
    tb_writer w;
    sys_path(hub, key, "keys/%s.key", page->maker.text);
    assert_true(tb_keyfile_read(key, &keys, &problem));
    assert_int_equal(tb_evidence_page_encode(page, &keys.secrets->sign, &arena, &packed), TB_OK);
    tb_keyfile_wipe(&keys);
    tb_writer_init(&w, whole, sizeof whole);
    tb_put_raw(&w, TB_EVIDENCE_MAGIC, TB_EVIDENCE_MAGIC_BYTES);
    tb_put_u32(&w, (uint32_t)packed.size);
    tb_put_raw(&w, packed.data, packed.size);
    write_whole(path, whole, w.size);
}

static tb_bytes bent(tb_bytes in, size_t at)
{
    assert_true(at < in.size);
    uint8_t *bytes = tb_arena_alloc(&arena, in.size);
    assert_non_null(bytes);
    memcpy(bytes, in.data, in.size);
    bytes[at] ^= 1;
    return tb_bytes_of(bytes, in.size);
}

/* ---- what is bent, in a page that its maker signs again ---- */

typedef void bend_fn(tb_evidence_page *page);

static tb_passed event_at(const tb_evidence_page *page, size_t at)
{
    tb_passed passed;
    assert_int_equal(tb_passed_decode(page->passed[at], &arena, &passed), TB_ACCEPTED);
    return passed;
}

static void put_event(tb_evidence_page *page, size_t at, const tb_passed *passed)
{
    assert_int_equal(tb_passed_encode(passed, &arena, &page->passed[at]), TB_OK);
}

static void an_event(tb_evidence_page *page)
{
    tb_passed passed = event_at(page, 0);
    passed.event = bent(passed.event, passed.event.size - 1);
    put_event(page, 0, &passed);
}

static void a_header(tb_evidence_page *page)
{
    tb_passed passed = event_at(page, 0);
    passed.header = bent(passed.header, passed.header.size - 1);
    put_event(page, 0, &passed);
}

static void a_list_of_ids(tb_evidence_page *page)
{
    tb_passed passed = event_at(page, 0);
    tb_digest *ids = tb_arena_array(&arena, passed.id_count + 1, sizeof *ids);
    assert_non_null(ids);
    memcpy(ids, passed.ids, passed.id_count * sizeof *ids);
    ids[passed.id_count] = (tb_digest){{7}};
    passed.ids = ids;
    passed.id_count++;
    put_event(page, 0, &passed);
}

static void a_root(tb_evidence_page *page)
{
    tb_passed passed = event_at(page, 0);
    passed.root.root.bytes[0] ^= 1;
    put_event(page, 0, &passed);
}

static void a_signature(tb_evidence_page *page)
{
    tb_passed passed = event_at(page, 0);
    passed.root.signature[0] ^= 1;
    put_event(page, 0, &passed);
}

static void a_path(tb_evidence_page *page)
{
    tb_passed passed = event_at(page, 0);
    static tb_digest step = {{1}};
    passed.path = &step;
    passed.path_count = passed.path_count == 0 ? 1 : 0;
    put_event(page, 0, &passed);
}

static void a_stamp(tb_evidence_page *page)
{
    tb_passed passed = event_at(page, 0);
    tb_signed_line line;
    assert_true(passed.stamp.size > 0);
    assert_int_equal(tb_signed_line_decode(passed.stamp, &arena, &line), TB_ACCEPTED);
    line.root.signature[0] ^= 1;
    assert_int_equal(tb_signed_line_encode(&line, &arena, &passed.stamp), TB_OK);
    put_event(page, 0, &passed);
}

static void an_opening(tb_evidence_page *page)
{
    tb_passed passed = event_at(page, 0);
    assert_true(passed.opening_count > 0);
    passed.openings[0].content =
        bent(passed.openings[0].content, passed.openings[0].content.size - 1);
    put_event(page, 0, &passed);
}

/* Of whatever event has one. */
static void an_opening_of_any(tb_evidence_page *page)
{
    for (size_t i = 0; i < page->passed_count; i++) {
        tb_passed passed = event_at(page, i);
        if (passed.opening_count > 0) {
            passed.openings[0].random[1] ^= 1;
            put_event(page, i, &passed);
            return;
        }
    }
    fail_msg("nothing is open");
}

static void the_random_of_an_opening(tb_evidence_page *page)
{
    tb_passed passed = event_at(page, 0);
    assert_true(passed.opening_count > 0);
    passed.openings[0].random[0] ^= 1;
    put_event(page, 0, &passed);
}

static void a_mark(tb_evidence_page *page)
{
    tb_signed_line line;
    assert_true(page->line_count > 0);
    assert_int_equal(tb_signed_line_decode(page->lines[0], &arena, &line), TB_ACCEPTED);
    line.root.signature[0] ^= 1;
    assert_int_equal(tb_signed_line_encode(&line, &arena, &page->lines[0]), TB_OK);
}

static void bend_document(tb_evidence_page *page, tb_document_kind kind)
{
    for (size_t i = page->document_count; i-- > 0;) {
        tb_document document;
        assert_int_equal(tb_document_decode(page->documents[i], &arena, &document), TB_ACCEPTED);
        if (document.kind == kind) {
            document.signature[0] ^= 1;
            assert_int_equal(tb_document_encode(&document, &arena, &page->documents[i]), TB_OK);
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
    {"a case behind", a_case_behind_the_figures_taken_out, "recounted"},
    {"the last page", the_last_page, "the last page is missing"},
    {"the number", the_number_of_the_page, "does not follow"},
};

static void each_is_found(sys_hub *hub, const char *path, const char *bent_path)
{
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        tb_evidence_page page = only_page(path);
        bends[i].fn(&page);
        write_page(hub, bent_path, &page);
        if (sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL) != 1 ||
            !prints(hub, bends[i].says) || !prints(hub, "do not rely on it")) {
            fail_msg("%s was bent:\n%s", bends[i].name, hub->output);
        }
    }
}

/* One bit anywhere, unsigned: the page does not decode or is not its maker's. */
static void any_byte_is_found(sys_hub *hub, const char *path, const char *bent_path)
{
    size_t size = read_whole(path);
    for (size_t i = 0; i < 24; i++) {
        size_t at = TB_EVIDENCE_MAGIC_BYTES + (size - TB_EVIDENCE_MAGIC_BYTES) * i / 24;
        whole[at] ^= 1;
        write_whole(bent_path, whole, size);
        whole[at] ^= 1;
        if (sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL) != 1) {
            fail_msg("byte %zu of %zu was bent:\n%s", at, size, hub->output);
        }
    }
    write_whole(bent_path, whole, size - 1);
    assert_int_equal(sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL), 1);
    assert_true(prints(hub, "cut off"));
}

/* ---- the tests ---- */

typedef struct worked {
    sys_hub *hub;
    sys_agent *police;
    sys_agent *bureau;
    sys_agent *hq;
    tb_case_id answered;
    tb_case_id other;
    tb_case_id report;
} worked;

static bool has_report(worked *w)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    request.list_reports.period = tb_bytes_str("2015-Q1");
    const tb_local_answer *answer = sys_ask(w->hq, &request);
    if (answer->kind != TB_ANSWER_REPORTS || answer->reports.count != 1) {
        return false;
    }
    w->report = answer->reports.lines[0].case_id;
    return !tb_case_zero(&w->report);
}

static tb_case_id lead(sys_agent *police, const char *time)
{
    sys_tell_time(police, time);
    const tb_local_answer *answer = sys_open(police, "reporting", "lead", "");
    assert_int_equal(answer->code, TB_ACCEPTED);
    return answer->acted.case_id;
}

/* Two leads, one answered, and so many more; the quarter is filed and taken. */
static worked work_with(sys_hub *hub, unsigned more)
{
    static char fields[TB_FIELD_BYTES_MAX];
    worked w = {.hub = hub};
    sys_document(hub, "campaign", "reporting", TB_SOURCE_DIR "/tests/system/reporting.yaml");
    sys_broker_start(hub);
    w.police = sys_agent_linked(hub, POLICE);
    w.bureau = sys_agent_linked(hub, BUREAU);
    w.hq = sys_agent_linked(hub, HQ);
    w.answered = lead(w.police, "2015-03-03T08:00:00+08:00");
    SYS_AWAIT(sys_state_is(w.bureau, &w.answered, "submitted", BUREAU));
    w.other = lead(w.police, "2015-03-03T08:01:00+08:00");
    SYS_AWAIT(sys_state_is(w.bureau, &w.other, "submitted", BUREAU));
    (void)snprintf(fields, sizeof fields, "remark=%04000d", 0);
    for (unsigned i = 0; i < more; i++) {
        assert_int_equal(sys_open(w.police, "reporting", "lead", fields)->code, TB_ACCEPTED);
    }
    SYS_AWAIT(sys_status(w.bureau)->cases == more + 2);
    sys_tell_time(w.bureau, "2015-03-03T10:30:00+08:00");
    assert_int_equal(sys_act(w.bureau, &w.answered, "answer", "")->code, TB_ACCEPTED);
    SYS_AWAIT(sys_state_is(w.police, &w.answered, "answered", BUREAU));
    sys_tell_time(w.bureau, "2015-04-10T10:30:00+08:00");
    assert_true(sys_status(w.bureau)->linked);
    assert_int_equal(sys_tongbao_at(w.bureau, "report", "file", "quarterly", "2015-Q1",
                                    "practice=walked from shop to shop", NULL),
                     0);
    SYS_AWAIT(has_report(&w));
    char id[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(w.report.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(w.hq, "report", "accept", id, NULL), 0);
    SYS_AWAIT(sys_state_is(w.bureau, &w.report, "accepted", HQ));
    return w;
}

static worked work(sys_hub *hub)
{
    return work_with(hub, 0);
}

static void export_of(worked *w, sys_agent *agent, const char *noun, const char *path)
{
    char id[2 * TB_CASE_ID_BYTES + 1];
    bool report = strcmp(noun, "report") == 0;
    tb_hex(report ? w->report.bytes : w->answered.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(
        report ? sys_tongbao_at(agent, "report", "export", id, "--signed", "--out", path, NULL)
               : sys_tongbao_at(agent, "case", "export", id, "--out", path, NULL),
        0);
}

static void a_report_and_its_figures_are_proved_without_an_agent_and_any_bend_is_found(void **state)
{
    worked w = work(*state);
    sys_hub *hub = w.hub;
    char path[SYS_PATH];
    char bent_path[SYS_PATH];
    char directory[SYS_PATH];
    sys_path(hub, path, "q1.proof");
    sys_path(hub, bent_path, "bent.proof");
    sys_path(hub, directory, "directory/directory.2.doc");
    export_of(&w, w.bureau, "report", path);
    sys_agent_stop(w.bureau, SIGTERM);
    assert_int_equal(sys_tongbao(hub, "verify", path, "--lang", "en", NULL), 0);
    assert_true(prints(hub, "everything verifies"));
    assert_true(prints(hub, "exported by " BUREAU));
    assert_true(prints(hub, "6 events, 6 of them signed")); /* two of the report, and behind it */
    assert_true(prints(hub, "4 of them stand behind the figures"));
    assert_true(prints(hub, "the authority's key has the fingerprint"));
    assert_int_equal(sys_tongbao(hub, "verify", path, "--directory", directory, "--json", NULL), 0);
    assert_true(prints(hub, "\"authority_compared\": true"));
    assert_true(prints(hub, "\"attested\": false"));
    assert_int_equal(
        sys_tongbao(hub, "verify", path, "--authority", "1234 5678", "--lang", "en", NULL), 1);
    assert_true(prints(hub, "another authority"));
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
        size_t count = all_pages(path, pages);
        rows[i].fn(&pages[0]);
        write_pages(hub, bent_path, pages, count);
        if (sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL) != 1 ||
            !prints(hub, rows[i].says)) {
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
    worked w = work_with(hub, LEADS);
    char path[SYS_PATH];
    char bent_path[SYS_PATH];
    tb_evidence_page pages[PAGES_MAX];
    sys_path(hub, path, "many.proof");
    sys_path(hub, bent_path, "bent.proof");
    export_of(&w, w.bureau, "report", path);
    assert_int_equal(sys_tongbao(hub, "verify", path, "--lang", "en", NULL), 0);
    size_t count = all_pages(path, pages);
    assert_true(count >= 2 && pages[1].passed_count > 1);
    write_pages(hub, bent_path, pages, count); /* nothing bent: the same file */
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
        count = all_pages(path, pages);
        bends[i].fn(&pages[count - 1]);
        write_pages(hub, bent_path, pages, count);
        if (sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL) != 1 ||
            !prints(hub, bends[i].says)) {
            fail_msg("%s was bent on the last page:\n%s", bends[i].name, hub->output);
        }
    }
    bends_of_the_first_page(hub, path, bent_path);
    /* a page that is not there, or stands elsewhere */
    count = all_pages(path, pages);
    memmove(&pages[1], &pages[2], (count - 2) * sizeof *pages);
    write_pages(hub, bent_path, pages, count - 1);
    assert_int_equal(sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL), 1);
    count = all_pages(path, pages);
    tb_evidence_page first = pages[0];
    pages[0] = pages[1];
    pages[1] = first;
    write_pages(hub, bent_path, pages, count);
    assert_int_equal(sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL), 1);
    assert_true(prints(hub, "does not follow"));
}

static void
a_case_is_proved_by_any_party_on_it_and_a_report_at_headquarters_is_attested(void **state)
{
    worked w = work(*state);
    sys_hub *hub = w.hub;
    char path[SYS_PATH];
    char other[SYS_PATH];
    sys_path(hub, path, "case.proof");
    sys_path(hub, other, "hq.proof");
    export_of(&w, w.police, "case", path);
    assert_int_equal(sys_tongbao(hub, "verify", path, "--lang", "en", NULL), 0);
    assert_true(prints(hub, "2 events, 2 of them signed"));
    assert_true(prints(hub, "everything verifies"));
    export_of(&w, w.hq, "report", other);
    assert_int_equal(sys_tongbao(hub, "verify", other, "--lang", "zh", NULL), 0);
    assert_true(prints(hub, "核验全部通过"));
    assert_int_equal(sys_tongbao(hub, "verify", other, "--lang", "en", NULL), 0);
    assert_true(prints(hub, "attested by the reporter"));
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
    tb_arena_init(&arena, block, sizeof block);
    assert_ok(tb_store_open(path, &options, &store));
    assert_ok(tb_store_begin(store, &arena, &txn));
    for (;;) {
        tb_stream stream;
        tb_stream_out_row *row = tb_arena_alloc(&arena, sizeof *row);
        tb_err err = tb_stream_out_next(txn, &cursor, &stream, row);
        if (err == TB_ERR_NOT_FOUND) {
            break;
        }
        assert_ok(err);
        if (row->arrived_line.size > 0) {
            row->arrived_line = bent(row->arrived_line, row->arrived_line.size - 1);
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
    worked w = work(*state);
    sys_hub *hub = w.hub;
    char id[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(w.answered.bytes, TB_CASE_ID_BYTES, id);
    SYS_AWAIT(sys_status(w.bureau)->outbox == 0 && sys_status(w.police)->outbox == 0);
    assert_int_equal(sys_tongbao_at(w.bureau, "verify", "case", id, NULL), 0);
    assert_true(prints(hub, "everything verifies"));
    assert_true(prints(hub, "1 arrived marks of recipients")); /* the police hold the answer */
    assert_int_equal(sys_tongbao_at(w.police, "--json", "verify", "case", id, NULL), 0);
    assert_true(prints(hub, "\"marks\": 1"));
    tb_hex(w.report.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(w.bureau, "verify", "report", id, NULL), 0);
    assert_true(prints(hub, "1 arrived marks of recipients"));

    sys_agent_stop(w.bureau, SIGTERM);
    sys_broker_stop(hub, SIGTERM);
    assert_true(bend_marks(hub, BUREAU) >= 2);
    sys_agent_start(w.bureau);
    tb_hex(w.answered.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(w.bureau, "verify", "case", id, NULL), 1);
    assert_true(prints(hub, "wrong: event "));
    assert_true(prints(hub, "do not rely on it"));
}

static void a_campaign_is_closed_after_its_last_day_and_its_archive_proves_itself(void **state)
{
    worked w = work(*state);
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
    assert_true(prints(hub, "last day is not over"));
    sys_tell_time(w.bureau, "2016-01-01T00:00:00+08:00");
    assert_true(sys_status(w.bureau)->linked);
    assert_int_equal(
        sys_tongbao_at(w.bureau, "campaign", "close", "reporting", "--out", folder, NULL), 0);
    assert_true(prints(hub, "2 closed cases"));
    assert_true(prints(hub, "1 cases are still open"));
    tb_hex(w.answered.bytes, TB_CASE_ID_BYTES, id);
    assert_true(sys_file_holds(contents, id, strlen(id)));
    assert_true(sys_file_holds(contents, "open, lives on", 14));
    assert_int_equal(sys_tongbao(hub, "verify", archive, "--lang", "en", NULL), 0);
    assert_true(prints(hub, "archive of a campaign: 2 cases"));
    assert_true(prints(hub, "4 events, 4 of them signed"));
    /* a second time into the same folder changes nothing */
    assert_int_equal(
        sys_tongbao_at(w.bureau, "campaign", "close", "reporting", "--out", folder, NULL), 4);
    tb_evidence_page page = only_page(archive);
    an_opening_of_any(&page);
    write_page(hub, archive, &page);
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
