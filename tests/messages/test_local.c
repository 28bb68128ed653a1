#include "messages/local.h"

#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static tb_field fields[] = {
    {{(const uint8_t *)"number", 6}, {(const uint8_t *)"13800138000", 11}},
    {{(const uint8_t *)"remark", 6}, {(const uint8_t *)"a\nb", 3}},
};

static tb_refusal request_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_local_request request;
    tb_refusal refusal = tb_local_request_decode(in, arena, &request);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_local_request_encode(&request, arena, out_again));
    }
    return refusal;
}

static tb_refusal answer_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_local_answer answer;
    tb_refusal refusal = tb_local_answer_decode(in, arena, &answer);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_local_answer_encode(&answer, arena, out_again));
    }
    return refusal;
}

static tb_case_id case_id(void)
{
    tb_case_id id;

    memset(id.bytes, 0x41, sizeof id.bytes);
    return id;
}

static void fill_carried(tb_local_request *request)
{
    if (request->kind == TB_REQUEST_PAPER) {
        request->paper =
            (tb_local_paper){{case_id(), tb_bytes_str("result"), fields, 2, sample_digest(0x42)},
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

static tb_local_account an_account(void)
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
        request->change_account = (tb_local_change_account){TB_ACCOUNT_DEPUTY, an_account()};
    } else if (request->kind == TB_REQUEST_LIST_APPROVALS) {
        request->list_approvals = (tb_local_list_approvals){3, 2, 7};
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
            (tb_local_act){case_id(), tb_bytes_str("order"), fields, 2, sample_digest(0x42)};
        break;
    case TB_REQUEST_GET_CASE:
    case TB_REQUEST_LIST_ACTS:
    case TB_REQUEST_EXPORT:
    case TB_REQUEST_EXPLAIN_DUTIES:
        request->case_id = case_id();
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
            (tb_local_list_duties){true, true, tb_bytes_str("\x02"), 7, sample_party("ct.33")};
        break;
    case TB_REQUEST_LIST_REPORTS:
        request->list_reports = (tb_local_list_reports){
            tb_bytes_str("black-card"), tb_bytes_str("quarterly"), tb_bytes_str("2015-Q1")};
        break;
    case TB_REQUEST_GET_REPORT:
        request->get_report = (tb_local_get_report){case_id(),
                                                    tb_bytes_str("black-card"),
                                                    tb_bytes_str("quarterly"),
                                                    tb_bytes_str("2015-Q1"),
                                                    tb_bytes_str("forwarded"),
                                                    tb_bytes_str("44"),
                                                    tb_bytes_str("\x03"),
                                                    9};
        break;
    case TB_REQUEST_VERIFY:
        request->verify = (tb_local_verify){case_id(), true};
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
        request->recover = (tb_local_recover){tb_bytes_str("磁盘损坏"), case_id()};
        break;
    case TB_REQUEST_SHOW_LIST:
        request->show_list =
            (tb_local_show_list){tb_bytes_str("channels"), case_id(), tb_bytes_str("\xFF"), 20};
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
        request->case_id = case_id();
        break;
    case TB_REQUEST_CHANGE_ACCOUNT:
    case TB_REQUEST_LIST_APPROVALS:
    case TB_REQUEST_APPROVE:
    case TB_REQUEST_SET_SWITCH:
        fill_people(request);
        break;
    case TB_REQUEST_UNANSWERED:
        request->get_unanswered = (tb_local_get_unanswered){sample_party("ct.33"), case_id()};
        break;
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

static tb_bytes encoded_request(tb_arena *arena, tb_request_kind kind)
{
    tb_local_request request = {
        .account = tb_bytes_str("王警官"), .named = true, .time = SAMPLE_TIME, .kind = kind};
    tb_bytes bytes;
    memset(request.id.bytes, 1, sizeof request.id);
    fill_request(arena, &request);

    assert_ok(tb_local_request_encode(&request, arena, &bytes));
    return bytes;
}

static tb_local_summary summary(void)
{
    tb_local_summary made = {
        .case_id = case_id(),
        .campaign = tb_bytes_str("black-card"),
        .case_type = tb_bytes_str("card"),
        .state = tb_bytes_str("ordered"),
        .holder = sample_party("ct.33"),
        .number = 2,
        .head = sample_digest(0x42),
        .frozen = true,
        .mine = true,
        .fields = fields,
        .field_count = 2,
        .at = SAMPLE_TIME,
        .term = 1,
        .opener = sample_party("police.33.01"),
        .campaign_version = 3,
        .held_back = 3,
        .action = tb_bytes_str("order"),
        .stalled = TB_STALL_FROZEN,
    };

    return made;
}

static tb_local_approval an_approval(void)
{
    return (tb_local_approval){TB_STEP_SIGN,       tb_bytes_str("a2"),   tb_bytes_str("王敏"),
                               tb_bytes_str("a1"), tb_bytes_str("赵磊"), SAMPLE_TIME};
}

static tb_local_approval_line approval_line(tb_local_approval *approvals)
{
    approvals[0] = an_approval();
    tb_local_approval_line made = {
        .number = 3,
        .waits = TB_STEP_SIGN,
        .case_id = case_id(),
        .campaign = tb_bytes_str("black-card"),
        .case_type = tb_bytes_str("card"),
        .action = tb_bytes_str("order"),
        .title_zh = tb_bytes_str("下达"),
        .title_en = tb_bytes_str("order"),
        .fields = fields,
        .field_count = 2,
        .made = an_approval(),
        .approvals = approvals,
        .approval_count = 1,
        .detail = tb_bytes_str("请补充依据"),
        .code = TB_REFUSED_SENT_BACK,
        .may = true,
    };
    return made;
}

static tb_local_case a_case(void)
{
    static tb_local_approval approvals[1];
    approvals[0] = an_approval();
    static tb_party addressees[1];
    static tb_bytes unread[1];
    static tb_local_event events[1];
    addressees[0] = sample_party("hq");
    unread[0] = tb_bytes_str("police");
    events[0] = (tb_local_event){
        .event = sample_digest(0x42),
        .number = 2,
        .kind = TB_EVENT_CHAIN,
        .actor = sample_party("bureau.33"),
        .account = tb_bytes_str("李"),
        .action = tb_bytes_str("order"),
        .from_state = tb_bytes_str("reported"),
        .to_state = tb_bytes_str("ordered"),
        .at = SAMPLE_TIME,
        .stored = SAMPLE_TIME + 1,
        .addressees = addressees,
        .addressee_count = 1,
        .fields = fields,
        .field_count = 2,
        .unread_groups = unread,
        .unread_count = 1,
        .standing = TB_STANDING_HELD_BACK,
        .term = 1,
        .holder = sample_party("ct.33"),
        .account_name = tb_bytes_str("李某"),
        .approvals = approvals,
        .approval_count = 1,
        .timing = TB_IN_NO_STAGE,
    };
    tb_local_case made = {summary(), events, 1};

    return made;
}

static tb_local_trace_line trace_line(void)
{
    tb_local_trace_line made = {
        .notice = tb_bytes_str("bureau.33/3/7"),
        .event = sample_digest(0x42),
        .action = tb_bytes_str("order"),
        .sender = sample_party("bureau.33"),
        .recipient = sample_party("ct.33"),
        .where = TB_WHERE_REFUSED,
        .since = SAMPLE_TIME,
        .last_attempt = SAMPLE_TIME + 1,
        .next_attempt = SAMPLE_TIME + 2,
        .code = TB_REFUSED_CANNOT_OPEN,
        .why_zh = tb_bytes_str("无法打开"),
        .why_en = tb_bytes_str("does not open"),
        .title_zh = tb_bytes_str("下达核查指令"),
        .title_en = tb_bytes_str("order the operator"),
        .standing = TB_STANDING_OVERTAKEN,
    };

    return made;
}

static tb_local_warning warning = {TB_REFUSED_DIRECTORY_ENDING, SAMPLE_TIME};
static tb_cut_mark cut_mark;

static tb_local_status status(tb_bytes *alarms)
{
    tb_local_status made = {
        .party = sample_party("bureau.33"),
        .name_zh = tb_bytes_str("浙江"),
        .name_en = tb_bytes_str("Zhejiang"),
        .linked = true,
        .fenced = true,
        .code = TB_REFUSED_MARKS_BACK,
        .incarnation = sample_incarnation(3),
        .directory_version = 4,
        .outbox = 5,
        .held_back = 6,
        .drafts = 7,
        .cases = 8,
        .quota_bytes = 9,
        .used_bytes = 10,
        .civil = SAMPLE_TIME,
        .exercise = true,
        .hub = sample_digest(0x11),
        .alarms = 1,
        .alarm_texts = alarms,
        .alarm_text_count = 1,
        .warnings = &warning,
        .warning_count = 1,
    };

    return made;
}

static tb_local_notice_line notice_line(void)
{
    tb_local_notice_line made = {
        .notice = tb_bytes_str("bureau.33/3/7"),
        .peer = sample_party("ct.33"),
        .out = true,
        .lane = TB_LANE_BULK,
        .number = 7,
        .at = SAMPLE_TIME,
        .where = TB_WHERE_ARRIVED,
        .events = 2,
        .bytes = 900,
    };

    return made;
}

static tb_local_party_line party_line(void)
{
    tb_local_party_line made = {
        .id = sample_party("ct.33"),
        .role = tb_bytes_str("operator"),
        .jurisdiction = tb_bytes_str("33"),
        .name_zh = tb_bytes_str("电信浙江"),
        .name_en = tb_bytes_str("CT Zhejiang"),
        .state = TB_PARTY_OFF_LINE,
        .attributes = fields,
        .attribute_count = 1,
        .parent = sample_party("ct"),
    };

    return made;
}

static tb_local_act_line act_line(tb_local_field_line *line, tb_bytes *choices)
{
    *line = (tb_local_field_line){
        .id = tb_bytes_str("result"),
        .type = tb_bytes_str("choice"),
        .title_zh = tb_bytes_str("结果"),
        .title_en = tb_bytes_str("Result"),
        .required = true,
        .choices = choices,
        .choice_count = 1,
    };
    tb_local_act_line made = {
        .action = tb_bytes_str("answer"),
        .title_zh = tb_bytes_str("反馈"),
        .title_en = tb_bytes_str("Answer"),
        .fields = line,
        .field_count = 1,
        .code = TB_REFUSED_NOT_HOLDER,
    };

    return made;
}

static tb_local_duty_line duty_line(void)
{
    return (tb_local_duty_line){
        .case_id = case_id(),
        .duty = tb_bytes_str("sign_for"),
        .title_zh = tb_bytes_str("签收通报"),
        .title_en = tb_bytes_str("sign for it"),
        .debtor = sample_party("bureau.44"),
        .creditor = sample_party("bureau.33"),
        .from_action = tb_bytes_str("forward"),
        .from_zh = tb_bytes_str("通报"),
        .from_en = tb_bytes_str("forward"),
        .from = SAMPLE_TIME,
        .due = SAMPLE_TIME + 1,
        .state = TB_DUTY_LAPSED,
        .over = true,
        .by_default = true,
        .basis_zh = tb_bytes_str("三(三)11"),
        .basis_en = tb_bytes_str("3.3.11"),
        .ends_in = tb_bytes_str("take_over"),
        .lapse = sample_digest(5),
        .ended = SAMPLE_TIME + 2,
    };
}

static tb_local_set_aside set_aside(void)
{
    tb_local_set_aside made = {
        .notice = tb_bytes_str("bureau.33/3/7"),
        .sender = sample_party("bureau.33"),
        .lane = TB_LANE_BULK,
        .number = 9,
        .taken = SAMPLE_TIME,
        .attempts = 2,
        .code = TB_REFUSED_CANNOT_APPLY,
        .bytes = 1000,
        .dropped = true,
        .dropped_at = SAMPLE_TIME + 1,
        .account = tb_bytes_str("王警官"),
        .reason = tb_bytes_str("重复"),
    };

    return made;
}

static tb_local_dead_letter dead_letter(void)
{
    tb_local_dead_letter made = {
        .id = tb_bytes_str("bureau.33/3/ct.33/2/7"),
        .sender = sample_party("bureau.33"),
        .recipient = sample_party("ct.33"),
        .lane = TB_LANE_NORMAL,
        .number = 7,
        .to = 8,
        .since = SAMPLE_TIME,
        .code = TB_REFUSED_EXPIRED,
        .by = sample_party("hub"),
        .bytes = 12,
        .retry = TB_RETRY_REFUSED,
    };

    return made;
}

static tb_local_recovery recovery(void)
{
    static tb_local_asked asked[1];
    static tb_local_released released[1];
    asked[0] = (tb_local_asked){
        .party = sample_party("ct.33"),
        .name_zh = tb_bytes_str("浙江电信"),
        .name_en = tb_bytes_str("CT Zhejiang"),
        .asked = SAMPLE_TIME,
        .last = SAMPLE_TIME + 1,
        .heard = SAMPLE_TIME + 2,
        .ended = SAMPLE_TIME + 3,
        .missing = 4,
    };
    released[0] = (tb_local_released){case_id(), tb_bytes_str("王警官"), tb_bytes_str("时限将到"),
                                      SAMPLE_TIME};
    tb_local_recovery made = {
        .state = 2,
        .started = SAMPLE_TIME,
        .account = tb_bytes_str("王警官"),
        .reason = tb_bytes_str("磁盘损坏"),
        .old_counter = 1,
        .counter = 2,
        .asked = asked,
        .asked_count = 1,
        .released = released,
        .released_count = 1,
    };

    return made;
}

static tb_local_list_line list_line(void)
{
    return (tb_local_list_line){.campaign = tb_bytes_str("black-card"),
                                .list = tb_bytes_str("channels"),
                                .title_zh = tb_bytes_str("名单"),
                                .title_en = tb_bytes_str("list"),
                                .national = true,
                                .listed = 3,
                                .removed = 2,
                                .heard = SAMPLE_TIME,
                                .now = SAMPLE_TIME + 1,
                                .linked = true};
}

static tb_local_entry entry_line(void)
{
    static tb_field known[1];
    static tb_party parties[2];
    known[0] = (tb_field){tb_bytes_str("agent_code"), tb_bytes_str("GD-17")};
    parties[0] = sample_party("cm.44");
    parties[1] = sample_party("ct.44");
    return (tb_local_entry){.case_id = case_id(),
                            .standing = TB_LIST_REMOVED,
                            .state = tb_bytes_str("removed"),
                            .province = tb_bytes_str("44"),
                            .listed = SAMPLE_TIME,
                            .listed_by = sample_party("bureau.44"),
                            .removed = SAMPLE_TIME + 5,
                            .removed_by = sample_party("hq"),
                            .fields = known,
                            .field_count = 1,
                            .confirmed = parties,
                            .confirmed_count = 1,
                            .outstanding = parties + 1,
                            .outstanding_count = 1};
}

static tb_local_report_line report_line(void)
{
    static tb_report_moment history[2];
    history[0] = (tb_report_moment){TB_REPORT_FILED, SAMPLE_TIME};
    history[1] = (tb_report_moment){TB_REPORT_RETURNED, SAMPLE_TIME + 1};
    return (tb_local_report_line){
        .campaign = tb_bytes_str("black-card"),
        .report = tb_bytes_str("quarterly"),
        .title_zh = tb_bytes_str("季度报告"),
        .title_en = tb_bytes_str("quarterly report"),
        .reporter = sample_party("bureau.33"),
        .period = tb_bytes_str("2015-Q1"),
        .due = SAMPLE_TIME,
        .case_id = case_id(),
        .state = TB_REPORT_RETURNED,
        .timeliness = TB_TIMELINESS_LATE,
        .days_late = 3,
        .filed = SAMPLE_TIME + 2,
        .again_by = tb_bytes_str("2015-04-30"),
        .history = history,
        .history_count = 2,
    };
}

static tb_local_report report(void)
{
    static tb_local_figure figures[1];
    static tb_local_judged judged[1];
    static tb_local_behind behind[1];
    figures[0] = (tb_local_figure){
        tb_bytes_str("forwarded"), tb_bytes_str("转出"),  tb_bytes_str("forwarded"),
        tb_bytes_str("件"),        tb_bytes_str("cases"), 1,
        tb_bytes_str("44"),        tb_bytes_str("120"),   tb_bytes_str("340"),
        tb_bytes_str("-"),         tb_bytes_str("121"),   tb_bytes_str("2015-12-31")};
    judged[0] = (tb_local_judged){tb_bytes_str("rate"), 9, 10, TB_VERDICT_NOT_REACHED};
    behind[0] =
        (tb_local_behind){case_id(), sample_digest(0x44), 3, tb_bytes_str("forward"), SAMPLE_TIME,
                          1,         tb_bytes_str("44")};
    return (tb_local_report){.line = report_line(),
                             .figures = figures,
                             .figure_count = 1,
                             .judged = judged,
                             .judged_count = 1,
                             .texts = fields,
                             .text_count = 2,
                             .behind = behind,
                             .behind_count = 1,
                             .next = tb_bytes_str("\x05")};
}

static tb_local_unanswered unanswered(void)
{
    static tb_local_unanswered_line lines[1];
    static tb_local_unanswered_case cases[1];
    lines[0] = (tb_local_unanswered_line){sample_party("ct.33"), {1, 2, 3, 4, 5, 6}, SAMPLE_TIME};
    cases[0] = (tb_local_unanswered_case){case_id(),
                                          sample_party("ct.33"),
                                          tb_bytes_str("black-card"),
                                          tb_bytes_str("card"),
                                          tb_bytes_str("ordered"),
                                          SAMPLE_TIME};
    return (tb_local_unanswered){30, 7, 2, lines, 1, cases, 1, case_id(), SAMPLE_TIME};
}

static tb_local_explained_duty explained_duty(void)
{
    static tb_local_explained_day days[2];
    days[0] = (tb_local_explained_day){SAMPLE_TIME, TB_DAY_WEEKEND};
    days[1] = (tb_local_explained_day){SAMPLE_TIME + 1, TB_DAY_WORKED};
    return (tb_local_explained_duty){
        .line = duty_line(),
        .event = sample_digest(0x42),
        .number = 3,
        .actor = sample_party("ct.33"),
        .own = SAMPLE_TIME,
        .stored = SAMPLE_TIME + 1,
        .why = TB_EFFECTIVE_STORED,
        .unit = TB_LIMIT_WORKING_DAYS,
        .amount = 5,
        .calendar = 2,
        .calendar_here = 3,
        .days = days,
        .day_count = 2,
        .more_days = 4,
        .judged = SAMPLE_TIME + 2,
    };
}

static void fill_answer(tb_arena *arena, tb_local_answer *answer)
{
    static tb_local_set_aside aside[1];
    static tb_local_dead_letter letters[1];
    static tb_local_summary cases[1];
    static tb_local_trace_line traced[1];
    static tb_local_notice_line notices[1];
    static tb_local_party_line parties[1];
    static tb_local_field_line field_lines[1];
    static tb_local_act_line acts[1];
    static tb_local_duty_line duties[1];
    static tb_local_campaign_line campaigns[1];
    static tb_local_list_line list_lines[1];
    static tb_local_entry entries[1];
    static tb_local_verdict verdicts[1];
    static tb_local_relative relatives[1];
    static tb_local_owed owed[1];
    static tb_local_account accounts[1];
    static tb_local_switch a_switch;
    static tb_local_explained_duty explained[1];
    static tb_local_approval approvals[1];
    static tb_local_approval_line waiting[1];
    static tb_local_report_line report_lines[1];
    static tb_bytes texts[1];
    texts[0] = tb_bytes_str("一个故障");

    switch (answer->kind) {
    case TB_ANSWER_NONE:
        break;
    case TB_ANSWER_ACTED:
        answer->acted = (tb_local_acted){case_id(), sample_digest(4), 2, tb_bytes_str("ordered"),
                                         5,         TB_STEP_REVIEW};
        break;
    case TB_ANSWER_CASE:
        answer->case_ = a_case();
        break;
    case TB_ANSWER_CASES:
        cases[0] = summary();
        answer->cases = (tb_local_cases){cases, 1, tb_bytes_str("\xFF"), 17};
        break;
    case TB_ANSWER_TRACED:
        traced[0] = trace_line();
        answer->traced = (tb_local_traced){traced, 1};
        break;
    case TB_ANSWER_STATUS:
        answer->status = status(texts);
        answer->status.recovery = recovery();
        break;
    case TB_ANSWER_NOTICES:
        notices[0] = notice_line();
        answer->notices = (tb_local_notices){notices, 1, tb_bytes_str("n")};
        break;
    case TB_ANSWER_PARTIES:
        parties[0] = party_line();
        answer->parties = (tb_local_parties){3, parties, 1};
        break;
    case TB_ANSWER_CONTENT:
        answer->content = sample_frame(arena, TB_FRAME_DOCUMENT).document;
        break;
    case TB_ANSWER_CHECKED:
        answer->checked = (tb_local_checked){texts, 1, 12};
        break;
    case TB_ANSWER_CHANGED:
        answer->changed = summary();
        break;
    case TB_ANSWER_ACTS:
        acts[0] = act_line(field_lines, texts);
        answer->acts = (tb_local_acts){acts, 1};
        break;
    case TB_ANSWER_BUNDLE:
        answer->bundle =
            (tb_local_bundle){tb_bytes_str("TBBUNDL1"), tb_bytes_str("\xFF"), {1, 0, 2, 3, 4}};
        break;
    case TB_ANSWER_IMPORTED:
        answer->imported = (tb_local_imported){sample_party("ct.33"), {1, 5, 2, 3, 4}};
        break;
    case TB_ANSWER_WRITTEN:
        answer->written = (tb_local_written){3, tb_bytes_str("1号"), 2, 1};
        break;
    case TB_ANSWER_LETTER:
        answer->letter =
            (tb_local_letter){3, tb_bytes_str("1号"), tb_bytes_str("<p>"), tb_bytes_str("a,b"), 2};
        break;
    case TB_ANSWER_DUTIES:
        duties[0] = duty_line();
        answer->duties = (tb_local_duties){duties, 1, tb_bytes_str("\x02"), SAMPLE_TIME};
        break;
    case TB_ANSWER_REPORTS:
        report_lines[0] = report_line();
        answer->reports = (tb_local_reports){report_lines, 1, SAMPLE_TIME};
        break;
    case TB_ANSWER_REPORT:
        answer->report = report();
        break;
    case TB_ANSWER_VERIFIED:
        answer->verified = (tb_local_verified){case_id(), 9, 8, 7, 6, 5, 4, true, 1, texts, 1};
        break;
    case TB_ANSWER_CAMPAIGNS:
        campaigns[0] = (tb_local_campaign_line){tb_bytes_str("black-card"),
                                                2,
                                                tb_bytes_str("黑卡"),
                                                tb_bytes_str("black card"),
                                                tb_bytes_str("2015-01-01"),
                                                tb_bytes_str("2015-12-31"),
                                                true};
        answer->campaigns = (tb_local_campaigns){campaigns, 1};
        break;
    case TB_ANSWER_LISTS:
        list_lines[0] = list_line();
        answer->lists = (tb_local_lists){list_lines, 1};
        break;
    case TB_ANSWER_SHOWN_LIST:
        entries[0] = entry_line();
        answer->shown_list = (tb_local_shown_list){list_line(), entries, 1, tb_bytes_str("\xFE")};
        break;
    case TB_ANSWER_VERDICTS:
        entries[0] = entry_line();
        verdicts[0] = (tb_local_verdict){TB_GATE_LISTED, entries, 1, TB_REFUSED_CHOICE,
                                         tb_bytes_str("operator")};
        answer->verdicts = (tb_local_verdicts){list_line(), tb_bytes_str("44"), verdicts, 1};
        break;
    case TB_ANSWER_FAMILY:
        relatives[0] = (tb_local_relative){case_id(), tb_bytes_str("entry"), tb_bytes_str("listed"),
                                           sample_party("bureau.33"), true};
        owed[0] = (tb_local_owed){tb_bytes_str("opinion"),
                                  tb_bytes_str("会签"),
                                  tb_bytes_str("joint opinion"),
                                  sample_party("cm.44"),
                                  TB_DUTY_LATE,
                                  SAMPLE_TIME,
                                  SAMPLE_TIME + 1,
                                  fields,
                                  1};
        answer->family = (tb_local_family){
            tb_bytes_str("black-card"), tb_bytes_str("card"), relatives[0], relatives, 1, owed, 1};
        break;
    case TB_ANSWER_ACCOUNTS:
        accounts[0] = an_account();
        answer->accounts = (tb_local_accounts){accounts, 1};
        break;
    case TB_ANSWER_APPROVALS:
        waiting[0] = approval_line(approvals);
        answer->approvals = (tb_local_approvals){waiting, 1, true};
        break;
    case TB_ANSWER_UNANSWERED:
        answer->unanswered = unanswered();
        break;
    case TB_ANSWER_EXPLAINED:
        explained[0] = explained_duty();
        answer->explained = (tb_local_explained){explained, 1, SAMPLE_TIME};
        break;
    case TB_ANSWER_SWITCHES:
        a_switch = (tb_local_switch){tb_bytes_str("black-card"), tb_bytes_str("relay"), true,
                                     tb_bytes_str("转告"), tb_bytes_str("pass on")};
        answer->switches = (tb_local_switches){&a_switch, 1};
        break;
    case TB_ANSWER_RECOVERY:
        answer->recovery = recovery();
        break;
    case TB_ANSWER_CUT:
        cut_mark = (tb_cut_mark){sample_incarnation(3), sample_party("hq"), TB_LANE_NORMAL, 7,
                                 sample_digest(0x43)};
        answer->cut = (tb_local_cut){sample_party("bureau.33"), &cut_mark, 1};
        break;
    case TB_ANSWER_QUARANTINE:
        aside[0] = set_aside();
        answer->quarantine = (tb_local_quarantine){aside, 1, tb_bytes_str("q")};
        break;
    case TB_ANSWER_SETTLED:
        answer->settled =
            (tb_local_settled){tb_bytes_str("bureau.33/3/7"), TB_SETTLED_REFUSED, TB_REFUSED_ROLE};
        break;
    case TB_ANSWER_DEAD_LETTERS:
        letters[0] = dead_letter();
        answer->dead_letters = (tb_local_dead_letters){letters, 1, tb_bytes_str("d")};
        break;
    }
}

static tb_bytes encoded_answer(tb_arena *arena, tb_answer_kind kind)
{
    tb_local_answer answer = {
        .code = TB_REFUSED_CHANGED, .detail = tb_bytes_str("已变更"), .draft = true, .kind = kind};
    tb_bytes bytes;
    memset(answer.id.bytes, 1, sizeof answer.id);
    fill_answer(arena, &answer);

    assert_ok(tb_local_answer_encode(&answer, arena, &bytes));
    return bytes;
}

/* clang-format off: one a line */
static const tb_answer_kind answer_kinds[] = {
    TB_ANSWER_NONE,    TB_ANSWER_ACTED,        TB_ANSWER_CASE,     TB_ANSWER_CASES,
    TB_ANSWER_TRACED,  TB_ANSWER_STATUS,       TB_ANSWER_NOTICES,  TB_ANSWER_PARTIES,
    TB_ANSWER_CONTENT, TB_ANSWER_CHECKED,      TB_ANSWER_CHANGED,  TB_ANSWER_ACTS,
    TB_ANSWER_BUNDLE,  TB_ANSWER_IMPORTED,     TB_ANSWER_WRITTEN,  TB_ANSWER_LETTER,
    TB_ANSWER_DUTIES,  TB_ANSWER_CAMPAIGNS,    TB_ANSWER_CUT,      TB_ANSWER_QUARANTINE,
    TB_ANSWER_SETTLED, TB_ANSWER_DEAD_LETTERS, TB_ANSWER_RECOVERY, TB_ANSWER_ACCOUNTS,
    TB_ANSWER_APPROVALS,
    TB_ANSWER_REPORTS, TB_ANSWER_REPORT,
    TB_ANSWER_SWITCHES, TB_ANSWER_UNANSWERED, TB_ANSWER_EXPLAINED,
    TB_ANSWER_VERIFIED,
    TB_ANSWER_LISTS, TB_ANSWER_VERDICTS, TB_ANSWER_SHOWN_LIST, TB_ANSWER_FAMILY,
};

static const tb_request_kind request_kinds[] = {
    TB_REQUEST_LIST_ACCOUNTS,
    TB_REQUEST_CHANGE_ACCOUNT,
    TB_REQUEST_LIST_APPROVALS,
    TB_REQUEST_APPROVE,
    TB_REQUEST_LIST_SWITCHES,
    TB_REQUEST_SET_SWITCH,
    TB_REQUEST_UNANSWERED,
    TB_REQUEST_EXPLAIN_DUTIES,
    TB_REQUEST_OPEN_CASE,
    TB_REQUEST_ACT,
    TB_REQUEST_GET_CASE,
    TB_REQUEST_LIST_CASES,
    TB_REQUEST_TRACE,
    TB_REQUEST_STATUS,
    TB_REQUEST_LIST_NOTICES,
    TB_REQUEST_GET_REQUEST,
    TB_REQUEST_INSTALL,
    TB_REQUEST_LIST_REPORTS,
    TB_REQUEST_GET_REPORT,
    TB_REQUEST_VERIFY,
    TB_REQUEST_WATCH,
    TB_REQUEST_LIST_DIRECTORY,
    TB_REQUEST_GET_DOCUMENT,
    TB_REQUEST_CHECK,
    TB_REQUEST_LIST_ACTS,
    TB_REQUEST_EXPORT,
    TB_REQUEST_PAPER,
    TB_REQUEST_EXPORT_BUNDLE,
    TB_REQUEST_IMPORT_BUNDLE,
    TB_REQUEST_WRITE_LETTER,
    TB_REQUEST_GET_LETTER,
    TB_REQUEST_LIST_DUTIES,
    TB_REQUEST_LIST_CAMPAIGNS,
    TB_REQUEST_CUT,
    TB_REQUEST_LIST_QUARANTINE,
    TB_REQUEST_ACT_QUARANTINE,
    TB_REQUEST_LIST_DEAD_LETTERS,
    TB_REQUEST_RETRY_DEAD_LETTER,
    TB_REQUEST_RECOVER,
    TB_REQUEST_GET_RECOVERY,
    TB_REQUEST_LIST_LISTS,
    TB_REQUEST_SHOW_LIST,
    TB_REQUEST_CHECK_LIST,
    TB_REQUEST_GET_FAMILY,
};
/* clang-format on */

static const tb_request_kind aside_requests[] = {
    TB_REQUEST_LIST_QUARANTINE, TB_REQUEST_ACT_QUARANTINE, TB_REQUEST_LIST_DEAD_LETTERS,
    TB_REQUEST_RETRY_DEAD_LETTER};

static void every_request_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_kinds); i++) {
        tb_request_kind kind = request_kinds[i];
        tb_arena *arena = bend_arena();
        tb_bytes bytes = encoded_request(arena, kind);
        tb_local_request out;
        check_round_trip(bytes, request_codec);
        assert_int_equal(tb_local_request_decode(bytes, arena, &out), TB_ACCEPTED);
        assert_int_equal(out.kind, kind);
        assert_int_equal(out.time, SAMPLE_TIME);
        assert_true(tb_bytes_equal(out.account, tb_bytes_str("王警官")));
    }
}

