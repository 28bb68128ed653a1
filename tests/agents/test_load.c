/* Campaign documents: whole ones load without a fault, broken ones say where and why. */
#include "tests/test.h"

#include "agents/campaign/load.h"
#include "agents/import/utf8.h"

#include <stdio.h>
#include <stdlib.h>

#define DOCUMENT_MAX (1u << 18)

/* A small campaign with everything in it that the check looks at. */
static const char small[] =
    "campaign: small\n"
    "version: 1\n"
    "zh: 小\n"
    "en: small\n"
    "from: \"2015-01-01\"\n"
    "to: \"2015-12-31\"\n"
    "roles:\n"
    "  - {id: clerk, zh: 甲, en: clerk}\n"
    "codes:\n"
    "  - id: answers\n"
    "    choices:\n"
    "      - {id: yes_, zh: 是, en: yes}\n"
    "case_types:\n"
    "  - id: thing\n"
    "    zh: 事\n"
    "    en: thing\n"
    "    groups:\n"
    "      - {id: words, zh: 文, en: words, readers: [opener]}\n"
    "    fields:\n"
    "      - {id: text, zh: 文, en: text, type: reg-no, group: words, index: true}\n"
    "      - {id: answer, zh: 答, en: answer, type: choice, choices: answers}\n"
    "      - {id: to, zh: 至, en: to, type: party}\n"
    "    positions:\n"
    "      - {id: opener, zh: 甲, en: opener, kind: opener}\n"
    "      - {id: to, zh: 乙, en: to, kind: field, field: to}\n"
    "    states:\n"
    "      - {id: open, zh: 开, en: open, initial: true}\n"
    "      - {id: done, zh: 完, en: done, closed: true}\n"
    "    actions:\n"
    "      - id: ask\n"
    "        zh: 问\n"
    "        en: ask\n"
    "        kind: open\n"
    "        by: [clerk]\n"
    "        ways: [{to: open, hands_to: to}]\n"
    "        fields: [{field: to, required: true}, {field: text}]\n"
    "      - id: reply\n"
    "        zh: 答\n"
    "        en: reply\n"
    "        kind: chain\n"
    "        by: [to]\n"
    "        from: [open]\n"
    "        when:\n"
    "          - {test: known, field: answer, zh: 未答, en: no answer}\n"
    "        ways: [{to: done}]\n"
    "        copies: [opener]\n"
    "        fields: [{field: answer, required: true}]\n";

/* A copy of the small campaign with the first `from` in it replaced; free it. */
static char *with(const char *from, const char *to)
{
    char *text = malloc(sizeof small + strlen(to) + 1);
    assert_non_null(text);
    const char *at = strstr(small, from);
    assert_non_null(at);
    size_t head = (size_t)(at - small);
    memcpy(text, small, head);
    strcpy(text + head, to);
    strcat(text, at + strlen(from));
    return text;
}

static tb_err load(const char *text, tb_campaign_loaded **out, char *error, size_t size)
{
    return tb_campaign_load(tb_bytes_str(text), out, error, size);
}

typedef struct told {
    char all[4096];
    unsigned count;
} told;

static void tell(void *context, const tb_campaign_finding *finding)
{
    told *t = context;
    size_t used = strlen(t->all);
    assert_in_range(
        snprintf(t->all + used, sizeof t->all - used, "%u %s\n", finding->line, finding->reason.en),
        1, sizeof t->all - used);
    assert_true(finding->reason.zh[0] != '\0' && finding->remedy.zh[0] != '\0' &&
                finding->remedy.en[0] != '\0');
    t->count++;
}

static told faults_of(const char *text)
{
    told t = {.count = 0};
    unsigned faults = 0;
    assert_ok(tb_campaign_check(tb_bytes_str(text), tell, &t, &faults));
    assert_int_equal(faults, t.count);
    assert_ok(tb_campaign_check(tb_bytes_str(text), NULL, NULL, &faults));
    assert_int_equal(faults, t.count);
    return t;
}

