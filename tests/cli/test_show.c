/* Every kind of answer, as people read it in both languages and as JSON: with everything in it that
 * it can hold, and with each field of it gone, repeated or another. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agents/cli/json.h"
#include "agents/cli/list.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"
#include "tests/messages/bend.h"
#include "tests/messages/local_samples.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

#define ROOM_BYTES (4u * 1024 * 1024)
#define TEXT_BYTES (64u * 1024)

static struct {
    uint8_t room[ROOM_BYTES];
    tb_client client;
    tb_book book;
    tb_campaign_loaded *loaded;
    tb_local_party_line party;
    FILE *printed;
    int before; /* what stdout was */
    char text[TEXT_BYTES];
    tb_answer_kind kind;
    json_t *whole; /* the keys of a full one */
} now;

/* ---- what the command prints ---- */

static void printing_starts(void)
{
    (void)fflush(stdout);
    now.before = dup(STDOUT_FILENO);
    now.printed = tmpfile();
    assert_true(now.before >= 0 && now.printed != NULL);
    assert_true(dup2(fileno(now.printed), STDOUT_FILENO) >= 0);
}

static void printing_ends(void)
{
    (void)fflush(stdout);
    assert_true(dup2(now.before, STDOUT_FILENO) >= 0);
    (void)close(now.before);
    rewind(now.printed);
    now.text[fread(now.text, 1, sizeof now.text - 1, now.printed)] = '\0';
    (void)fclose(now.printed);
}

static tb_bytes content(const char *path)
{
    static char all[1024 * 1024];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    tb_bytes text = tb_bytes_of(all, fread(all, 1, sizeof all, file));
    (void)fclose(file);
    return text;
}

/* A command that knows the campaign black-card, the provinces and one party, and asks nobody. */
static void open_book(void)
{
    static uint8_t kept[64 * 1024];
    tb_arena arena;
    char error[256];
    now.client = (tb_client){.json = false};
    tb_arena_init(&now.client.arena, now.room, sizeof now.room);
    tb_book_init(&now.book, &now.client);
    now.book.asked_parties = true;
    now.book.asked_provinces = true;
    now.party = (tb_local_party_line){.id = sample_party("ct.33"),
                                      .name_zh = tb_bytes_str("浙江电信"),
                                      .name_en = tb_bytes_str("CT Zhejiang")};
    now.book.parties = (tb_local_parties){1, &now.party, 1};
    tb_arena_init(&arena, kept, sizeof kept);
    now.book.has_provinces = tb_provinces_decode(content(TB_BINARY_DIR "/tables/provinces.table"),
                                                 &arena, &now.book.provinces) == TB_ACCEPTED;
    assert_true(now.book.has_provinces);
    assert_ok(tb_campaign_load(content(TB_SOURCE_DIR "/ops/campaigns/black-card.yaml"), &now.loaded,
                               error, sizeof error));
    now.book.campaigns[0] =
        (tb_book_campaign){tb_bytes_str("black-card"), NULL, tb_campaign_loaded_get(now.loaded)};
    now.book.campaign_count = 1;
}

/* Any other campaign is one that is not installed. */
static void forget(void)
{
    tb_arena_reset(&now.client.arena);
    now.book.campaign_count = TB_BOOK_CAMPAIGNS_MAX;
    for (size_t i = 1; i < TB_BOOK_CAMPAIGNS_MAX; i++) {
        now.book.campaigns[i] = (tb_book_campaign){.id = {NULL, 0}};
    }
}

static void show(const tb_local_answer *answer)
{
    forget();
    assert_true(tb_show_answer(&now.book, answer));
    if (answer->kind == TB_ANSWER_APPROVALS && answer->approvals.count > 0) {
        tb_show_approval(&now.book, &answer->approvals.lines[0]);
    } else if (answer->kind == TB_ANSWER_QUARANTINE && answer->quarantine.count > 0) {
        tb_show_set_aside(&now.book, &answer->quarantine.lines[0]);
    } else if (answer->kind == TB_ANSWER_ACTS) {
        tb_local_summary of = {.campaign = tb_bytes_str("black-card"),
                               .case_type = tb_bytes_str("notice")};
        assert_true(tb_show_acts(&now.book, &of, &answer->acts));
    } else if (answer->kind == TB_ANSWER_CASE) {
        tb_local_summary summary = answer->case_.summary;
        tb_local_cases cases = {&summary, 1, {NULL, 0}, 1};
        assert_true(tb_show_cases(&now.book, &cases));
    }
}

/* ---- the answers ---- */

/* As a person gets it: accepted. */
static tb_local_answer answer_of(tb_answer_kind kind, tb_arena *arena)
{
    tb_local_answer answer;
    assert_int_equal(tb_local_answer_decode(encoded_answer(arena, kind), arena, &answer),
                     TB_ACCEPTED);
    answer.code = TB_ACCEPTED;
    return answer;
}

