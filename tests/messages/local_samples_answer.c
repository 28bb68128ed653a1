/* One answer of every kind. */
#include "tests/messages/local_samples.h"

#include "tests/messages/samples.h"
#include "tests/test.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define FIELDS (sizeof fields / sizeof fields[0])

/* Of each kind of value one. */
static tb_field fields[] = {
    {TEXT("found_province"), TEXT("33")},  {TEXT("mvno"), TEXT("1")},
    {TEXT("number"), TEXT("13800138000")}, {TEXT("ordered"), TEXT("ct.33")},
    {TEXT("remark"), TEXT("a\nb")},        {TEXT("reported_at"), TEXT("2015-02-09T11:39:00+08:00")},
    {TEXT("source"), TEXT("police_case")},
};

static tb_local_summary summary(void)
{
    tb_local_summary made = {
        .case_id = local_case_id(),
        .campaign = tb_bytes_str("black-card"),
        .case_type = tb_bytes_str("notice"),
        .state = tb_bytes_str("verifying"),
        .holder = sample_party("ct.33"),
        .number = 2,
        .head = sample_digest(0x42),
        .frozen = true,
        .mine = true,
        .fields = fields,
        .field_count = FIELDS,
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
        .case_id = local_case_id(),
        .campaign = tb_bytes_str("black-card"),
        .case_type = tb_bytes_str("notice"),
        .action = tb_bytes_str("order"),
        .title_zh = tb_bytes_str("下达"),
        .title_en = tb_bytes_str("order"),
        .fields = fields,
        .field_count = FIELDS,
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
    static tb_bytes lost[2];
    static tb_local_event events[1];
    addressees[0] = sample_party("hq");
    unread[0] = tb_bytes_str("police");
    lost[0] = tb_bytes_str("number");
    lost[1] = tb_bytes_str("offence");
    events[0] = (tb_local_event){
        .event = sample_digest(0x42),
        .number = 2,
        .kind = TB_EVENT_CHAIN,
        .actor = sample_party("bureau.33"),
        .account = tb_bytes_str("李"),
        .action = tb_bytes_str("order"),
        .from_state = tb_bytes_str("submitted"),
        .to_state = tb_bytes_str("verifying"),
        .at = SAMPLE_TIME,
        .stored = SAMPLE_TIME + 1,
        .addressees = addressees,
        .addressee_count = 1,
        .fields = fields,
        .field_count = FIELDS,
        .unread_groups = unread,
        .unread_count = 1,
        .lost_fields = lost,
        .lost_count = 2,
        .standing = TB_STANDING_HELD_BACK,
        .term = 1,
        .holder = sample_party("ct.33"),
        .account_name = tb_bytes_str("李某"),
        .approvals = approvals,
        .approval_count = 1,
        .timing = TB_IN_NO_STAGE,
    };
    static tb_local_score scores[1];
    scores[0] = (tb_local_score){tb_bytes_str("share"),
                                 tb_bytes_str("按期率"),
                                 tb_bytes_str("share"),
                                 tb_bytes_str("9/10"),
                                 tb_bytes_str("90/100"),
                                 tb_bytes_str("1/1"),
                                 2,
                                 true};
    tb_local_case made = {summary(), events, 1, scores, 1};

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
        .duties = {1, 2, 3, 4, 5, 6, true, SAMPLE_TIME},
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
        .case_id = local_case_id(),
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
        .reminded = SAMPLE_TIME + 3,
        .escalated = SAMPLE_TIME + 4,
        .withdrawn = SAMPLE_TIME + 5,
        .settled = SAMPLE_TIME + 6,
        .scores = true,
        .adopted_no = tb_bytes_str("专项办〔2015〕3号"),
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
    released[0] = (tb_local_released){local_case_id(), tb_bytes_str("王警官"),
                                      tb_bytes_str("时限将到"), SAMPLE_TIME};
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
    return (tb_local_entry){.case_id = local_case_id(),
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
        .case_id = local_case_id(),
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
    behind[0] = (tb_local_behind){local_case_id(),         sample_digest(0x44), 3,
                                  tb_bytes_str("forward"), SAMPLE_TIME,         1,
                                  tb_bytes_str("44")};
    return (tb_local_report){.line = report_line(),
                             .figures = figures,
                             .figure_count = 1,
                             .judged = judged,
                             .judged_count = 1,
                             .texts = fields,
                             .text_count = FIELDS,
                             .behind = behind,
                             .behind_count = 1,
                             .next = tb_bytes_str("\x05"),
                             .recounted = 6,
                             .recounted_of = 7};
}

static tb_local_case_figure case_figure(void)
{
    tb_local_report of = report();
    return (tb_local_case_figure){.case_id = local_case_id(),
                                  .field = tb_bytes_str("verified"),
                                  .figure = of.figures[0],
                                  .over = tb_bytes_str("2015-11-30"),
                                  .filed_in = tb_bytes_str("quarterly"),
                                  .behind = of.behind,
                                  .behind_count = of.behind_count,
                                  .next = tb_bytes_str("\x06")};
}

static tb_local_unanswered unanswered(void)
{
    static tb_local_unanswered_line lines[1];
    static tb_local_unanswered_case cases[1];
    lines[0] = (tb_local_unanswered_line){sample_party("ct.33"), {1, 2, 3, 4, 5, 6}, SAMPLE_TIME};
    cases[0] = (tb_local_unanswered_case){local_case_id(),
                                          sample_party("ct.33"),
                                          tb_bytes_str("black-card"),
                                          tb_bytes_str("notice"),
                                          tb_bytes_str("verifying"),
                                          SAMPLE_TIME,
                                          SAMPLE_TIME + 1,
                                          SAMPLE_TIME + 2};
    return (tb_local_unanswered){30, 7, 2, lines, 1, cases, 1, local_case_id(), SAMPLE_TIME};
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
        .was_due = SAMPLE_TIME + 5,
        .redated = SAMPLE_TIME + 6,
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
    static tb_local_reconciled_line reconciled[1];
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
        answer->acted = (tb_local_acted){
            local_case_id(), sample_digest(4), 2, tb_bytes_str("verifying"), 5, TB_STEP_REVIEW};
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
    case TB_ANSWER_RECONCILED:
        reconciled[0] = (tb_local_reconciled_line){local_case_id(),
                                                   sample_digest(0x42),
                                                   SAMPLE_TIME,
                                                   TB_RECONCILED_MISSING,
                                                   true,
                                                   sample_party("bureau.44"),
                                                   SAMPLE_TIME + 1,
                                                   tb_bytes_str("已核对"),
                                                   sample_party("bureau.33"),
                                                   sample_party("bureau.44")};
        answer->reconciled = (tb_local_reconciled){reconciled, 1, tb_bytes_str("\xFF")};
        break;
    case TB_ANSWER_FIGURE:
        answer->figure = case_figure();
        break;
    case TB_ANSWER_EVIDENCE:
        answer->evidence = (tb_local_evidence){tb_bytes_str("TB"), tb_bytes_str("\xFF")};
        break;
    case TB_ANSWER_VERIFIED:
        answer->verified = (tb_local_verified){
            local_case_id(), 9, 8, 7, 6, 5, 4, 11, 12, 13, true, 2, 1, texts, 1, 3};
        break;
    case TB_ANSWER_CAMPAIGNS:
        campaigns[0] = (tb_local_campaign_line){tb_bytes_str("black-card"),
                                                2,
                                                tb_bytes_str("黑卡"),
                                                tb_bytes_str("black card"),
                                                tb_bytes_str("2015-01-01"),
                                                tb_bytes_str("2015-12-31"),
                                                true,
                                                TB_WHEN_RUNNING,
                                                tb_bytes_str("2015 2016")};
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
        relatives[0] = (tb_local_relative){local_case_id(), tb_bytes_str("entry"),
                                           tb_bytes_str("listed"), sample_party("bureau.33"), true};
        owed[0] = (tb_local_owed){tb_bytes_str("opinion"),
                                  tb_bytes_str("会签"),
                                  tb_bytes_str("joint opinion"),
                                  sample_party("cm.44"),
                                  TB_DUTY_LATE,
                                  SAMPLE_TIME,
                                  SAMPLE_TIME + 1,
                                  fields,
                                  1};
        answer->family = (tb_local_family){tb_bytes_str("black-card"),
                                           tb_bytes_str("notice"),
                                           relatives[0],
                                           relatives,
                                           1,
                                           owed,
                                           1};
        break;
    case TB_ANSWER_ACCOUNTS:
        accounts[0] = local_account();
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
    case TB_ANSWER_OFFICE:
        answer->office = (tb_local_office){510, 1440, true};
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

tb_bytes encoded_answer(tb_arena *arena, tb_answer_kind kind)
{
    tb_local_answer answer = {
        .code = TB_REFUSED_CHANGED, .detail = tb_bytes_str("已变更"), .draft = true, .kind = kind};
    tb_bytes bytes;
    memset(answer.id.bytes, 1, sizeof answer.id);
    fill_answer(arena, &answer);

    assert_ok(tb_local_answer_encode(&answer, arena, &bytes));
    return bytes;
}