static void shipped(const char *name)
{
    char path[512];
    char *text = calloc(1, DOCUMENT_MAX);
    assert_non_null(text);
    assert_in_range(snprintf(path, sizeof path, "%s/ops/campaigns/%s", TB_SOURCE_DIR, name), 1,
                    sizeof path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_in_range(fread(text, 1, DOCUMENT_MAX, file), 1, DOCUMENT_MAX - 1);
    assert_int_equal(fclose(file), 0);
    assert_string_equal(faults_of(text).all, "");
    free(text);
}

static void the_shipped_campaigns_have_no_fault(void **state)
{
    (void)state;
    shipped("black-card.yaml");
    shipped("relay.yaml");
    shipped("land-requisition.yaml");
    shipped("service-quality.yaml");
    shipped("example.yaml");
    assert_string_equal(faults_of(small).all, "");
}

static void what_is_written_is_what_is_loaded(void **state)
{
    (void)state;
    char error[200];
    tb_campaign_loaded *loaded = NULL;
    assert_ok(load(small, &loaded, error, sizeof error));
    const tb_campaign *campaign = tb_campaign_loaded_get(loaded);
    assert_string_equal(campaign->id, "small");
    assert_int_equal(campaign->version, 1);
    assert_string_equal(campaign->title.zh, "小");
    const tb_case_type *type = &campaign->case_types[0];
    assert_true(type->fields[0].index);
    assert_int_equal(type->fields[1].type, TB_FIELD_CHOICE);
    assert_int_equal(type->positions[1].kind, TB_POSITION_FIELD);
    assert_true(type->states[1].closed);
    const tb_action *reply = tb_case_type_action(type, tb_bytes_str("reply"));
    assert_int_equal(reply->when.count, 1);
    assert_int_equal(reply->when.list[0].test, TB_TEST_KNOWN);
    assert_string_equal(reply->ways[0].to, "done");
    assert_null(reply->ways[0].hands_to);
    assert_true(reply->fields[0].required);
    tb_campaign_loaded_free(loaded);
}

static void a_document_of_another_form_names_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *line;
        const char *reason;
    } rows[] = {
        {"kind: chain", "kind: chian", "line 40: ", "chian"},
        {"version: 1", "version: one", "line 2: ", "one"},
        {"version: 1", "version: -1", "line 2: ", "-1"},
        {"- id: ask", "- idd: ask", "line 30: ", "idd"},
        {"  - {id: clerk, ", "  - {", "line 8: ", "id"},
        {"by: [to]", "by: to", "line 41: ", "SEQUENCE"},
        {"by: [to]", "by: [[to]]", "line 41: ", "STRING"},
        {"initial: true", "initial: perhaps", "line 27: ", "perhaps"},
        {"roles:", "roles: [", "line ", "libyaml"},
        {"id: clerk,", "id: a-name-of-more-than-thirty-two-letters,", "line 8: ", "STRING"},
        {"by: [to]", "by: &a [*a]", "line 41: ", "lias"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char error[200] = "";
        tb_campaign_loaded *loaded = NULL;
        char *text = with(rows[i].from, rows[i].to);
        assert_int_equal(load(text, &loaded, error, sizeof error), TB_ERR_CORRUPT);
        assert_null(loaded);
        if (strncmp(error, rows[i].line, strlen(rows[i].line)) != 0 ||
            strstr(error, rows[i].reason) == NULL) {
            fail_msg("%s: %s", rows[i].to, error);
        }
        free(text);
    }
}

static void what_is_no_campaign_at_all_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "\n", "# only a remark\n", "- a\n", "word", "campaign: x\n", "\t", "{", "\xFF\xFE"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char error[200] = "";
        tb_campaign_loaded *loaded = NULL;
        assert_int_equal(load(texts[i], &loaded, error, sizeof error), TB_ERR_CORRUPT);
        assert_string_not_equal(error, "");
    }
}

static void a_document_cut_anywhere_never_crashes(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof small - 1; size += 7) {
        char error[100];
        tb_campaign_loaded *loaded = NULL;
        if (tb_campaign_load(tb_bytes_of(small, size), &loaded, error, sizeof error) == TB_OK) {
            tb_campaign_loaded_free(loaded);
        }
        unsigned faults = 0;
        assert_ok(tb_campaign_check(tb_bytes_of(small, size), NULL, NULL, &faults));
        assert_true(faults > 0);
    }
}

static void count_one(void *context, const tb_campaign_finding *finding)
{
    unsigned *count = context;
    assert_true(finding->line > 0);
    assert_true(tb_utf8_valid(tb_bytes_str(finding->reason.zh)));
    assert_true(tb_utf8_valid(tb_bytes_str(finding->reason.en)));
    assert_null(strpbrk(finding->reason.en, "\n\t"));
    (*count)++;
}

