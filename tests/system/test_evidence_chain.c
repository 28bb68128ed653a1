/* The chain of one case that goes over several pages of its export: on the first page, one in the
 * middle and the last an event is taken out, changed for another, repeated, put elsewhere or
 * brought in from another case, and pages are missing or change places; its maker signs all of it
 * again, and it is found all the same. */
#include "tests/system/pages.h"

#define WRITES 90 /* of some thirty kilobytes each: five pages of an export */

static void write_much(sys_agent *police, const tb_case_id *id)
{
    static char text[4000];
    tb_field fields[8];
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < 8; i++) {
        fields[i] = (tb_field){tb_bytes_of((const uint8_t *)"abcdefgh" + i, 1),
                               tb_bytes_of((const uint8_t *)text, sizeof text)};
    }
    request.act.case_id = *id;
    request.act.action = tb_bytes_str("write");
    request.act.fields = fields;
    request.act.field_count = 8;
    assert_int_equal(sys_ask(police, &request)->code, TB_ACCEPTED);
}

static tb_case_id begun(sys_agent *police)
{
    const tb_local_answer *answer = sys_open(police, "long", "log", "to=" BUREAU);
    assert_int_equal(answer->code, TB_ACCEPTED);
    return answer->acted.case_id;
}

static void export_case(sys_agent *agent, const tb_case_id *id, const char *path)
{
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(id->bytes, TB_CASE_ID_BYTES, hex);
    assert_int_equal(sys_tongbao_at(agent, "case", "export", hex, "--out", path, NULL), 0);
}

/* ---- what is bent ---- */

typedef struct exported {
    tb_evidence_page list[PAGES_MAX];
    size_t count;
    tb_evidence_page other[PAGES_MAX]; /* of another case */
} exported;

/* A place on the page that has neighbours on it. */
static size_t middle(const tb_evidence_page *page)
{
    assert_true(page->passed_count >= 3);
    return page->passed_count / 2;
}

static void insert(tb_evidence_page *page, size_t at, tb_bytes event)
{
    tb_bytes *longer = tb_arena_array(&pages_arena, page->passed_count + 1, sizeof *longer);
    assert_non_null(longer);
    memcpy(longer, page->passed, at * sizeof *longer);
    longer[at] = event;
    memcpy(longer + at + 1, page->passed + at, (page->passed_count - at) * sizeof *longer);
    page->passed = longer;
    page->passed_count++;
}

static void removed(exported *p, size_t page)
{
    tb_evidence_page *on = &p->list[page];
    size_t at = middle(on);
    memmove(&on->passed[at], &on->passed[at + 1], (on->passed_count - at - 1) * sizeof *on->passed);
    on->passed_count--;
}

static void changed_places(exported *p, size_t page)
{
    tb_evidence_page *on = &p->list[page];
    size_t at = middle(on);
    tb_bytes moved = on->passed[at];
    on->passed[at] = on->passed[at + 1];
    on->passed[at + 1] = moved;
}

static void repeated(exported *p, size_t page)
{
    insert(&p->list[page], middle(&p->list[page]), p->list[page].passed[0]);
}

static void of_another_case(exported *p, size_t page)
{
    insert(&p->list[page], middle(&p->list[page]), p->other[0].passed[0]);
}

static void in_its_place_of_another_case(exported *p, size_t page)
{
    p->list[page].passed[middle(&p->list[page])] = p->other[0].passed[1];
}

/* The event is whole; what it says of itself is another's: its notice's header and list. */
static void under_another_header(exported *p, size_t page)
{
    size_t at = middle(&p->list[page]);
    tb_passed one = pages_event(&p->list[page], at);
    tb_passed other = pages_event(&p->list[page], at + 1);
    other.event = one.event;
    other.openings = one.openings;
    other.opening_count = one.opening_count;
    pages_put_event(&p->list[page], at, &other);
}

typedef struct bend {
    const char *name;
    void (*fn)(exported *p, size_t page);
    const char *says;
} bend;

