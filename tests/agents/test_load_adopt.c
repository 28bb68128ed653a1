/* A definition's next version, in which a default limit is adopted. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/campaign/load.h"
#include "agents/campaign/load_adopt.h"

static const char written[] =
    "campaign: p # 甲\n"
    "version: 9\n"
    "common:\n"
    "  - id: part\n"
    "    duties:\n"
    "      - default: true # 默认\n"
    "        id: told\n"
    "case_types:\n"
    "  - id: 件\n"
    "  - id: notice\n"
    "    duties:\n"
    "      - {id: verify, zh: 核查, working_days: 5, default: true, lapse: lapse}\n"
    "      - id: answer\n"
    "        default: true\n"
    "        hours: 24\n"
    "      - {id: law, hours: 24}\n"
    "      - {id: done, hours: 1, default: true, adopted: {document_no: a, from: b}}\n";

static tb_err
adopt(const char *yaml, const char *of, const char *duty, tb_pool *pool, tb_bytes *out)
{
    tb_adopt wish = {tb_bytes_str(of), tb_bytes_str(duty), tb_bytes_str("专项办〔2015〕3号"),
                     tb_bytes_str("2015-08-03")};
    return tb_limit_adopt(tb_bytes_str(yaml), &wish, pool, out);
}

/* The text with its version and the one line changed. */
static void assert_adopted(const char *of, const char *duty, const char *line, const char *becomes)
{
    tb_pool pool = {NULL, false};
    tb_bytes out;
    char wanted[2048];
    const char *at = strstr(written, line);
    assert_non_null(at);
    const char *version = strstr(written, "9\n");
    (void)snprintf(wanted, sizeof wanted, "%.*s10%.*s%s%s", (int)(version - written), written,
                   (int)(at - version - 1), version + 1, becomes, at + strlen(line));
    assert_ok(adopt(written, of, duty, &pool, &out));
    assert_int_equal(out.size, strlen(wanted));
    assert_memory_equal(out.data, wanted, out.size);
    tb_pool_free(&pool);
}

#define ADOPTED "adopted: {document_no: \"专项办〔2015〕3号\", from: \"2015-08-03\"}"

static void the_version_and_the_duty_change_and_nothing_else(void **state)
{
    (void)state;
    assert_adopted("notice", "verify", "5, default: true, lapse",
                   "5, default: true, " ADOPTED ", lapse");
    assert_adopted("notice", "answer", "default: true\n        hours",
                   "default: true\n        " ADOPTED "\n        hours");
    assert_adopted("part", "told", "true # 默认", "true\n        " ADOPTED " # 默认");
}

static void what_is_no_default_or_is_adopted_already_is_not_adopted(void **state)
{
    (void)state;
    tb_pool pool = {NULL, false};
    tb_bytes out;
    assert_int_equal(adopt(written, "notice", "law", &pool, &out), TB_ERR_CORRUPT);
    assert_int_equal(adopt(written, "notice", "done", &pool, &out), TB_ERR_CORRUPT);
    assert_int_equal(adopt("a: [", "notice", "law", &pool, &out), TB_ERR_CORRUPT);
    assert_int_equal(adopt("version: x\ncase_types: [{id: t, duties: [{id: d, default: true}]}]",
                           "t", "d", &pool, &out),
                     TB_ERR_CORRUPT);
    assert_int_equal(adopt(written, "notice", "none", &pool, &out), TB_ERR_NOT_FOUND);
    assert_int_equal(adopt(written, "none", "verify", &pool, &out), TB_ERR_NOT_FOUND);
    tb_pool_free(&pool);
}

static void a_number_with_a_quote_is_not_written(void **state)
{
    (void)state;
    tb_pool pool = {NULL, false};
    tb_bytes out;
    tb_adopt wish = {tb_bytes_str("notice"), tb_bytes_str("verify"), tb_bytes_str("3\", x: \""),
                     tb_bytes_str("2015-08-03")};
    assert_int_equal(tb_limit_adopt(tb_bytes_str(written), &wish, &pool, &out), TB_ERR_CORRUPT);
    tb_pool_free(&pool);
}

static void every_default_of_the_shipped_plan_can_be_adopted_and_then_counts(void **state)
{
    (void)state;
    static char text[TB_DOCUMENT_BYTES_MAX];
    FILE *f = fopen(TB_SOURCE_DIR "/ops/campaigns/black-card.yaml", "r");
    assert_non_null(f);
    size_t size = fread(text, 1, sizeof text - 1, f);
    text[size] = '\0';
    assert_int_equal(fclose(f), 0);
    tb_campaign_loaded *shipped;
    char error[256];
    assert_ok(tb_campaign_load(tb_bytes_str(text), &shipped, error, sizeof error));
    const tb_campaign *before = tb_campaign_loaded_get(shipped);
    const tb_case_type *notice = tb_campaign_case_type(before, tb_bytes_str("notice"));
    unsigned adopted = 0;
    for (unsigned i = 0; i < notice->duty_count; i++) {
        if (!notice->duties[i].by_default) {
            continue;
        }
        tb_pool pool = {NULL, false};
        tb_bytes out;
        assert_ok(adopt(text, "notice", notice->duties[i].id, &pool, &out));
        tb_campaign_loaded *next;
        assert_ok(tb_campaign_load(out, &next, error, sizeof error));
        const tb_campaign *after = tb_campaign_loaded_get(next);
        const tb_duty_def *duty = &tb_campaign_case_type(after, tb_bytes_str("notice"))->duties[i];
        assert_int_equal(after->version, before->version + 1);
        assert_string_equal(duty->adopted.document_no, "专项办〔2015〕3号");
        assert_string_equal(duty->adopted.from, "2015-08-03");
        tb_campaign_loaded_free(next);
        tb_pool_free(&pool);
        adopted++;
    }
    assert_true(adopted > 10);
    tb_campaign_loaded_free(shipped);
}

static void every_cut_of_a_text_is_read_without_harm(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof written; size++) {
        char *cut = malloc(size + 1); /* its own block: what is read beyond it is caught */
        assert_non_null(cut);
        memcpy(cut, written, size);
        tb_adopt wish = {tb_bytes_str("notice"), tb_bytes_str("answer"), tb_bytes_str("1"),
                         tb_bytes_str("2015-08-03")};
        tb_pool pool = {NULL, false};
        tb_bytes out;
        tb_err err = tb_limit_adopt(tb_bytes_of((uint8_t *)cut, size), &wish, &pool, &out);
        assert_true(err == TB_OK || err == TB_ERR_CORRUPT || err == TB_ERR_NOT_FOUND);
        tb_pool_free(&pool);
        free(cut);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_version_and_the_duty_change_and_nothing_else),
    cmocka_unit_test(what_is_no_default_or_is_adopted_already_is_not_adopted),
    cmocka_unit_test(a_number_with_a_quote_is_not_written),
    cmocka_unit_test(every_default_of_the_shipped_plan_can_be_adopted_and_then_counts),
    cmocka_unit_test(every_cut_of_a_text_is_read_without_harm),
};

TB_RUN("agents/load_adopt", tests)