/* What loads may have faults; what has none loads. */
static void a_document_with_any_byte_changed_never_crashes(void **state)
{
    (void)state;
    static const char bytes[] = {' ', '\n', '-', '{', ']', ':', '0', 'z', '\0', '\xE4'};
    char *text = with("", "");
    for (size_t i = 0; i < sizeof small - 1; i++) {
        char kept = text[i];
        text[i] = bytes[i % sizeof bytes];
        unsigned heard = 0;
        unsigned faults = 0;
        tb_bytes changed = tb_bytes_of(text, sizeof small - 1);
        assert_ok(tb_campaign_check(changed, count_one, &heard, &faults));
        assert_int_equal(heard, faults);
        tb_campaign_loaded *loaded = NULL;
        char error[100];
        bool loads = tb_campaign_load(changed, &loaded, error, sizeof error) == TB_OK;
        assert_true(loads || faults > 0);
        tb_campaign_loaded_free(loaded);
        text[i] = kept;
    }
    free(text);
}

static void a_very_long_word_is_told_in_part(void **state)
{
    (void)state;
    static char text[8192] = "campaign: small\nversion: ";
    size_t at = strlen(text);
    for (size_t i = 0; i < 1000; i++, at += 3) {
        memcpy(text + at, "长", 3);
    }
    unsigned heard = 0;
    unsigned faults = 0;
    assert_ok(tb_campaign_check(tb_bytes_str(text), count_one, &heard, &faults));
    assert_int_equal(heard, faults);
}

