/* The letter to a party without a line: what it says, what it must not say, and its form. */
#include "agents/letter.h"

#include "messages/table.h"
#include "tests/agents/world.h"

#include <stdio.h>

#define SUBMIT                                                                                     \
    "|reported_at=2015-02-09T11:39:00+08:00|offence=telecom_fraud|"                                \
    "source=police_case|police_case_ref=A1|found_place=<b>某处</b>"

static tb_directory_party *party(world *w, const char *id)
{
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (strcmp(w->parties[i].id.text, id) == 0) {
            return &w->parties[i];
        }
    }
    fail_msg("nobody is called %s", id);
    return NULL;
}

static void order(world *w, const char *number)
{
    char fields[512];
    assert_true(snprintf(fields, sizeof fields, "number=%s" SUBMIT, number) > 0);
    assert_int_equal(opens(w, "police.33", fields), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44|instruction=请<尽快>核查"),
                     TB_ACCEPTED);
}

static const tb_local_answer *write_to(world *w, const char *to, const char *document_no)
{
    tb_local_request request = {.kind = TB_REQUEST_WRITE_LETTER};
    w->requests++;
    memcpy(request.id.bytes, &w->requests, sizeof w->requests);
    assert_true(tb_party_parse(tb_bytes_str(to), &request.write_letter.party));
    request.write_letter.document_no = tb_bytes_str(document_no);
    return ask(w, "bureau.44", &request);
}

static tb_local_letter print(world *w, const char *to, uint64_t number)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_LETTER};
    assert_true(tb_party_parse(tb_bytes_str(to), &request.get_letter.party));
    request.get_letter.letter = number;
    const tb_local_answer *answer = ask(w, "bureau.44", &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    return answer->letter;
}

static bool says(tb_bytes in, const char *words)
{
    size_t size = strlen(words);
    for (size_t i = 0; i + size <= in.size; i++) {
        if (memcmp(in.data + i, words, size) == 0) {
            return true;
        }
    }
    return false;
}

static int set_up(void **state)
{
    int done = world_setup(state);
    world *w = *state;
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    order(w, "13800004567");
    return done;
}

static void it_has_the_parts_of_an_official_letter(void **state)
{
    world *w = *state;
    const tb_local_answer *answer = write_to(w, "cm.44", "粤通管函〔2015〕12号");
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_int_equal(answer->written.letter, 1);
    assert_int_equal(answer->written.items, 1);
    tb_local_letter printed = print(w, "cm.44", 1);
    static const char *const parts[] = {
        "粤通管函〔2015〕12号",
        "<p class=\"issuer\">广东省通信管理局</p>",
        "关于电话黑卡治理专项行动“下达核查指令”事项的函",
        "<p class=\"to\">广东移动：</p>",
        "附件：1．办件清单（1件",
        "2015年2月9日",
        "演练数据，不作统计依据",
        "Re: Phone black card campaign, order the operator",
        "9 February 2015",
        "@page { size: A4",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!says(printed.page, parts[i])) {
            fail_msg("not in the letter: %s", parts[i]);
        }
    }
}

static void it_says_what_the_recipient_may_read_and_nothing_else(void **state)
{
    world *w = *state;
    assert_int_equal(write_to(w, "cm.44", "")->code, TB_ACCEPTED);
    tb_local_letter printed = print(w, "cm.44", 1);
    assert_true(says(printed.page, "13800004567"));
    assert_true(says(printed.page, "电话号码"));
    assert_true(says(printed.table, "13800004567"));
    /* the lead is for police and bureaus, never for operators */
    static const char *const hidden[] = {"通讯信息诈骗", "telecom fraud", "A1", "某处"};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        assert_false(says(printed.page, hidden[i]));
        assert_false(says(printed.table, hidden[i]));
    }
}

static void what_people_wrote_is_text_and_no_markup(void **state)
{
    world *w = *state;
    assert_int_equal(write_to(w, "cm.44", "<script>号")->code, TB_ACCEPTED);
    tb_local_letter printed = print(w, "cm.44", 1);
    assert_true(says(printed.page, "请&lt;尽快&gt;核查"));
    assert_true(says(printed.page, "&lt;script&gt;号"));
    assert_false(says(printed.page, "<script>"));
}