/* What must stand there for each kind: in English and in Chinese. */
static const struct {
    tb_answer_kind kind;
    const char *english;
    const char *chinese;
} answers[] = {
    {TB_ANSWER_NONE, "accepted, waiting for the link", "已接受,待发出"},
    {TB_ANSWER_ACTED, "to be reviewed; number 5", "待审核;编号 5"},
    {TB_ANSWER_CASE, "source: police case", "报送时间: 2015-02-09 11:39"},
    {TB_ANSWER_CASES, "1 of 17 cases", "显示 1 件,共 17 件"},
    {TB_ANSWER_TRACED, "order the operator (overtaken)", "下达核查指令 (已被接管)"},
    {TB_ANSWER_STATUS, "overdue between others, escalated to this party: 6",
     "其他单位超期,已上报本单位: 6"},
    {TB_ANSWER_NOTICES, "out        CT Zhejiang  arrived", "发出  浙江电信  已送达"},
    {TB_ANSWER_PARTIES, "CT Zhejiang  operator  no", "电信浙江  operator  否"},
    {TB_ANSWER_CONTENT, "accepted", "已接受"},
    {TB_ANSWER_CHECKED, "accepted", "已接受"},
    {TB_ANSWER_CHANGED, "accepted", "已接受"},
    {TB_ANSWER_ACTS, "nothing for this party to do on this case now",
     "本单位目前对该办件没有可办的动作"},
    {TB_ANSWER_BUNDLE, "accepted", "已接受"},
    {TB_ANSWER_IMPORTED, "accepted", "已接受"},
    {TB_ANSWER_WRITTEN, "accepted", "已接受"},
    {TB_ANSWER_LETTER, "accepted", "已接受"},
    {TB_ANSWER_DUTIES, "lapsed, taken over; over", "超期未办结,已接管; 已办结"},
    {TB_ANSWER_CAMPAIGNS, "black card  2015-01-01", "黑卡  2015-01-01"},
    {TB_ANSWER_LISTS, "less than a minute ago", "一分钟内与平台通联"},
    {TB_ANSWER_SHOWN_LIST, "removal still open, no receipt from ct.44",
     "移出未完成,尚未回执:ct.44"},
    {TB_ANSWER_VERDICTS, "list, Guangdong: listed", "名单, 广东省: 在名单内"},
    {TB_ANSWER_FAMILY, "joint opinion, owed by each", "会签(各单位均应办理"},
    {TB_ANSWER_CUT, "accepted", "已接受"},
    {TB_ANSWER_QUARANTINE, "attempts to apply it: 2", "已尝试处理:2 次"},
    {TB_ANSWER_SETTLED, "refused by the rules, and its sender is told",
     "按规则拒收,并告知发送单位"},
    {TB_ANSWER_DEAD_LETTERS, "accepted", "已接受"},
    {TB_ANSWER_REPORTS, "returned  late, days: 3", "已退回  逾期报送,天数: 3"},
    {TB_ANSWER_REPORT, "filed 120, now 121; its events", "报送数 120,现为 121;明细"},
    {TB_ANSWER_VERIFIED, "do not rely on it", "不可采信"},
    {TB_ANSWER_EVIDENCE, "accepted", "已接受"},
    {TB_ANSWER_RECONCILED, "accepted", "已接受"},
    {TB_ANSWER_FIGURE, "counted now: 121", "现统计为:121"},
    {TB_ANSWER_RECOVERY, "4 notices are held by neither side", "另有 4 件报文双方均已无存"},
    {TB_ANSWER_ACCOUNTS, "system user 1000, key", "系统用户 1000、密钥"},
    {TB_ANSWER_APPROVALS, "signed by 王敏 at 2015-02-09 11:39, as deputy for 赵磊",
     "签发:王敏,2015-02-09 11:39,代 赵磊"},
    {TB_ANSWER_SWITCHES, "pass on  on", "转告  启用"},
    {TB_ANSWER_UNANSWERED, "accepted", "已接受"},
    {TB_ANSWER_EXPLAINED, "weekend worked by the calendar, counts", "日历所列调休上班日,计入"},
    {TB_ANSWER_OFFICE, "08:30 to 24:00 on working days", "工作日 08:30 至 24:00"},
};

static void each_answer_is_told_in_both_languages(void **state)
{
    (void)state;
    unsigned bad = 0;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        for (int chinese = 0; chinese < 2; chinese++) {
            const char *phrase = chinese ? answers[i].chinese : answers[i].english;
            tb_local_answer answer = answer_of(answers[i].kind, bend_arena());
            tb_say_init(chinese ? "zh" : "en");
            printing_starts();
            show(&answer);
            printing_ends();
            if (strstr(now.text, phrase) == NULL) {
                print_error("answer %d says nothing of \"%s\": %s\n", answers[i].kind, phrase,
                            now.text);
                bad++;
            }
        }
    }
    assert_int_equal(bad, 0);
}

/* Told in words and as JSON, whose keys are those of the full one. */
static tb_refusal told(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_local_answer answer;
    tb_refusal refusal = tb_local_answer_decode(in, arena, &answer);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    assert_ok(tb_local_answer_encode(&answer, arena, out_again));
    answer.code = TB_ACCEPTED;
    show(&answer);
    json_t *object = tb_json_answer(&answer);
    char *text = json_dumps(object, 0);
    assert_non_null(text);
    const char *key;
    json_t *value;
    json_object_foreach(now.whole, key, value)
    {
        if (answer.kind == now.kind && json_object_get(object, key) == NULL) {
            fail_msg("answer %d: no %s in %s", now.kind, key, text);
        }
    }
    free(text);
    json_decref(object);
    return refusal;
}

static void whatever_an_answer_says_it_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        tb_local_answer answer = answer_of(answers[i].kind, bend_arena());
        now.kind = answer.kind;
        now.whole = answer.kind == TB_ANSWER_ACTED ? json_object() : tb_json_answer(&answer);
        tb_say_init(i % 2 == 0 ? "zh" : "en");
        printing_starts();
        check_each_field(encoded_answer(bend_arena(), now.kind), told, false);
        printing_ends();
        json_decref(now.whole);
    }
}

static int set_up(void **state)
{
    (void)state;
    open_book();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tb_campaign_loaded_free(now.loaded);
    return 0;
}

#define TOLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    TOLD(each_answer_is_told_in_both_languages),
    TOLD(whatever_an_answer_says_it_is_told),
};

TB_RUN("cli/show", tests)
