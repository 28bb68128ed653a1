#include "tests/system/pages.h"

#include "base/pack.h"
#include "keyfile/keyfile.h"

#define FILE_BYTES (8u * 1024 * 1024)

static uint8_t whole[FILE_BYTES];
static uint8_t block[8 * FILE_BYTES];
tb_arena pages_arena;

bool pages_prints(const sys_hub *hub, const char *text)
{
    if (strstr(hub->output, text) == NULL) {
        print_error("not in: %s\n", hub->output);
        return false;
    }
    return true;
}

/* ---- the file ---- */

uint8_t *pages_bytes(const char *path, size_t *out_size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    *out_size = fread(whole, 1, sizeof whole, file);
    assert_int_equal(fclose(file), 0);
    assert_in_range(*out_size, TB_EVIDENCE_MAGIC_BYTES + 5, sizeof whole - 1);
    return whole;
}

void pages_write_bytes(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

size_t pages_all(const char *path, bool also, tb_evidence_page pages[PAGES_MAX])
{
    size_t size;
    size_t count = 0;
    size_t at = TB_EVIDENCE_MAGIC_BYTES;
    tb_bytes file;
    (void)pages_bytes(path, &size);
    if (!also) {
        tb_arena_init(&pages_arena, block, sizeof block);
    }
    assert_int_equal(tb_arena_copy(&pages_arena, tb_bytes_of(whole, size), &file), TB_OK);
    while (at < size) {
        tb_reader r;
        assert_true(count < PAGES_MAX && at + 4 < size);
        tb_reader_init(&r, tb_bytes_of(file.data + at, 4));
        uint32_t bytes = tb_get_u32(&r);
        assert_true(bytes <= size - at - 4);
        assert_int_equal(tb_evidence_page_decode(tb_bytes_of(file.data + at + 4, bytes),
                                                 &pages_arena, &pages[count]),
                         TB_ACCEPTED);
        at += 4 + bytes;
        count++;
    }
    assert_true(count > 0 && pages[count - 1].last);
    return count;
}

tb_evidence_page pages_only(const char *path)
{
    tb_evidence_page pages[PAGES_MAX];
    assert_int_equal(pages_all(path, false, pages), 1);
    assert_true(pages[0].number == 1);
    return pages[0];
}

void pages_write(const sys_hub *hub, const char *path, tb_evidence_page *pages, size_t count)
{
    char key[SYS_PATH];
    tb_keyfile keys;
    tb_problem problem;
    tb_writer w;
    sys_path(hub, key, "keys/%s.key", pages[0].maker.text);
    assert_true(tb_keyfile_read(key, &keys, &problem));
    tb_writer_init(&w, whole, sizeof whole);
    tb_put_raw(&w, TB_EVIDENCE_MAGIC, TB_EVIDENCE_MAGIC_BYTES);
    for (size_t i = 0; i < count; i++) {
        tb_bytes packed;
        if (i > 0) {
            pages[i].previous = pages[i - 1].digest;
        }
        assert_int_equal(
            tb_evidence_page_encode(&pages[i], &keys.secrets->sign, &pages_arena, &packed), TB_OK);
        tb_put_u32(&w, (uint32_t)packed.size);
        tb_put_raw(&w, packed.data, packed.size);
    }
    tb_keyfile_wipe(&keys);
    assert_false(w.overflow);
    pages_write_bytes(path, whole, w.size);
}

tb_bytes pages_bent(tb_bytes in, size_t at)
{
    assert_true(at < in.size);
    uint8_t *bytes = tb_arena_alloc(&pages_arena, in.size);
    assert_non_null(bytes);
    memcpy(bytes, in.data, in.size);
    bytes[at] ^= 1;
    return tb_bytes_of(bytes, in.size);
}

tb_passed pages_event(const tb_evidence_page *page, size_t at)
{
    tb_passed passed;
    assert_int_equal(tb_passed_decode(page->passed[at], &pages_arena, &passed), TB_ACCEPTED);
    return passed;
}

void pages_put_event(tb_evidence_page *page, size_t at, const tb_passed *passed)
{
    assert_int_equal(tb_passed_encode(passed, &pages_arena, &page->passed[at]), TB_OK);
}

/* ---- the work ---- */

static bool has_report(worked *w)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    request.list_reports.period = tb_bytes_str("2015-Q1");
    const tb_local_answer *answer = sys_ask(w->hq, &request);
    assert_int_equal(answer->kind, TB_ANSWER_REPORTS);
    for (size_t i = 0; i < answer->reports.count; i++) {
        if (strcmp(answer->reports.lines[i].reporter.text, BUREAU) == 0) {
            w->report = answer->reports.lines[i].case_id;
        }
    }
    return !tb_case_zero(&w->report);
}

static tb_case_id lead(sys_agent *police, const char *time)
{
    sys_tell_time(police, time);
    const tb_local_answer *answer = sys_open(police, "reporting", "lead", "");
    assert_int_equal(answer->code, TB_ACCEPTED);
    return answer->acted.case_id;
}

worked pages_work(sys_hub *hub, unsigned more)
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
                                    "practice=walked from shop to shop",
                                    "rate=9001/10000@2015-03-31", NULL),
                     0);
    SYS_AWAIT(has_report(&w));
    char id[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(w.report.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(w.hq, "report", "accept", id, NULL), 0);
    SYS_AWAIT(sys_state_is(w.bureau, &w.report, "accepted", HQ));
    return w;
}

void pages_export(worked *w, sys_agent *agent, const char *noun, const char *path)
{
    char id[2 * TB_CASE_ID_BYTES + 1];
    bool report = strcmp(noun, "report") == 0;
    tb_hex(report ? w->report.bytes : w->answered.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(
        report ? sys_tongbao_at(agent, "report", "export", id, "--signed", "--out", path, NULL)
               : sys_tongbao_at(agent, "case", "export", id, "--out", path, NULL),
        0);
}