static void requests_about_what_is_set_aside_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(aside_requests); i++) {
        tb_arena *arena = bend_arena();
        tb_bytes bytes = encoded_request(arena, aside_requests[i]);
        tb_local_request out;
        check_round_trip(bytes, request_codec);
        assert_int_equal(tb_local_request_decode(bytes, arena, &out), TB_ACCEPTED);
        assert_int_equal(out.kind, aside_requests[i]);
    }
    tb_arena *arena = bend_arena();
    tb_local_request out;
    tb_bytes drop = encoded_request(arena, TB_REQUEST_ACT_QUARANTINE);
    assert_int_equal(tb_local_request_decode(drop, arena, &out), TB_ACCEPTED);
    assert_true(out.settle.drop);
    assert_true(tb_bytes_equal(out.settle.reason, tb_bytes_str("重复")));
}

static void every_answer_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(answer_kinds); i++) {
        tb_arena *arena = bend_arena();
        tb_bytes bytes = encoded_answer(arena, answer_kinds[i]);
        tb_local_answer out;
        check_round_trip(bytes, answer_codec);
        assert_int_equal(tb_local_answer_decode(bytes, arena, &out), TB_ACCEPTED);
        assert_int_equal(out.kind, answer_kinds[i]);
        assert_int_equal(out.code, TB_REFUSED_CHANGED);
        assert_true(out.draft);
    }
}