static void every_fault_is_told_with_line_and_reason(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *fault;
    } rows[] = {
        {"version: 1", "version: 0", "2 campaign small: versions begin with 1"},
        {"from: \"2015-01-01\"", "from: \"2016-01-01\"",
         "6 campaign small: it ends on '2015-12-31', before it begins on '2016-01-01'"},
        {"zh: 甲, en: clerk", "en: clerk", "8 role clerk: the role has no Chinese label"},
        {"zh: 甲, en: clerk", "zh: 甲", "8 role clerk: the role has no English label"},
        {"  - {id: clerk, zh: 甲, en: clerk}",
         "  - {id: clerk, zh: 甲, en: a}\n  - {id: clerk, zh: 乙, en: b}",
         "role clerk: is declared twice"},
        {"id: yes_", "id: \"yes!\"", "choice yes!: the id may have"},
        {"      - {id: yes_, zh: 是, en: yes}",
         "      - {id: yes_, zh: 是, en: yes}\n      - {id: no_, zh: 否, en: no, aliases: [是]}",
         "13 choice no_: alias '是' also means choice 'yes_'"},
        {"readers: [opener]", "readers: []", "18 group words: nobody may read it"},
        {"readers: [opener]", "readers: [judge]",
         "18 group words: position 'judge' is not declared"},
        {"group: words, index", "group: word, index",
         "20 field text: group 'word' is not declared"},
        {"group: words, index", "index", "20 field text: must be in a group"},
        {"choices: answers", "choices: answer",
         "21 field answer: code list 'answer' is not declared"},
        {"type: choice, choices: answers", "type: choice",
         "21 field answer: 'choices' goes with type choice"},
        {"type: party", "type: party, compute: mask, of: nothing",
         "22 field to: field 'nothing' is not declared"},
        {"type: party", "type: party, aliases: [文]",
         "22 field to: alias '文' also means field 'text'"},
        {"kind: opener}", "kind: opener, role: chief}",
         "24 position opener: role 'chief' is not declared"},
        {"kind: field, field: to", "kind: field, field: text",
         "25 position to: field 'text' is sealed in group 'words'"},
        {"kind: field, field: to", "kind: field, field: answer",
         "25 position to: field 'answer' is not of the type"},
        {"kind: field, field: to", "kind: field", "25 position to: names no field"},
        {"kind: field, field: to", "kind: actor-of, field: sing",
         "25 position to: field: action 'sing' is not declared"},
        {"zh: 开, ", "", "27 state open: the state has no Chinese label"},
        {"closed: true", "closed: false", "27 case type thing: no state is closed"},
        {"      - {id: done", "      - {id: lost, zh: 失, en: lost}\n      - {id: done",
         "28 state lost: no action leads to it"},
        {"      - {id: done", "      - {id: lost, zh: 失, en: lost}\n      - {id: done",
         "28 state lost: nothing can be done in it, and it is not closed"},
        {"by: [clerk]", "by: []", "34 action ask: nobody may take it"},
        {"by: [clerk]", "by: [chief]", "34 action ask: role 'chief' is not declared"},
        {"by: [to]", "by: [chief]", "41 action reply: position 'chief' is not declared"},
        {"by: [to]", "by: [opener]",
         "35 action ask: hands to 'to' in state 'open', where it may do nothing"},
        {"from: [open]", "from: [shut]", "42 action reply: state 'shut' is not declared"},
        {"from: [open]", "from: []", "42 action reply: is possible in no state"},
        {"hands_to: to", "hands_to: them", "35 action ask: position 'them' is not declared"},
        {"{to: open, hands_to: to}", "{to: open}", "35 action ask: an opening has no recipient"},
        {"{to: open, hands_to: to}", "{to: done, hands_to: to}",
         "35 action ask: an opening leads to an initial state"},
        {"[{to: done}]", "[{to: gone}]", "45 action reply: state 'gone' is not declared"},
        {"[{to: done}]", "[{to: done}, {to: open}]",
         "45 action reply: this way is never taken: the one on line 45 always holds before it"},
        {"[{to: done}]", "[]", "45 action reply: has no way"},
        {"copies: [opener]", "copies: [all]", "46 action reply: position 'all' is not declared"},
        {"{field: answer, required", "{field: answers, required",
         "47 action reply: field 'answers' is not declared"},
        {"{field: to, required: true}, {field: text}", "{field: to, required: true}, {field: to}",
         "36 action ask: field 'to' is named twice"},
        {"test: known, field: answer", "test: known, field: text",
         "44 action reply: field 'text' is sealed in group 'words'"},
        {"test: known, field: answer", "test: known, field: nothing",
         "44 action reply: field 'nothing' is not declared"},
        {"test: known, field: answer, zh: 未答", "test: known, field: answer",
         "44 action reply: a condition has no Chinese label"},
        {"test: known, field: answer", "test: is, field: answer",
         "44 action reply: a condition on 'answer' has no values"},
        {"test: known, field: answer", "test: is, field: answer, values: [no_]",
         "44 action reply: 'no_' is not a choice of field 'answer'"},
        {"test: known, field: answer", "test: same, a: to, b: me",
         "44 action reply: position 'me' is not declared"},
        {"test: known, field: answer", "test: count-least, field: sing, count: 1",
         "44 action reply: field: action 'sing' is not declared"},
        {"test: known, field: answer", "test: count-least, field: ask", "a condition counts to 0"},
        {"test: known, field: answer", "test: actor-role, values: [chief]",
         "role 'chief' is not declared"},
        {"test: known, field: answer", "test: role-of, a: to", "a condition on roles names none"},
        {"test: known, field: answer", "test: state, values: [shut]",
         "state 'shut' is not declared"},
        {"test: known, field: answer", "test: within, a: me, field: answer",
         "position 'me' is not declared"},
        {"test: known, field: answer", "test: linked-open, field: answer",
         "cases are linked by an indexed field"},
        {"copies: [opener]", "receipt: seen", "46 action reply: receipt 'seen' is neither"},
        {"kind: open\n", "kind: chain\n", "no action opens a case"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = with(rows[i].from, rows[i].to);
        told t = faults_of(text);
        if (strstr(t.all, rows[i].fault) == NULL) {
            fail_msg("row %zu should: %s\nis: %s", i, rows[i].fault, t.all);
        }
        free(text);
    }
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    tb_campaign_loaded_free(NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_shipped_campaigns_have_no_fault),
    cmocka_unit_test(what_is_written_is_what_is_loaded),
    cmocka_unit_test(a_document_of_another_form_names_its_line),
    cmocka_unit_test(what_is_no_campaign_at_all_is_refused),
    cmocka_unit_test(a_document_cut_anywhere_never_crashes),
    cmocka_unit_test(a_document_with_any_byte_changed_never_crashes),
    cmocka_unit_test(a_very_long_word_is_told_in_part),
    cmocka_unit_test(every_fault_is_told_with_line_and_reason),
    cmocka_unit_test(freeing_nothing_is_allowed),
};

TB_RUN("agents/load", tests)
