/* One request of every kind. */
#include "tests/messages/local_samples.h"

#include "tests/messages/samples.h"
#include "tests/test.h"

static tb_field fields[] = {
    {{(const uint8_t *)"number", 6}, {(const uint8_t *)"13800138000", 11}},
    {{(const uint8_t *)"remark", 6}, {(const uint8_t *)"a\nb", 3}},
};

tb_case_id local_case_id(void)
{
    tb_case_id id;

    memset(id.bytes, 0x41, sizeof id.bytes);
    return id;
}

static void fill_carried(tb_local_request *request)
{
    if (request->kind == TB_REQUEST_PAPER) {
        request->paper = (tb_local_paper){
            {local_case_id(), tb_bytes_str("result"), fields, 2, sample_digest(0x42)},
            sample_party("ct.33"),
            tb_bytes_str("粤联通函〔2015〕12号"),
            tb_bytes_str("2015-03-02")};
    } else if (request->kind == TB_REQUEST_EXPORT_BUNDLE) {
        request->export_bundle =
            (tb_local_export_bundle){sample_party("ct.33"), tb_bytes_str("\xFF")};
    } else if (request->kind == TB_REQUEST_IMPORT_BUNDLE) {
        request->import_bundle = tb_bytes_str("TBBUNDL1");
    } else if (request->kind == TB_REQUEST_WRITE_LETTER) {
        request->write_letter = (tb_local_write_letter){sample_party("ct.33"), tb_bytes_str("1号")};
    } else {
        request->get_letter = (tb_local_get_letter){sample_party("ct.33"), 3};
    }
}

tb_local_account local_account(void)
{
    tb_local_account made = {
        .name = tb_bytes_str("wang.min"),
        .code = tb_bytes_str("a2"),
        .title = tb_bytes_str("王敏"),
        .phone = tb_bytes_str("0571-1234"),
        .posts = TB_POST_CLERK | TB_POST_SIGNER,
        .has_uid = true,
        .uid = 1000,
        .has_key = true,
        .absent = tb_bytes_str("zhao.lei"),
        .from = tb_bytes_str("2015-05-01"),
        .to = tb_bytes_str("2015-05-03"),
        .made = SAMPLE_TIME,
        .made_by = tb_bytes_str("zhao.lei"),
        .closed = SAMPLE_TIME + 1,
    };
    memset(made.key, 0x51, sizeof made.key);
    return made;
}

static void fill_people(tb_local_request *request)
{
    if (request->kind == TB_REQUEST_CHANGE_ACCOUNT) {
        request->change_account = (tb_local_change_account){TB_ACCOUNT_DEPUTY, local_account()};
    } else if (request->kind == TB_REQUEST_LIST_APPROVALS) {
        request->list_approvals = (tb_local_list_approvals){3, 2, 7};
    } else if (request->kind == TB_REQUEST_SET_OFFICE) {
        request->set_office = (tb_local_office){510, 1050, false};
    } else if (request->kind == TB_REQUEST_SET_SWITCH) {
        request->set_switch = (tb_local_switch){tb_bytes_str("black-card"), tb_bytes_str("relay"),
                                                true, tb_bytes_of(NULL, 0), tb_bytes_of(NULL, 0)};
    } else {
        request->approve = (tb_local_approve){3, true, tb_bytes_str("请补充依据")};
    }
}