static void an_act_says_what_and_on_which_head(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_local_request out;
    tb_digest head = sample_digest(0x42);

    assert_int_equal(tb_local_request_decode(encoded_request(arena, TB_REQUEST_ACT), arena, &out),
                     TB_ACCEPTED);
    assert_true(tb_bytes_equal(out.act.action, tb_bytes_str("order")));
    assert_true(tb_digest_equal(&out.act.head, &head));
    assert_int_equal(out.act.field_count, 2);
    assert_true(tb_bytes_equal(out.act.fields[1].value, fields[1].value));
}

static void a_case_comes_with_its_events(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_local_answer out;

    assert_int_equal(tb_local_answer_decode(encoded_answer(arena, TB_ANSWER_CASE), arena, &out),
                     TB_ACCEPTED);
    const tb_local_case *read = &out.case_;
    assert_string_equal(read->summary.holder.text, "ct.33");
    assert_int_equal(read->event_count, 1);
    assert_int_equal(read->events[0].standing, TB_STANDING_HELD_BACK);
    assert_int_equal(read->events[0].timing, TB_IN_NO_STAGE);
    assert_string_equal(read->events[0].addressees[0].text, "hq");
    assert_true(tb_bytes_equal(read->events[0].unread_groups[0], tb_bytes_str("police")));
}

