/* The commands of the authority's machine, as a person gives them. */
#include "tests/keyfile/folder.h"

#include <sys/stat.h>

#include "agents/cli/cli.h"
#include "keyfile/authority.h"

#define WORDS_MAX 32

typedef struct fixture {
    char folder[FOLDER_BYTES];
    char authority_key[2 * FOLDER_BYTES];
    char hub_key[2 * FOLDER_BYTES];
    char bureau_key[2 * FOLDER_BYTES];
    char request[2 * FOLDER_BYTES];
    char directory[2 * FOLDER_BYTES];
    tb_authority authority;
} fixture;

static fixture the;

/* Runs one noun with these words; the last is NULL. */
static int run(tb_cli_noun *noun, ...)
{
    char *argv[WORDS_MAX + 1];
    int argc = 0;
    va_list words;
    va_start(words, noun);
    for (char *word = va_arg(words, char *); word != NULL; word = va_arg(words, char *)) {
        assert_true(argc < WORDS_MAX);
        argv[argc++] = word;
    }
    va_end(words);
    argv[argc] = NULL;
    return noun(argc, argv);
}

static int make_key(const char *party, const char *path)
{
    return run(tb_cli_key, "key", "make", "--party", party, "--out", path, NULL);
}

static int setup(void **state)
{
    memset(&the, 0, sizeof(the));
    folder_make(the.folder);
    strcpy(the.authority_key, folder_path(the.folder, "authority.key"));
    strcpy(the.hub_key, folder_path(the.folder, "hub.key"));
    strcpy(the.bureau_key, folder_path(the.folder, "bureau.33.key"));
    strcpy(the.request, folder_path(the.folder, "bureau.33.key.request"));
    strcpy(the.directory, folder_path(the.folder, "directory"));
    *state = &the;
    return make_key("authority", the.authority_key) != TB_EXIT_DONE ||
           make_key("hub", the.hub_key) != TB_EXIT_DONE ||
           make_key("bureau.33", the.bureau_key) != TB_EXIT_DONE ||
           run(tb_cli_key, "key", "request", "--key", the.bureau_key, NULL) != TB_EXIT_DONE ||
           run(tb_cli_directory, "directory", "init", "--authority", the.authority_key, "--hub-key",
               the.hub_key, "--out", the.directory, NULL) != TB_EXIT_DONE;
}

static int teardown(void **state)
{
    (void)state;
    tb_authority_close(&the.authority);
    folder_remove(the.folder);
    return 0;
}

static const tb_directory *newest(fixture *f)
{
    tb_problem problem;
    tb_authority_close(&f->authority);
    assert_true(tb_authority_open(f->directory, &f->authority, &problem));
    return &f->authority.directory;
}

static int enrol_bureau(fixture *f)
{
    return run(tb_cli_directory, "directory", "enrol", "--dir", f->directory, "--authority",
               f->authority_key, "--request", f->request, "--role", "bureau", "--jurisdiction=33",
               "--name-zh", "浙江省通信管理局", "--name-en",
               "Zhejiang Communications Administration", "--attribute", "phone=0571",
               "--attribute=operator=CT", NULL);
}

static int batch(fixture *f, const char *text)
{
    const char *path = folder_path(f->folder, "batch.csv");
    folder_write(path, text, strlen(text));
    return run(tb_cli_directory, "directory", "enrol", "--dir", f->directory, "--authority",
               f->authority_key, "--batch", path, NULL);
}

static void one_party_is_enrolled_from_its_request(void **state)
{
    fixture *f = *state;
    assert_int_equal(enrol_bureau(f), TB_EXIT_DONE);
    const tb_directory *d = newest(f);
    assert_int_equal(d->version, 2);
    assert_int_equal(d->party_count, 1);
    assert_int_equal(d->parties[0].key_count, 3);
    assert_int_equal(d->parties[0].attribute_count, 2);
    assert_true(
        tb_bytes_equal(tb_directory_attribute(&d->parties[0], "operator"), tb_bytes_str("CT")));
}

static void a_batch_makes_one_new_version(void **state)
{
    fixture *f = *state;
    assert_int_equal(batch(f,
                           "\xEF\xBB\xBFparty,role,jurisdiction,parent,name_zh,name_en,attributes,"
                           "request,state\r\n"
                           "hq,headquarters,,,总部,HQ,,,off_line\r\n"
                           "bureau.33,bureau,33,hq,\"浙江,局\",Zhejiang,operator=CT;x=1,"
                           "bureau.33.key.request,\r\n"),
                     TB_EXIT_DONE);
    const tb_directory *d = newest(f);
    assert_int_equal(d->version, 2);
    assert_int_equal(d->party_count, 2);
    assert_int_equal(d->parties[0].state, TB_PARTY_ACTIVE);
    assert_string_equal(d->parties[0].parent.text, "hq");
    assert_true(tb_bytes_equal(d->parties[0].name_zh, tb_bytes_str("浙江,局")));
    assert_int_equal(d->parties[0].attribute_count, 2);
    assert_int_equal(d->parties[1].state, TB_PARTY_OFF_LINE);
}

static void a_wrong_batch_changes_nothing(void **state)
{
    fixture *f = *state;
    static const char *const texts[] = {
        "",
        "party,role\n",
        "role,name_zh\nbureau,x\n",
        "party,role,name_zh,name_en,state\nHQ,headquarters,a,b,off_line\n",
        "party,role,name_zh,name_en,state\nhq,headquarters,a,b,away\n",
        "party,role,name_zh,name_en,state\nhq,headquarters,a,b\n",
        "party,role,name_zh,name_en,state\nhq,headquarters,\"a,b,off_line\n",
        "party,role,name_zh,name_en,attributes\nhq,headquarters,a,b,operator\n",
        "party,role,name_zh,name_en,request\nhq,headquarters,a,b,nowhere.request\n",
        "party,role,name_zh,name_en,request\nhq,headquarters,a,b,bureau.33.key.request\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(batch(f, texts[i]), TB_EXIT_REFUSED);
    }
    assert_int_equal(newest(f)->version, 1);
}

