#define _POSIX_C_SOURCE 200809L
#include "tests/keyfile/folder.h"

#include <errno.h>
#include <sys/stat.h>

#include "keyfile/keyfile.h"

typedef struct fixture {
    char folder[FOLDER_BYTES];
    char path[2 * FOLDER_BYTES];
    tb_random random;
    tb_keyfile keys;
    tb_problem problem;
} fixture;

static fixture the;

static int setup(void **state)
{
    tb_party party = {"bureau.33"};
    memset(&the, 0, sizeof(the));
    folder_make(the.folder);
    strcpy(the.path, folder_path(the.folder, "bureau.33.key"));
    *state = &the;
    return !tb_random_kernel(&the.random, &the.problem) ||
           !tb_keyfile_make(&party, &the.random, &the.keys, &the.problem) ||
           !tb_keyfile_write(&the.keys, the.path, &the.problem);
}

static int teardown(void **state)
{
    (void)state;
    tb_keyfile_wipe(&the.keys);
    folder_remove(the.folder);
    return 0;
}

static void refuses(fixture *f, const char *path, const char *because)
{
    tb_keyfile read = {.secrets = NULL};
    assert_false(tb_keyfile_read(path, &read, &f->problem));
    assert_null(read.secrets);
    assert_non_null(strstr(f->problem.en, because));
    assert_true(strlen(f->problem.zh) > 0);
}

static void what_is_written_is_read(void **state)
{
    fixture *f = *state;
    tb_keyfile read;
    assert_true(tb_keyfile_read(f->path, &read, &f->problem));
    assert_string_equal(read.party.text, "bureau.33");
    assert_false(read.is_authority);
    assert_memory_equal(read.secrets, f->keys.secrets, sizeof(*read.secrets));
    tb_key_id a = tb_keyfile_sign_id(&read);
    tb_key_id b = tb_key_id_of(TB_PURPOSE_SIGN, &f->keys.secrets->sign.public_key);
    assert_true(tb_key_id_equal(&a, &b));
    assert_true(tb_keyfile_looks_like(f->path));
    tb_keyfile_wipe(&read);
    assert_null(read.secrets);
    tb_keyfile_wipe(&read);
}

static void the_authority_has_one_key_of_its_own_purpose(void **state)
{
    fixture *f = *state;
    tb_party party = {TB_AUTHORITY_PARTY};
    tb_keyfile made;
    tb_keyfile read;
    const char *path = folder_path(f->folder, "authority.key");
    assert_true(tb_keyfile_make(&party, &f->random, &made, &f->problem));
    assert_true(tb_keyfile_write(&made, path, &f->problem));
    assert_true(tb_keyfile_read(path, &read, &f->problem));
    assert_true(read.is_authority);
    tb_key_id id = tb_keyfile_sign_id(&read);
    tb_key_id expected = tb_key_id_of(TB_PURPOSE_AUTHORITY, &made.secrets->sign.public_key);
    assert_true(tb_key_id_equal(&id, &expected));
    tb_keyfile_wipe(&made);
    tb_keyfile_wipe(&read);
}

