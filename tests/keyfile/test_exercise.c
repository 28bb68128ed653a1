#include "tests/keyfile/folder.h"

#include <stdio.h>
#include <unistd.h>

#include "keyfile/exercise.h"

typedef struct fixture {
    char folder[FOLDER_BYTES];
    tb_authority authority;
    tb_problem problem;
} fixture;

static fixture the;

#define TABLE TB_SOURCE_DIR "/ops/tables/provinces.csv"
#define NOW   1423453140000

static int setup(void **state)
{
    memset(&the, 0, sizeof(the));
    folder_make(the.folder);
    *state = &the;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tb_authority_close(&the.authority);
    folder_remove(the.folder);
    return 0;
}

static const tb_directory *made(fixture *f, size_t provinces)
{
    size_t parties = 0;
    if (!tb_exercise_make(f->folder, TABLE, provinces, NOW, &parties, &f->problem) ||
        !tb_authority_open(folder_path(f->folder, "directory"), &f->authority, &f->problem)) {
        fail_msg("%s", f->problem.en);
    }
    assert_int_equal(parties, f->authority.directory.party_count);
    return &f->authority.directory;
}

static void named(const tb_directory *directory, const char *id, const char *zh, const char *en)
{
    tb_party party = {{0}};
    snprintf(party.text, sizeof(party.text), "%s", id);
    const tb_directory_party *found = tb_directory_find(directory, &party);
    assert_non_null(found);
    assert_true(tb_bytes_equal(found->name_zh, tb_bytes_str(zh)));
    assert_true(tb_bytes_equal(found->name_en, tb_bytes_str(en)));
}

static void everybody_takes_part_under_the_right_name(void **state)
{
    const tb_directory *d = made(*state, 31);
    assert_int_equal(d->version, 2);
    assert_true(d->exercise);
    assert_true(d->has_spare);
    assert_int_equal(d->party_count, 1 + 31 * 6 + 3 + 3);
    named(d, "hq", "电话黑卡治理专项行动办公室", "Phone Black Card Campaign Office");
    named(d, "bureau.33", "浙江省通信管理局", "Zhejiang Communications Administration");
    named(d, "police.33", "浙江省公安厅", "Zhejiang Provincial Public Security Department");
    named(d, "police.11", "北京市公安局", "Beijing Municipal Public Security Bureau");
    named(d, "police.15", "内蒙古自治区公安厅",
          "Inner Mongolia Autonomous Region Public Security Department");
    named(d, "ct.33", "中国电信浙江公司", "China Telecom Zhejiang");
    named(d, "cm.45", "中国移动广西公司", "China Mobile Guangxi");
    named(d, "cu.65", "中国联通新疆公司", "China Unicom Xinjiang");
    named(d, "ct.64", "中国电信宁夏公司", "China Telecom Ningxia");
    named(d, "cu.11", "中国联通北京公司", "China Unicom Beijing");
    named(d, "market.33", "浙江省工商行政管理局",
          "Zhejiang Administration for Industry and Commerce");
    named(d, "resale.2", "示例转售乙", "Example Resale B");
}

static void operators_say_whose_they_are(void **state)
{
    const tb_directory *d = made(*state, 1);
    tb_party ids[] = {{"cu.11"}, {"group.cu"}};
    for (size_t i = 0; i < 2; i++) {
        const tb_directory_party *party = tb_directory_find(d, &ids[i]);
        assert_non_null(party);
        assert_true(tb_bytes_equal(tb_directory_attribute(party, "operator"), tb_bytes_str("CU")));
    }
    assert_string_equal(tb_directory_find(d, &ids[0])->parent.text, "group.cu");
}

static void only_the_first_provinces_by_code_are_there(void **state)
{
    const tb_directory *d = made(*state, 2);
    tb_party last = {"bureau.12"};
    tb_party absent = {"bureau.13"};
    assert_int_equal(d->party_count, 1 + 2 * 6 + 3 + 3);
    assert_non_null(tb_directory_find(d, &last));
    assert_null(tb_directory_find(d, &absent));
}

static void the_keys_written_are_those_enrolled(void **state)
{
    fixture *f = *state;
    const tb_directory *d = made(f, 1);
    for (size_t i = 0; i < d->party_count; i++) {
        char name[64];
        tb_keyfile keys;
        snprintf(name, sizeof(name), "keys/%s.key", d->parties[i].id.text);
        assert_true(tb_keyfile_read(folder_path(f->folder, name), &keys, &f->problem));
        tb_key_id seal = tb_keyfile_seal_id(&keys);
        assert_true(tb_party_equal(&keys.party, &d->parties[i].id));
        assert_non_null(tb_directory_key_of(&d->parties[i], &seal));
        tb_keyfile_wipe(&keys);
    }
    tb_keyfile hub;
    assert_true(tb_keyfile_read(folder_path(f->folder, "keys/hub.key"), &hub, &f->problem));
    assert_memory_equal(&hub.secrets->sign.public_key, &d->hub_keys.sign.key, 32);
    tb_keyfile_wipe(&hub);
}

static void a_set_up_is_not_made_over_another(void **state)
{
    fixture *f = *state;
    size_t parties = 0;
    made(f, 1);
    assert_false(tb_exercise_make(f->folder, TABLE, 1, NOW, &parties, &f->problem));
    assert_non_null(strstr(f->problem.en, "exists and is not overwritten"));
}

static void what_is_no_table_of_provinces_is_refused(void **state)
{
    fixture *f = *state;
    size_t parties = 0;
    const char *path = folder_path(f->folder, "table.csv");
    static const char *const texts[] = {"", "code2,name_zh\n33,x\n",
                                        "code2,name_zh,name_en,bureau_zh\n3,a,b,c\n",
                                        "code2,name_zh,name_en,bureau_zh\n33,a,b\n"};
    for (size_t i = 0; i < 4; i++) {
        folder_write(path, texts[i], strlen(texts[i]));
        assert_false(tb_exercise_make(f->folder, path, 1, NOW, &parties, &f->problem));
        assert_non_null(strstr(f->problem.en, "not a table of provinces"));
    }
}

static void a_province_named_twice_is_told_before_anything_is_made(void **state)
{
    static const char text[] = "code2,name_zh,name_en,bureau_zh\n33,a,b,c\n11,a,b,c\n33,d,e,f\n";
    fixture *f = *state;
    size_t parties = 0;
    const char *path = folder_path(f->folder, "table.csv");
    folder_write(path, text, strlen(text));
    assert_false(tb_exercise_make(f->folder, path, 1, NOW, &parties, &f->problem));
    assert_non_null(strstr(f->problem.en, "two rows with code2 33"));
    assert_non_null(strstr(f->problem.zh, "33"));
    assert_int_not_equal(access(folder_path(f->folder, "keys/hub.key"), F_OK), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(everybody_takes_part_under_the_right_name),
    TEST(operators_say_whose_they_are),
    TEST(only_the_first_provinces_by_code_are_there),
    TEST(the_keys_written_are_those_enrolled),
    TEST(a_set_up_is_not_made_over_another),
    TEST(what_is_no_table_of_provinces_is_refused),
    TEST(a_province_named_twice_is_told_before_anything_is_made),
};

TB_RUN("keyfile/exercise", tests)