static void a_party_is_revoked_with_all_its_keys(void **state)
{
    fixture *f = *state;
    assert_int_equal(enrol_bureau(f), TB_EXIT_DONE);
    assert_int_equal(run(tb_cli_directory, "directory", "revoke", "bureau.33", "--key", "all",
                         "--reason", "stolen", "--dir", f->directory, "--authority",
                         f->authority_key, NULL),
                     TB_EXIT_DONE);
    const tb_directory *d = newest(f);
    assert_int_equal(d->version, 3);
    assert_int_equal(d->cut_count, 3);
    assert_int_equal(d->cuts[0].reason, TB_CUT_STOLEN);
}

static void what_is_published_is_the_newest_version(void **state)
{
    fixture *f = *state;
    const char *out = folder_path(f->folder, "published.doc");
    assert_int_equal(enrol_bureau(f), TB_EXIT_DONE);
    assert_int_equal(
        run(tb_cli_directory, "directory", "publish", "--dir", f->directory, "--out", out, NULL),
        TB_EXIT_DONE);
    struct stat published;
    struct stat kept;
    assert_int_equal(stat(out, &published), 0);
    assert_int_equal(stat(folder_path(f->directory, "directory.2.doc"), &kept), 0);
    assert_int_equal(published.st_size, kept.st_size);
    assert_int_equal(
        run(tb_cli_directory, "directory", "publish", "--dir", f->directory, "--out", out, NULL),
        TB_EXIT_REFUSED);
}

static int sign_relay(fixture *f, const char *content, const char *out)
{
    return run(tb_cli_document_sign, "sign", "--authority", f->authority_key, "--dir", f->directory,
               "--kind", "campaign", "--name", "relay", "--version", "1", "--out", out, content,
               NULL);
}

static void a_campaign_is_signed_and_what_is_none_is_not(void **state)
{
    fixture *f = *state;
    const char *faulty = folder_path(f->folder, "faulty.yaml");
    const char *out = folder_path(f->folder, "relay.doc");
    struct stat status;
    folder_write(faulty, "title: x\n", 9);
    assert_int_equal(sign_relay(f, faulty, out), TB_EXIT_REFUSED);
    assert_int_not_equal(stat(out, &status), 0);
    assert_int_equal(sign_relay(f, TB_SOURCE_DIR "/ops/campaigns/relay.yaml", out), TB_EXIT_DONE);
    assert_int_equal(stat(out, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
}

static void what_is_not_understood_is_a_usage_error(void **state)
{
    fixture *f = *state;
    assert_int_equal(run(tb_cli_key, "key", NULL), TB_EXIT_USAGE);
    assert_int_equal(run(tb_cli_key, "key", "lose", NULL), TB_EXIT_USAGE);
    assert_int_equal(make_key("Bureau 33", "x.key"), TB_EXIT_USAGE);
    assert_int_equal(run(tb_cli_directory, "directory", NULL), TB_EXIT_USAGE);
    assert_int_equal(run(tb_cli_directory, "directory", "show", "--dir", f->directory, NULL),
                     TB_EXIT_USAGE);
    assert_int_equal(run(tb_cli_key, "key", "--help", NULL), TB_EXIT_DONE);
    assert_int_equal(run(tb_cli_directory, "directory", "--help", NULL), TB_EXIT_DONE);
}

static void what_cannot_be_is_refused(void **state)
{
    fixture *f = *state;
    assert_int_equal(make_key("bureau.33", f->bureau_key), TB_EXIT_REFUSED);
    assert_int_equal(run(tb_cli_key, "key", "request", "--key", f->authority_key, NULL),
                     TB_EXIT_REFUSED);
    assert_int_equal(
        run(tb_cli_directory, "directory", "show", "--dir", f->directory, "bureau.11", NULL),
        TB_EXIT_REFUSED);
    assert_int_equal(run(tb_cli_directory, "directory", "list", "--dir", f->folder, NULL),
                     TB_EXIT_REFUSED);
    assert_int_equal(run(tb_cli_key, "key", "show", f->folder, NULL), TB_EXIT_REFUSED);
}

static void lists_and_keys_are_shown_in_both_forms(void **state)
{
    fixture *f = *state;
    assert_int_equal(enrol_bureau(f), TB_EXIT_DONE);
    static const char *const forms[] = {"--json", "--lang=en"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            run(tb_cli_directory, "directory", "list", "--dir", f->directory, forms[i], NULL),
            TB_EXIT_DONE);
        assert_int_equal(run(tb_cli_directory, "directory", "show", "bureau.33", "--dir",
                             f->directory, forms[i], NULL),
                         TB_EXIT_DONE);
        assert_int_equal(run(tb_cli_key, "key", "show", f->bureau_key, forms[i], NULL),
                         TB_EXIT_DONE);
        assert_int_equal(run(tb_cli_key, "key", "show", f->request, forms[i], NULL), TB_EXIT_DONE);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(one_party_is_enrolled_from_its_request),
    TEST(a_batch_makes_one_new_version),
    TEST(a_wrong_batch_changes_nothing),
    TEST(a_party_is_revoked_with_all_its_keys),
    TEST(what_is_published_is_the_newest_version),
    TEST(a_campaign_is_signed_and_what_is_none_is_not),
    TEST(what_is_not_understood_is_a_usage_error),
    TEST(what_cannot_be_is_refused),
    TEST(lists_and_keys_are_shown_in_both_forms),
};

TB_RUN("keyfile/commands", tests)