static void the_file_is_for_its_owner_alone(void **state)
{
    fixture *f = *state;
    struct stat status;
    assert_int_equal(stat(f->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void a_file_is_never_overwritten(void **state)
{
    fixture *f = *state;
    assert_false(tb_keyfile_write(&f->keys, f->path, &f->problem));
    assert_non_null(strstr(f->problem.en, "exists and is not overwritten"));
}

static void a_file_others_can_read_is_refused_with_what_to_do(void **state)
{
    fixture *f = *state;
    static const mode_t modes[] = {0640, 0604, 0660, 0601};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(chmod(f->path, modes[i]), 0);
        refuses(f, f->path, "chmod 600");
    }
    assert_int_equal(chmod(f->path, 0400), 0);
    tb_keyfile read;
    assert_true(tb_keyfile_read(f->path, &read, &f->problem));
    tb_keyfile_wipe(&read);
}

static void what_is_no_key_file_is_refused(void **state)
{
    fixture *f = *state;
    const char *other = folder_path(f->folder, "other");
    refuses(f, other, "check the path");
    refuses(f, f->folder, "not a key file");
    folder_write(other, "", 0);
    assert_int_equal(chmod(other, 0600), 0);
    refuses(f, other, "not a key file");
    folder_write(other, "tongbao-key 2\nparty hq\n", 23);
    refuses(f, other, "not a key file");
    assert_false(tb_keyfile_looks_like(other));
    static const char large[5000];
    folder_write(other, large, sizeof(large));
    refuses(f, other, "not a key file");
}

/* Any byte changed anywhere is found, since each public key follows from its secret. */
static void a_damaged_file_is_refused(void **state)
{
    fixture *f = *state;
    char text[1024];
    const char *other = folder_path(f->folder, "other");
    strcpy(text, folder_read(f->path));
    size_t size = strlen(text);
    size_t keys = (size_t)(strstr(text, "sign ") - text);
    for (size_t i = keys; i < size; i += 7) {
        char kept = text[i];
        text[i] = kept == '0' ? '1' : '0';
        folder_write(other, text, size);
        assert_int_equal(chmod(other, 0600), 0);
        refuses(f, other, "damaged");
        text[i] = kept;
    }
    for (size_t cut = keys; cut < size; cut += 11) {
        folder_write(other, text, cut);
        refuses(f, other, "damaged");
    }
    strcat(text, "\n");
    folder_write(other, text, size + 1);
    refuses(f, other, "damaged");
}

static void a_request_holds_the_public_keys_and_no_secret(void **state)
{
    fixture *f = *state;
    static uint8_t block[16 * 1024];
    tb_arena arena;
    tb_bytes packed;
    tb_key_request request;
    tb_arena_init(&arena, block, sizeof(block));
    assert_true(tb_keyfile_request(&f->keys, 1000, &arena, &packed, &f->problem));
    assert_int_equal(tb_key_request_decode(packed, &arena, &request), TB_ACCEPTED);
    assert_string_equal(request.party.text, "bureau.33");
    assert_memory_equal(&request.seal, &f->keys.secrets->seal.public_key, 32);
    for (size_t i = 0; i + 32 <= packed.size; i++) {
        assert_memory_not_equal(packed.data + i, f->keys.secrets->sign.secret, 32);
        assert_memory_not_equal(packed.data + i, f->keys.secrets->seal.secret, 32);
        assert_memory_not_equal(packed.data + i, f->keys.secrets->transport.secret, 32);
    }
}

static void a_changed_request_is_refused(void **state)
{
    fixture *f = *state;
    static uint8_t block[16 * 1024];
    static uint8_t changed[TB_KEY_REQUEST_BYTES_MAX];
    tb_arena arena;
    tb_bytes packed;
    tb_key_request request;
    tb_arena_init(&arena, block, sizeof(block));
    assert_true(tb_keyfile_request(&f->keys, 1000, &arena, &packed, &f->problem));
    size_t mark = tb_arena_mark(&arena);
    for (size_t i = 0; i < packed.size; i++) {
        memcpy(changed, packed.data, packed.size);
        changed[i] ^= 1;
        tb_bytes in = tb_bytes_of(changed, packed.size);
        assert_int_not_equal(tb_key_request_decode(in, &arena, &request), TB_ACCEPTED);
        in = tb_bytes_of(packed.data, i);
        assert_int_not_equal(tb_key_request_decode(in, &arena, &request), TB_ACCEPTED);
        tb_arena_release(&arena, mark);
    }
}

static void the_authority_makes_no_request(void **state)
{
    fixture *f = *state;
    static uint8_t block[1024];
    tb_party party = {TB_AUTHORITY_PARTY};
    tb_keyfile made;
    tb_arena arena;
    tb_bytes packed;
    tb_arena_init(&arena, block, sizeof(block));
    assert_true(tb_keyfile_make(&party, &f->random, &made, &f->problem));
    assert_false(tb_keyfile_request(&made, 0, &arena, &packed, &f->problem));
    tb_keyfile_wipe(&made);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(what_is_written_is_read),
    TEST(the_authority_has_one_key_of_its_own_purpose),
    TEST(the_file_is_for_its_owner_alone),
    TEST(a_file_is_never_overwritten),
    TEST(a_file_others_can_read_is_refused_with_what_to_do),
    TEST(what_is_no_key_file_is_refused),
    TEST(a_damaged_file_is_refused),
    TEST(a_request_holds_the_public_keys_and_no_secret),
    TEST(a_changed_request_is_refused),
    TEST(the_authority_makes_no_request),
};

TB_RUN("keyfile/keyfile", tests)
