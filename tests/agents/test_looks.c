/* Whatever a party's people look at, at any party of a case and at any time of it: answered, or
 * refused for what is wrong with the question; and nothing is changed by looking. As a test of
 * faults it looks into a store that fails at each place. */
#include "tests/agents/measured.h"

#include "tests/store/failing.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static tb_sign_pair pair;
static tb_campaign_loaded *loaded;
static const tb_campaign *campaign;

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    tb_sign_pair_make(&pair, &w->random);
    for (size_t i = 0; i < w->agent_count; i++) {
        w->agents[i].agent.keys.sign = &pair;
    }
    return code;
}

static int setup_measured(void **state)
{
    int code = setup(state);
    world *w = *state;
    loaded = measured_campaign(2);
    campaign = tb_campaign_loaded_get(loaded);
    w->campaigns = (tb_campaigns){&campaign, 1};
    return code;
}

static int teardown_measured(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(loaded);
    return code;
}

/* ---- what is asked ---- */

typedef struct look {
    tb_request_kind kind;
    const char *first; /* what these are says fill() */
    const char *second;
    const char *third;
    tb_refusal code; /* of a party that has the case */
} look;

static const tb_bytes nonsense = {(const uint8_t *)"\xFF\x00\x01", 3};

static tb_bytes text_of(const char *text)
{
    return text == NULL                ? tb_bytes_of(NULL, 0)
           : strcmp(text, "\xFF") == 0 ? nonsense
                                       : tb_bytes_str(text);
}

static void party_of(const char *text, tb_party *out)
{
    if (text != NULL) {
        assert_true(tb_party_parse(tb_bytes_str(text), out));
    }
}

static void fill(world *w, const look *l, tb_local_request *r)
{
    *r = (tb_local_request){.kind = l->kind};
    switch (l->kind) {
    case TB_REQUEST_LIST_CASES: /* state; field; value, or what it is to begin behind */
        r->list.state = text_of(l->first);
        r->list.field = text_of(l->second);
        *(l->second != NULL ? &r->list.value : &r->list.after) = text_of(l->third);
        r->list.limit = 1;
        break;
    case TB_REQUEST_TRACE:
        r->trace = text_of(l->first);
        break;
    case TB_REQUEST_LIST_NOTICES:
        r->notices = (tb_local_list_notices){true, true, text_of(l->first), 1};
        break;
    case TB_REQUEST_GET_DOCUMENT:
        r->document = (tb_local_get_document){TB_DOCUMENT_CAMPAIGN, text_of(l->first),
                                              l->second == NULL ? 0 : 7};
        break;
    case TB_REQUEST_LIST_DUTIES: /* who owes; after */
        party_of(l->first, &r->duties.by);
        r->duties.after = text_of(l->second);
        r->duties.overdue = l->third != NULL;
        r->duties.limit = 1;
        break;
    case TB_REQUEST_SHOW_LIST:
        r->show_list.list = text_of(l->first);
        r->show_list.after = text_of(l->second);
        break;
    case TB_REQUEST_LIST_QUARANTINE:
        r->page = (tb_local_page){text_of(l->first), text_of(l->second), 1};
        break;
    case TB_REQUEST_LIST_REPORTS:
        r->list_reports =
            (tb_local_list_reports){text_of(l->first), text_of(l->second), text_of(l->third)};
        break;
    case TB_REQUEST_GET_REPORT: /* report; period; measure */
        r->get_report.report = text_of(l->first);
        r->get_report.period = text_of(l->second);
        r->get_report.measure = text_of(l->third);
        if (l->first == NULL) {
            r->get_report.case_id = w->case_id;
        }
        break;
    case TB_REQUEST_GET_FIGURE: /* field; after */
        r->get_figure.case_id = w->case_id;
        r->get_figure.field = text_of(l->first);
        r->get_figure.after = text_of(l->second);
        break;
    case TB_REQUEST_VERIFY: /* whether as a report */
        r->verify = (tb_local_verify){w->case_id, l->first != NULL};
        break;
    case TB_REQUEST_EXPORT_EVIDENCE: /* whether as a report; of a campaign; after */
        r->export_evidence.case_id = w->case_id;
        r->export_evidence.report = l->first != NULL;
        r->export_evidence.campaign = text_of(l->second);
        r->export_evidence.after = text_of(l->third);
        break;
    case TB_REQUEST_RECONCILE: /* reconciliation; of; with */
        r->reconcile.campaign = tb_bytes_str("black-card");
        r->reconcile.report = tb_bytes_str("quarterly");
        r->reconcile.period = tb_bytes_str("2015-Q1");
        r->reconcile.reconcile = text_of(l->first);
        party_of(l->second, &r->reconcile.of);
        party_of(l->third, &r->reconcile.with);
        break;
    case TB_REQUEST_LIST_APPROVALS:
        r->list_approvals.number = l->first == NULL ? 0 : 9;
        break;
    case TB_REQUEST_UNANSWERED:
        party_of(l->first, &r->get_unanswered.by);
        break;
    case TB_REQUEST_GET_CASE: /* first: another one */
    case TB_REQUEST_LIST_ACTS:
    case TB_REQUEST_GET_FAMILY:
    case TB_REQUEST_EXPLAIN_DUTIES:
        r->case_id = w->case_id;
        r->case_id.bytes[0] ^= l->first != NULL;
        break;
    default:
        break;
    }
}