static void a_letter_counts_by_itself_and_lists_each_event_once(void **state)
{
    world *w = *state;
    const tb_local_answer *answer = write_to(w, "cm.44", "");
    assert_true(
        tb_bytes_equal(answer->written.document_no, tb_bytes_str("广东省通信管理局函〔2015〕1号")));
    assert_int_equal(write_to(w, "cm.44", "")->code, TB_REFUSED_BUNDLE_EMPTY);
    order(w, "13800004568");
    static tb_attribute word;
    word = (tb_attribute){tb_bytes_str("document_word"), tb_bytes_str("粤通管函")};
    party(w, "bureau.44")->attributes = &word;
    party(w, "bureau.44")->attribute_count = 1;
    answer = write_to(w, "cm.44", "");
    assert_int_equal(answer->written.letter, 2);
    assert_true(tb_bytes_equal(answer->written.document_no, tb_bytes_str("粤通管函〔2015〕2号")));
}

static void printed_again_it_is_the_same(void **state)
{
    world *w = *state;
    assert_int_equal(write_to(w, "cm.44", "")->code, TB_ACCEPTED);
    tb_local_letter first = print(w, "cm.44", 1);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(holder_at(w, "bureau.44"), "bureau.33");
    tb_local_letter again = print(w, "cm.44", 1);
    assert_true(tb_bytes_equal(first.page, again.page));
    assert_true(tb_bytes_equal(first.table, again.table));
}

static void only_a_party_without_a_line_gets_letters(void **state)
{
    world *w = *state;
    assert_int_equal(write_to(w, "cm.33", "")->code, TB_REFUSED_LETTER_PARTY);
    assert_int_equal(write_to(w, "nobody", "")->code, TB_REFUSED_UNKNOWN_PARTY);
    assert_int_equal(write_to(w, "cm.44", "绝密★")->code, TB_REFUSED_SECRET_MARK);
    assert_int_equal(write_to(w, "cm.44", "11010519491231002X")->code, TB_REFUSED_IDENTITY_NUMBER);
    store_full(w, "bureau.44", true);
    assert_int_equal(write_to(w, "cm.44", "")->code, TB_REFUSED_STORE_FULL);
    store_full(w, "bureau.44", false);
    assert_int_equal(write_to(w, "cm.44", "")->code, TB_ACCEPTED);
    tb_local_request request = {.kind = TB_REQUEST_GET_LETTER};
    request.get_letter = (tb_local_get_letter){party(w, "cm.44")->id, 7};
    assert_int_equal(ask(w, "bureau.44", &request)->code, TB_REFUSED_UNKNOWN_LETTER);
}

#define PROVINCES                                                                                  \
    "code2,code6,name_zh,name_en,abbr,abbr_zh,bureau_zh\n"                                         \
    "44,440000,广东省,Guangdong,GD,粤,广东省通信管理局\n"

/* Writes a table of provinces into the bureau's store. */
static void keep_provinces(world *w, const char *lines)
{
    world_agent *a = who(w, "bureau.44");
    tb_csv_table table = {
        .name = tb_bytes_str(TB_TABLE_PROVINCES), .version = 1, .notice = tb_bytes_str("test")};
    tb_document document = {
        .kind = TB_DOCUMENT_TABLE, .name = tb_bytes_str(TB_TABLE_PROVINCES), .version = 1};
    tb_txn *txn;
    table.csv = tb_bytes_str(lines);
    assert_ok(tb_csv_table_encode(&table, &w->memory, &document.content));
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_document_keep(txn, &document));
    assert_ok(tb_store_commit(txn));
}

static void a_province_stands_there_by_its_name_where_the_table_has_it(void **state)
{
    world *w = *state;
    assert_int_equal(write_to(w, "cm.44", "")->code, TB_ACCEPTED);
    assert_false(says(print(w, "cm.44", 1).page, "广东省</span>"));
    keep_provinces(w, "no table");
    assert_false(says(print(w, "cm.44", 1).page, "广东省</span>"));
    keep_provinces(w, PROVINCES);
    assert_true(says(print(w, "cm.44", 1).page, "广东省</span>"));
    assert_true(says(print(w, "cm.44", 1).page, "Guangdong</span>"));
}

static void a_party_without_a_name_stands_there_by_its_id(void **state)
{
    world *w = *state;
    party(w, "bureau.44")->name_zh = tb_bytes_of(NULL, 0);
    party(w, "bureau.44")->name_en = tb_bytes_of(NULL, 0);
    const tb_local_answer *answer = write_to(w, "cm.44", "");
    assert_true(
        tb_bytes_equal(answer->written.document_no, tb_bytes_str("bureau.44函〔2015〕1号")));
    tb_local_letter printed = print(w, "cm.44", 1);
    assert_true(says(printed.page, "<p class=\"issuer\">bureau.44</p>"));
    /* nor does a letter need its sender in the directory that came since */
    tb_directory_party *all = w->directory.parties;
    w->directory.parties = party(w, "cm.44");
    w->directory.party_count = 1;
    printed = print(w, "cm.44", 1);
    assert_true(says(printed.page, "<p class=\"issuer\">bureau.44</p>"));
    assert_true(says(printed.page, "<p class=\"to\">广东移动：</p>"));
    w->directory.parties = all;
}