static const bend bends[] = {
    {"removed", removed, "events whose predecessors or campaign are not in the file"},
    {"changed places", changed_places, "does not stand behind the one it builds on"},
    {"repeated", repeated, "stands in the file twice"},
    {"of another case", of_another_case, "the file holds events of another case"},
    {"replaced by one of another case", in_its_place_of_another_case,
     "events whose predecessors or campaign are not in the file"},
    {"under another header", under_another_header, "wrong: event "},
};

/* ---- pages ---- */

static void without(exported *p, size_t page)
{
    memmove(&p->list[page], &p->list[page + 1], (p->count - page - 1) * sizeof *p->list);
    p->count--;
}

static void exchanged(exported *p, size_t page)
{
    size_t other = page + 1 < p->count ? page + 1 : 0;
    tb_evidence_page moved = p->list[page];
    p->list[page] = p->list[other];
    p->list[other] = moved;
}

/* As if nothing had been there: the pages behind are numbered anew. */
static void without_a_trace(exported *p, size_t page)
{
    without(p, page);
    for (size_t i = 0; i < p->count; i++) {
        p->list[i].number = (uint32_t)i + 1;
    }
    p->list[0].previous = (tb_digest){{0}};
    p->list[p->count - 1].last = true;
}

static const bend page_bends[] = {
    {"a page that is missing", without, "wrong: "},
    {"a page that changed places", exchanged, "does not follow the page before it"},
    {"a page taken out without a trace", without_a_trace, "wrong: "},
};

/* ---- the test ---- */

static void found(sys_hub *hub, const bend *b, const char *path, const char *other, size_t page)
{
    static exported p;
    char bent_path[SYS_PATH];
    sys_path(hub, bent_path, "bent.proof");
    p.count = pages_all(path, false, p.list);
    assert_int_equal(pages_all(other, true, p.other), 1);
    b->fn(&p, page);
    pages_write(hub, bent_path, p.list, p.count);
    if (sys_tongbao(hub, "verify", bent_path, "--lang", "en", NULL) != 1 ||
        !pages_prints(hub, b->says) || !pages_prints(hub, "do not rely on it")) {
        fail_msg("%s on page %zu:\n%s", b->name, page + 1, hub->output);
    }
}

static void a_chain_over_several_pages_is_bent_nowhere_unseen(void **state)
{
    sys_hub *hub = *state;
    char path[SYS_PATH];
    char other_path[SYS_PATH];
    tb_evidence_page pages[PAGES_MAX];
    sys_path(hub, path, "long.proof");
    sys_path(hub, other_path, "other.proof");
    sys_document(hub, "campaign", "long", TB_SOURCE_DIR "/tests/system/long_chain.yaml");
    sys_broker_start(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    tb_case_id other = begun(police);
    assert_int_equal(sys_act(police, &other, "write", "a=x")->code, TB_ACCEPTED);
    tb_case_id id = begun(police);
    for (unsigned i = 0; i < WRITES; i++) {
        write_much(police, &id);
    }
    export_case(police, &id, path);
    export_case(police, &other, other_path);
    assert_int_equal(sys_tongbao(hub, "verify", path, "--lang", "en", NULL), 0);
    size_t count = pages_all(path, false, pages);
    assert_true(count >= 3);
    const size_t places[] = {0, count / 2, count - 1};
    for (size_t i = 0; i < 3; i++) {
        for (size_t b = 0; b < sizeof bends / sizeof bends[0]; b++) {
            found(hub, &bends[b], path, other_path, places[i]);
        }
        for (size_t b = 0; b < sizeof page_bends / sizeof page_bends[0]; b++) {
            if (places[i] == count - 1 && page_bends[b].fn == without_a_trace) {
                continue; /* what is left is an older export of the case: its chain is whole */
            }
            found(hub, &page_bends[b], path, other_path, places[i]);
        }
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        a_chain_over_several_pages_is_bent_nowhere_unseen, sys_set_up, sys_tear_down),
};

TB_RUN("system evidence chain", tests)