static const tb_bend plain_bends[] = {
    {"no request id", {1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"short request id", {1}, BEND_SIZE, 15, NULL, TB_REFUSED_REQUEST},
    {"long account", {2}, BEND_SIZE, 65, NULL, TB_REFUSED_REQUEST},
    {"time before 1970", {3}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_REQUEST},
    {"nothing inside", {15}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"too large", {2}, BEND_SIZE, TB_LOCAL_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static const tb_bend open_bends[] = {
    {"zero request id", {1}, BEND_ZEROS, 16, NULL, TB_REFUSED_REQUEST},
    {"no campaign", {10, 1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"no type", {10, 2}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"lane 4", {10, 4}, BEND_NUMBER, 4, NULL, TB_REFUSED_REQUEST},
    {"field no name", {10, 3, 1}, BEND_TEXT, 0, "号码", TB_REFUSED_FIELD_UNKNOWN},
    {"value with tab", {10, 3, 2}, BEND_TEXT, 0, "a\tb", TB_REFUSED_FIELD_INVALID},
    {"long value", {10, 3, 2}, BEND_SIZE, 4097, NULL, TB_REFUSED_FIELD_INVALID},
};

static const tb_bend act_bends[] = {
    {"zero request id", {1}, BEND_ZEROS, 16, NULL, TB_REFUSED_REQUEST},
    {"no case", {11, 1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"no action", {11, 2}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"short head", {11, 4}, BEND_SIZE, 31, NULL, TB_REFUSED_REQUEST},
};

static const tb_bend install_bends[] = {
    {"zero request id", {1}, BEND_ZEROS, 16, NULL, TB_REFUSED_REQUEST},
    {"kind 4", {18, 1}, BEND_NUMBER, 4, NULL, TB_REFUSED_REQUEST},
    {"no name", {18, 2}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"version 0", {18, 3}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"no content", {18, 4}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"no signer", {18, 5}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"no signature", {18, 6}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
};

static const tb_bend case_bends[] = {
    {"no case", {12, 1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
};

static const tb_bend answer_bends[] = {
    {"no request id", {1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"unknown code", {2}, BEND_NUMBER, 9999, NULL, TB_REFUSED_REQUEST},
    {"detail no UTF-8", {3}, BEND_TEXT, 0, "\x80", TB_REFUSED_REQUEST},
    {"no summary", {11, 1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"holder no party", {11, 1, 5}, BEND_TEXT, 0, "?", TB_REFUSED_REQUEST},
    {"value with escape", {11, 1, 10, 2}, BEND_TEXT, 0, "\x1b", TB_REFUSED_REQUEST},
    {"event of no kind", {11, 2, 3}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"event of no actor", {11, 2, 4}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"event of an unknown timing", {11, 2, 90}, BEND_NUMBER, 3, NULL, TB_REFUSED_REQUEST},
    {"event without standing", {11, 2, 14}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"too large", {3}, BEND_SIZE, TB_LOCAL_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static void every_bent_field_is_refused(void **state)
{
    (void)state;
    check_refusals(encoded_request(bend_arena(), TB_REQUEST_STATUS), plain_bends,
                   COUNT(plain_bends), request_codec);
    check_refusals(encoded_request(bend_arena(), TB_REQUEST_OPEN_CASE), open_bends,
                   COUNT(open_bends), request_codec);
    check_refusals(encoded_request(bend_arena(), TB_REQUEST_ACT), act_bends, COUNT(act_bends),
                   request_codec);
    check_refusals(encoded_request(bend_arena(), TB_REQUEST_INSTALL), install_bends,
                   COUNT(install_bends), request_codec);
    check_refusals(encoded_request(bend_arena(), TB_REQUEST_GET_CASE), case_bends,
                   COUNT(case_bends), request_codec);
    check_refusals(encoded_answer(bend_arena(), TB_ANSWER_CASE), answer_bends, COUNT(answer_bends),
                   answer_codec);
}

static void cut_short_or_flipped_it_is_refused_or_stays_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_kinds); i++) {
        tb_bytes bytes = encoded_request(bend_arena(), request_kinds[i]);
        check_truncated(bytes, request_codec, false);
        check_flipped(bytes, request_codec, false);
    }
    for (size_t i = 0; i < COUNT(answer_kinds); i++) {
        tb_bytes bytes = encoded_answer(bend_arena(), answer_kinds[i]);
        check_truncated(bytes, answer_codec, false);
        check_flipped(bytes, answer_codec, false);
    }
}

static void hostile_bytes_cost_no_more_than_the_arena(void **state)
{
    (void)state;
    check_hostile(request_codec);
    check_hostile(answer_codec);
}

static void an_answer_above_the_bound_is_not_made(void **state)
{
    (void)state;
    static uint8_t large[TB_LOCAL_BYTES_MAX];
    tb_local_answer answer = {.kind = TB_ANSWER_CONTENT};
    tb_arena *arena = bend_arena();
    tb_bytes bytes;

    answer.content.content = tb_bytes_of(large, sizeof large);
    assert_int_equal(tb_local_answer_encode(&answer, arena, &bytes), TB_ERR_LIMIT);
    assert_int_equal(arena->used, 0);
}

/* Memory that ends at any point of writing it: nothing is written, and the error is that. */
static void without_room_nothing_is_written(void **state)
{
    (void)state;
    static uint8_t room[512 * 1024];
    for (size_t i = 0; i < COUNT(answer_kinds); i++) {
        tb_arena *arena = bend_arena();
        tb_local_answer answer;
        tb_bytes bytes;
        tb_bytes all = encoded_answer(arena, answer_kinds[i]);
        assert_int_equal(tb_local_answer_decode(all, arena, &answer), TB_ACCEPTED);
        tb_err err = TB_ERR_LIMIT;
        for (size_t size = 0; err != TB_OK; size += 24) {
            tb_arena small;
            assert_true(size <= sizeof room);
            tb_arena_init(&small, room, size);
            err = tb_local_answer_encode(&answer, &small, &bytes);
            assert_true(err == TB_OK || err == TB_ERR_LIMIT);
        }
        assert_true(tb_bytes_equal(bytes, all));
    }
    for (size_t i = 0; i < COUNT(request_kinds); i++) {
        tb_arena *arena = bend_arena();
        tb_local_request request;
        tb_bytes bytes;
        tb_bytes all = encoded_request(arena, request_kinds[i]);
        assert_int_equal(tb_local_request_decode(all, arena, &request), TB_ACCEPTED);
        tb_err err = TB_ERR_LIMIT;
        for (size_t size = 0; err != TB_OK; size += 24) {
            tb_arena small;
            assert_true(size <= sizeof room);
            tb_arena_init(&small, room, size);
            err = tb_local_request_encode(&request, &small, &bytes);
            assert_true(err == TB_OK || err == TB_ERR_LIMIT);
        }
        assert_true(tb_bytes_equal(bytes, all));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(without_room_nothing_is_written),
    cmocka_unit_test(every_request_comes_back),
    cmocka_unit_test(requests_about_what_is_set_aside_come_back),
    cmocka_unit_test(every_answer_comes_back),
    cmocka_unit_test(an_act_says_what_and_on_which_head),
    cmocka_unit_test(a_case_comes_with_its_events),
    cmocka_unit_test(every_bent_field_is_refused),
    cmocka_unit_test(cut_short_or_flipped_it_is_refused_or_stays_what_it_is),
    cmocka_unit_test(hostile_bytes_cost_no_more_than_the_arena),
    cmocka_unit_test(an_answer_above_the_bound_is_not_made),
};

TB_RUN("messages/local", tests)