/* ---- the value alone ---- */

static tb_letter_text both(const char *zh, const char *en)
{
    return (tb_letter_text){tb_bytes_str(zh), tb_bytes_str(en)};
}

static tb_bytes page_of(world *w, tb_letter_entry *entries, size_t count)
{
    tb_letter made = {.document_no = tb_bytes_str("'1'号&\"2\"号\n"),
                      .sender = both("某局", "A bureau"),
                      .recipient = both("某公司", "A company"),
                      .entries = entries,
                      .entry_count = count};
    tb_bytes page;
    assert_ok(tb_letter_page(&made, &w->memory, 65536, &page));
    return page;
}

static void the_title_names_what_all_its_cases_have_in_common(void **state)
{
    static const struct {
        const char *campaign, *zh, *en; /* of the second case */
        const char *title_zh, *title_en;
    } cases[] = {
        {"cards", "核查", "verify", "关于专项甲“核查”事项的函", "Re: Campaign A, verify"},
        {"cards", "核查", "check", "关于专项甲有关办件的函", "Re: Campaign A, several cases"},
        {"cards", "停机", "verify", "关于专项甲有关办件的函", "Re: Campaign A, several cases"},
        {"land", "核查", "verify", "关于专项行动有关办件的函", "Re: cases of several campaigns"},
    };
    world *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tb_letter_entry entries[] = {
            {.campaign = tb_bytes_str("cards"),
             .campaign_title = both("专项甲", "Campaign A"),
             .newest = both("核查", "verify")},
            {.campaign = tb_bytes_str(cases[i].campaign),
             .campaign_title = both("专项乙", "Campaign B"),
             .newest = both(cases[i].zh, cases[i].en)},
        };
        tb_bytes page = page_of(w, entries, 2);
        assert_true(says(page, cases[i].title_zh));
        assert_true(says(page, cases[i].title_en));
    }
    tb_bytes page = page_of(w, NULL, 0); /* its cases are not here any more */
    assert_true(says(page, "关于专项行动有关办件的函"));
    assert_true(says(page, "<title>&#39;1&#39;号&amp;&quot;2&quot;号<br></title>"));
    assert_false(says(page, "演练数据"));
}

static void a_table_quotes_and_disarms_what_a_spreadsheet_would_run(void **state)
{
    world *w = *state;
    tb_letter_value values[] = {
        {{tb_bytes_str("甲"), tb_bytes_str("a")}, {tb_bytes_str("=1+1"), tb_bytes_str("")}},
        {{tb_bytes_str("乙"), tb_bytes_str("b")}, {tb_bytes_str("x\"y,z"), tb_bytes_str("")}}};
    tb_letter_entry entry = {.values = values, .value_count = 2};
    tb_letter made = {.entries = &entry, .entry_count = 1};
    tb_bytes table;
    assert_ok(tb_letter_table(&made, &w->memory, 4096, &table));
    assert_true(says(table, "\"甲 a\",\"乙 b\""));
    assert_true(says(table, ",\"'=1+1\",\"x\"\"y,z\"\r\n"));
    assert_int_equal(tb_letter_table(&made, &w->memory, 64, &table), TB_ERR_LIMIT);
    assert_int_equal(tb_letter_page(&made, &w->memory, 64, &table), TB_ERR_LIMIT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, world_teardown)

static const struct CMUnitTest tests[] = {
    T(it_has_the_parts_of_an_official_letter),
    T(it_says_what_the_recipient_may_read_and_nothing_else),
    T(what_people_wrote_is_text_and_no_markup),
    T(a_letter_counts_by_itself_and_lists_each_event_once),
    T(printed_again_it_is_the_same),
    T(only_a_party_without_a_line_gets_letters),
    T(a_province_stands_there_by_its_name_where_the_table_has_it),
    T(a_party_without_a_name_stands_there_by_its_id),
    T(the_title_names_what_all_its_cases_have_in_common),
    T(a_table_quotes_and_disarms_what_a_spreadsheet_would_run),
};

TB_RUN("agents/letter", tests)