static const look looks[] = {
    {TB_REQUEST_GET_CASE, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_GET_CASE, "none", NULL, NULL, TB_REFUSED_UNKNOWN_CASE},
    {TB_REQUEST_LIST_ACTS, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_ACTS, "none", NULL, NULL, TB_REFUSED_UNKNOWN_CASE},
    {TB_REQUEST_GET_FAMILY, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_GET_FAMILY, "none", NULL, NULL, TB_REFUSED_UNKNOWN_CASE},
    {TB_REQUEST_EXPLAIN_DUTIES, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_EXPLAIN_DUTIES, "none", NULL, NULL, TB_REFUSED_UNKNOWN_CASE},
    {TB_REQUEST_LIST_CASES, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_CASES, "verifying", NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_CASES, NULL, "number", "13800001234", TB_ACCEPTED},
    {TB_REQUEST_LIST_CASES, NULL, NULL, "\xFF", TB_REFUSED_REQUEST},
    {TB_REQUEST_STATUS, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_NOTICES, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_NOTICES, "\xFF", NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_DIRECTORY, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_CAMPAIGNS, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_CHECK, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_DUTIES, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_DUTIES, "cm.44", NULL, "overdue", TB_ACCEPTED},
    {TB_REQUEST_LIST_DUTIES, NULL, "\xFF", NULL, TB_REFUSED_REQUEST},
    {TB_REQUEST_LIST_LISTS, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_SHOW_LIST, "channel-blacklist", NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_SHOW_LIST, "channel-blacklist", "\xFF", NULL, TB_REFUSED_REQUEST},
    {TB_REQUEST_CUT, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_QUARANTINE, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_QUARANTINE, NULL, "\xFF", NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_REPORTS, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_REPORTS, "black-card", "quarterly", "2015-Q1", TB_ACCEPTED},
    {TB_REQUEST_GET_REPORT, NULL, NULL, NULL, TB_REFUSED_REPORT_UNKNOWN},
    {TB_REQUEST_VERIFY, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_VERIFY, "report", NULL, NULL, TB_REFUSED_REPORT_UNKNOWN},
    {TB_REQUEST_EXPORT_EVIDENCE, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_EXPORT_EVIDENCE, "report", NULL, NULL, TB_REFUSED_REPORT_UNKNOWN},
    {TB_REQUEST_EXPORT_EVIDENCE, NULL, NULL, "\xFF", TB_REFUSED_REQUEST},
    {TB_REQUEST_GET_FIGURE, "number", NULL, NULL, TB_REFUSED_FIGURE_UNKNOWN},
    {TB_REQUEST_RECONCILE, "nothing", "bureau.33", "bureau.44", TB_REFUSED_REPORT_UNKNOWN},
    {TB_REQUEST_GET_RECOVERY, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_ACCOUNTS, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_APPROVALS, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_LIST_APPROVALS, "9", NULL, NULL, TB_REFUSED_NOT_WAITING},
    {TB_REQUEST_LIST_SWITCHES, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_UNANSWERED, NULL, NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_UNANSWERED, "cm.44", NULL, NULL, TB_ACCEPTED},
    {TB_REQUEST_GET_OFFICE, NULL, NULL, NULL, TB_ACCEPTED},
};