static void fill_request(tb_arena *arena, tb_local_request *request)
{
    switch (request->kind) {
    case TB_REQUEST_PAPER:
    case TB_REQUEST_EXPORT_BUNDLE:
    case TB_REQUEST_IMPORT_BUNDLE:
    case TB_REQUEST_WRITE_LETTER:
    case TB_REQUEST_GET_LETTER:
        fill_carried(request);
        break;
    case TB_REQUEST_OPEN_CASE:
        request->open = (tb_local_open){
            tb_bytes_str("black-card"), tb_bytes_str("card"), fields, 2, TB_LANE_URGENT,
            tb_bytes_str("submit")};
        break;
    case TB_REQUEST_ACT:
        request->act =
            (tb_local_act){local_case_id(), tb_bytes_str("order"), fields, 2, sample_digest(0x42)};
        break;
    case TB_REQUEST_GET_CASE:
    case TB_REQUEST_LIST_ACTS:
    case TB_REQUEST_EXPORT:
    case TB_REQUEST_EXPLAIN_DUTIES:
        request->case_id = local_case_id();
        break;
    case TB_REQUEST_LIST_CASES:
        request->list = (tb_local_list){tb_bytes_str("ordered"),  true,
                                        tb_bytes_str("\x01\xFF"), 20,
                                        tb_bytes_str("home"),     tb_bytes_str("33"),
                                        tb_bytes_str("notice"),   true};
        break;
    case TB_REQUEST_TRACE:
        request->trace = tb_bytes_str("bureau.33/3/7");
        break;
    case TB_REQUEST_LIST_NOTICES:
        request->notices = (tb_local_list_notices){true, true, tb_bytes_str("x"), 5};
        break;
    case TB_REQUEST_GET_REQUEST:
        memset(request->request.bytes, 9, sizeof request->request);
        break;
    case TB_REQUEST_CUT:
        request->final = true;
        break;
    case TB_REQUEST_INSTALL:
        request->install = sample_frame(arena, TB_FRAME_DOCUMENT).document;
        break;
    case TB_REQUEST_GET_DOCUMENT:
        request->document =
            (tb_local_get_document){TB_DOCUMENT_CAMPAIGN, tb_bytes_str("black-card"), 0};
        break;
    case TB_REQUEST_LIST_DUTIES:
        request->duties =
            (tb_local_list_duties){true, true, tb_bytes_str("\x02"), 7, sample_party("ct.33"), true};
        break;
    case TB_REQUEST_LIST_REPORTS:
        request->list_reports = (tb_local_list_reports){
            tb_bytes_str("black-card"), tb_bytes_str("quarterly"), tb_bytes_str("2015-Q1")};
        break;
    case TB_REQUEST_GET_REPORT:
        request->get_report =
            (tb_local_get_report){local_case_id(),           tb_bytes_str("black-card"),
                                  tb_bytes_str("quarterly"), tb_bytes_str("2015-Q1"),
                                  tb_bytes_str("forwarded"), tb_bytes_str("44"),
                                  tb_bytes_str("\x03"),      9};
        break;
    case TB_REQUEST_RECONCILE:
        request->reconcile = (tb_local_reconcile){
            tb_bytes_str("black-card"), tb_bytes_str("quarterly"), tb_bytes_str("2015-Q1"),
            tb_bytes_str("forwarded"),  sample_party("bureau.33"), sample_party("bureau.44"),
            true,                       tb_bytes_str("\xFF")};
        break;
    case TB_REQUEST_EXPORT_EVIDENCE:
        request->export_evidence =
            (tb_local_export_evidence){local_case_id(), true, tb_bytes_str("\xFF"),
                                       tb_bytes_str("black-card")};
        break;
    case TB_REQUEST_VERIFY:
        request->verify = (tb_local_verify){local_case_id(), true};
        break;
    case TB_REQUEST_LIST_QUARANTINE:
    case TB_REQUEST_LIST_DEAD_LETTERS:
        request->page = (tb_local_page){tb_bytes_str("bureau.33/3/7"), tb_bytes_str("\xFF"), 20};
        break;
    case TB_REQUEST_ACT_QUARANTINE:
        request->settle =
            (tb_local_settle){tb_bytes_str("bureau.33/3/7"), true, tb_bytes_str("重复")};
        break;
    case TB_REQUEST_RETRY_DEAD_LETTER:
        request->retry = (tb_local_retry){tb_bytes_str("bureau.33/3/ct.33/2/7"), true};
        break;
    case TB_REQUEST_RECOVER:
        request->recover = (tb_local_recover){tb_bytes_str("磁盘损坏"), local_case_id()};
        break;
    case TB_REQUEST_SHOW_LIST:
        request->show_list = (tb_local_show_list){tb_bytes_str("channels"), local_case_id(),
                                                  tb_bytes_str("\xFF"), 20};
        break;
    case TB_REQUEST_CHECK_LIST: {
        static tb_field asked;
        static tb_local_applicant applicant;
        asked = (tb_field){tb_bytes_str("agent_code"), tb_bytes_str("GD-17")};
        applicant = (tb_local_applicant){&asked, 1};
        request->check_list =
            (tb_local_check_list){tb_bytes_str("channels"), tb_bytes_str("44"), &applicant, 1};
        break;
    }
    case TB_REQUEST_GET_FAMILY:
        request->case_id = local_case_id();
        break;
    case TB_REQUEST_CHANGE_ACCOUNT:
    case TB_REQUEST_LIST_APPROVALS:
    case TB_REQUEST_APPROVE:
    case TB_REQUEST_SET_OFFICE:
    case TB_REQUEST_SET_SWITCH:
        fill_people(request);
        break;
    case TB_REQUEST_UNANSWERED:
        request->get_unanswered = (tb_local_get_unanswered){sample_party("ct.33"), local_case_id()};
        break;
    case TB_REQUEST_GET_OFFICE:
    case TB_REQUEST_LIST_SWITCHES:
    case TB_REQUEST_LIST_ACCOUNTS:
    case TB_REQUEST_GET_RECOVERY:
    case TB_REQUEST_STATUS:
    case TB_REQUEST_WATCH:
    case TB_REQUEST_LIST_DIRECTORY:
    case TB_REQUEST_CHECK:
    case TB_REQUEST_LIST_CAMPAIGNS:
    case TB_REQUEST_LIST_LISTS:
        break;
    }
}

tb_bytes encoded_request(tb_arena *arena, tb_request_kind kind)
{
    tb_local_request request = {
        .account = tb_bytes_str("王警官"), .named = true, .time = SAMPLE_TIME, .kind = kind};
    tb_bytes bytes;
    memset(request.id.bytes, 1, sizeof request.id);
    fill_request(arena, &request);

    assert_ok(tb_local_request_encode(&request, arena, &bytes));
    return bytes;
}