static unsigned look_all(world *w, const char *party, const look *list, size_t count)
{
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        tb_local_request request;
        fill(w, &list[i], &request);
        tb_refusal code = ask(w, party, &request)->code;
        if (code != list[i].code) {
            print_error("%s, look %zu of kind %d: %s\n", party, i, list[i].kind,
                        tb_refusal_key(code));
            bad++;
        }
    }
    return bad;
}

#define LOOK(w, party, list) look_all(w, party, list, sizeof(list) / sizeof(list)[0])

/* The notices and the event of a case by name. */
static unsigned traced(world *w, const char *party)
{
    char hex[2 * TB_DIGEST_BYTES + 1];
    tb_hex(w->case_id.bytes, TB_CASE_ID_BYTES, hex);
    const look by_case[] = {{TB_REQUEST_TRACE, hex, NULL, NULL, TB_ACCEPTED}};
    unsigned bad = LOOK(w, party, by_case);
    tb_local_summary of = summary_at(w, party);
    tb_hex(of.head.bytes, TB_DIGEST_BYTES, hex);
    bad += LOOK(w, party, by_case);
    static const look others[] = {
        {TB_REQUEST_TRACE, "bureau.33/1/999", NULL, NULL, TB_REFUSED_UNKNOWN_CASE},
        {TB_REQUEST_TRACE, "bureau.33/1", NULL, NULL, TB_REFUSED_UNKNOWN_CASE},
        {TB_REQUEST_TRACE, "nobody/x/1", NULL, NULL, TB_REFUSED_UNKNOWN_CASE},
        {TB_REQUEST_TRACE, "bureau.33/99999999999999999999999/1", NULL, NULL,
         TB_REFUSED_UNKNOWN_CASE},
    };
    return bad + LOOK(w, party, others);
}

static void whatever_is_looked_at_is_answered(void **state)
{
    world *w = *state;
    order_for(w, LEAD);
    deliver_all(w);
    unsigned bad = LOOK(w, "bureau.33", looks) + LOOK(w, "bureau.44", looks) +
                   LOOK(w, "cm.44", looks) + traced(w, "bureau.33") + traced(w, "cm.44");
    assert_int_equal(bad, 0);
    check_world(w);
}

/* A report, its figures and what they open to; in the quarter after. */
static void whatever_is_looked_at_of_a_report_is_answered(void **state)
{
    static const look of_report[] = {
        {TB_REQUEST_GET_REPORT, NULL, NULL, NULL, TB_ACCEPTED},
        {TB_REQUEST_GET_REPORT, NULL, NULL, "forwarded", TB_ACCEPTED},
        {TB_REQUEST_GET_REPORT, NULL, NULL, "nothing", TB_REFUSED_MEASURE_UNKNOWN},
        {TB_REQUEST_GET_REPORT, "quarterly", "2015-Q1", NULL, TB_ACCEPTED},
        {TB_REQUEST_GET_REPORT, "quarterly", "2015-13", NULL, TB_REFUSED_REPORT_PERIOD},
        {TB_REQUEST_GET_REPORT, "weekly", "2015-Q1", NULL, TB_REFUSED_REPORT_UNKNOWN},
        {TB_REQUEST_VERIFY, "report", NULL, NULL, TB_ACCEPTED},
        {TB_REQUEST_EXPORT_EVIDENCE, "report", NULL, NULL, TB_ACCEPTED},
        {TB_REQUEST_LIST_REPORTS, "black-card", "quarterly", "2015-Q1", TB_ACCEPTED},
    };
    world *w = *state;
    order_for(w, LEAD);
    deliver_all(w);
    assert_int_equal(files_at(w, "bureau.33", "2015-04-02T09:00:00+08:00", "period=2015-Q1"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(LOOK(w, "bureau.33", of_report), 0);
    check_world(w);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(whatever_is_looked_at_is_answered, setup, world_teardown),
    cmocka_unit_test_setup_teardown(
        whatever_is_looked_at_of_a_report_is_answered, setup_measured, teardown_measured),
};

TB_RUN("agents/looks", tests)
