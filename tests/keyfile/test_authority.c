#include "tests/keyfile/folder.h"

#include <stdio.h>
#include <stdlib.h>

#include "keyfile/authority.h"

#define NOW 1423453140000

typedef struct fixture {
    char folder[FOLDER_BYTES];
    char directory[2 * FOLDER_BYTES];
    uint8_t *block;
    tb_arena arena;
    tb_random random;
    tb_keyfile keys;
    tb_authority authority;
    tb_problem problem;
} fixture;

static fixture the;

static tb_keyfile keys_of(const char *party)
{
    tb_party id = {{0}};
    tb_keyfile keys;
    snprintf(id.text, sizeof(id.text), "%s", party);
    assert_true(tb_keyfile_make(&id, &the.random, &keys, &the.problem));
    return keys;
}

static tb_key_request request_of(const char *party)
{
    tb_keyfile keys = keys_of(party);
    tb_key_request request = {.party = keys.party,
                              .sign = keys.secrets->sign.public_key,
                              .seal = keys.secrets->seal.public_key,
                              .transport = keys.secrets->transport.public_key};
    tb_keyfile_wipe(&keys);
    return request;
}

static tb_enrolment row_of(const char *party)
{
    tb_key_request request = request_of(party);
    return (tb_enrolment){.id = request.party,
                          .role = tb_bytes_str("bureau"),
                          .jurisdiction = tb_bytes_str("33"),
                          .name_zh = tb_bytes_str("浙江省通信管理局"),
                          .name_en = tb_bytes_str("Zhejiang Communications Administration"),
                          .state = TB_PARTY_ACTIVE,
                          .has_request = true,
                          .request = request};
}

static int setup(void **state)
{
    memset(&the, 0, sizeof(the));
    folder_make(the.folder);
    strcpy(the.directory, folder_path(the.folder, "directory"));
    the.block = malloc(4 * 1024 * 1024);
    tb_arena_init(&the.arena, the.block, 4 * 1024 * 1024);
    if (!tb_random_kernel(&the.random, &the.problem)) {
        return 1;
    }
    tb_key_request hub = request_of("hub");
    tb_hub_plan plan = {.exercise = true,
                        .title_zh = tb_bytes_str("演练"),
                        .title_en = tb_bytes_str("Exercise"),
                        .sign = hub.sign,
                        .transport = hub.transport};
    the.keys = keys_of(TB_AUTHORITY_PARTY);
    *state = &the;
    return !tb_authority_init(the.directory, &plan, &the.keys, NOW, &the.arena, &the.problem) ||
           !tb_authority_open(the.directory, &the.authority, &the.problem);
}

static int teardown(void **state)
{
    (void)state;
    tb_authority_close(&the.authority);
    tb_keyfile_wipe(&the.keys);
    free(the.block);
    folder_remove(the.folder);
    return 0;
}

static void says(const fixture *f, const char *text)
{
    if (strstr(f->problem.en, text) == NULL) {
        fail_msg("expected \"%s\", was told: %s", text, f->problem.en);
    }
    assert_true(strlen(f->problem.zh) > 0);
}

/* Enrols and publishes; the next version is then the newest. */
static bool enrol(fixture *f, tb_enrolment *list, size_t count)
{
    tb_directory next = tb_authority_next(&f->authority, NOW + 1000);
    return tb_authority_enrol(&next, list, count, &f->arena, &f->problem) &&
           tb_authority_publish(&f->authority, &next, &f->keys, &f->arena, &f->problem);
}

static void the_first_version_makes_the_hub_id(void **state)
{
    fixture *f = *state;
    const tb_directory *d = &f->authority.directory;
    assert_int_equal(d->version, 1);
    assert_true(d->exercise);
    assert_int_equal(d->party_count, 0);
    assert_true(tb_digest_equal(&d->hub, &d->digest));
    tb_digest digest = tb_document_digest(&f->authority.document);
    assert_true(tb_digest_equal(&digest, &d->hub));
}

static void a_folder_has_one_first_version(void **state)
{
    fixture *f = *state;
    tb_hub_plan plan = {.sign = {{1}}, .transport = {{2}}};
    plan.title_zh = tb_bytes_str("二");
    plan.title_en = tb_bytes_str("two");
    assert_false(tb_authority_init(f->directory, &plan, &f->keys, NOW, &f->arena, &f->problem));
    says(f, "exists and is not overwritten");
}

static void enrolled_parties_stand_in_the_next_version_in_order(void **state)
{
    fixture *f = *state;
    tb_enrolment list[] = {row_of("bureau.44"), row_of("bureau.11"), row_of("bureau.33")};
    assert_true(enrol(f, list, 3));
    tb_authority again;
    assert_true(tb_authority_open(f->directory, &again, &f->problem));
    assert_int_equal(again.directory.version, 2);
    assert_int_equal(again.directory.party_count, 3);
    assert_string_equal(again.directory.parties[0].id.text, "bureau.11");
    assert_string_equal(again.directory.parties[2].id.text, "bureau.44");
    assert_true(tb_digest_equal(&again.directory.hub, &f->authority.directory.hub));
    tb_authority_close(&again);
}

static void what_a_later_row_leaves_empty_stays(void **state)
{
    fixture *f = *state;
    tb_attribute attributes[] = {{tb_bytes_str("operator"), tb_bytes_str("CT")},
                                 {tb_bytes_str("host"), tb_bytes_str("CU")}};
    tb_enrolment row = row_of("bureau.33");
    row.attributes = attributes;
    row.attribute_count = 2;
    assert_true(enrol(f, &row, 1));
    tb_enrolment change = {
        .id = row.id, .name_en = tb_bytes_str("Zhejiang CA"), .state = TB_PARTY_OFF_LINE};
    assert_true(enrol(f, &change, 1));
    const tb_directory_party *party = tb_directory_find(&f->authority.directory, &row.id);
    assert_non_null(party);
    assert_int_equal(party->state, TB_PARTY_OFF_LINE);
    assert_true(tb_bytes_equal(party->name_en, tb_bytes_str("Zhejiang CA")));
    assert_true(tb_bytes_equal(party->role, tb_bytes_str("bureau")));
    assert_true(tb_bytes_equal(tb_directory_attribute(party, "operator"), tb_bytes_str("CT")));
    assert_int_equal(party->key_count, 3);
}

static void new_keys_keep_the_earlier_signing_key_alone(void **state)
{
    fixture *f = *state;
    tb_enrolment first = row_of("bureau.33");
    tb_enrolment second = row_of("bureau.33");
    assert_true(enrol(f, &first, 1));
    assert_true(enrol(f, &second, 1));
    const tb_directory_party *party = tb_directory_find(&f->authority.directory, &first.id);
    assert_int_equal(party->key_count, 4);
    tb_key_id old_sign = tb_key_id_of(TB_PURPOSE_SIGN, &first.request.sign);
    tb_key_id old_seal = tb_key_id_of(TB_PURPOSE_SEAL, &first.request.seal);
    assert_non_null(tb_directory_key_of(party, &old_sign));
    assert_null(tb_directory_key_of(party, &old_seal));
    const tb_directory_key *now = tb_directory_current(party, TB_PURPOSE_SIGN);
    assert_memory_equal(&now->key, &second.request.sign, 32);
}

static void wrong_rows_are_refused_and_nothing_is_written(void **state)
{
    fixture *f = *state;
    tb_enrolment list[2] = {row_of("bureau.33"), row_of("bureau.33")};
    assert_false(enrol(f, list, 2));
    says(f, "twice");

    list[0] = row_of("bureau.33");
    list[0].request = request_of("bureau.44");
    assert_false(enrol(f, list, 1));
    says(f, "not of bureau.33");

    list[0] = row_of("hub");
    assert_false(enrol(f, list, 1));
    says(f, "reserved");

    list[0] = row_of("bureau.33");
    list[0].has_request = false;
    assert_false(enrol(f, list, 1));
    says(f, "no keys");

    list[0] = row_of("bureau.33");
    list[0].role = tb_bytes_str("");
    assert_false(enrol(f, list, 1));
    says(f, "needs a role");

    list[0] = row_of("bureau.33");
    list[0].role = tb_bytes_str("Bureau of");
    assert_false(enrol(f, list, 1));
    says(f, "the role");

    list[0] = row_of("bureau.33");
    list[0].parent = (tb_party){"hq"};
    assert_false(enrol(f, list, 1));
    says(f, "no other party hq");

    list[0] = row_of("bureau.33");
    list[1] = row_of("bureau.44");
    list[1].request.transport = list[0].request.transport;
    assert_false(enrol(f, list, 2));
    says(f, "is already that of");
    assert_int_equal(f->authority.directory.version, 1);
}

static void only_the_named_authority_publishes(void **state)
{
    fixture *f = *state;
    tb_keyfile other = keys_of(TB_AUTHORITY_PARTY);
    tb_keyfile party = keys_of("bureau.33");
    tb_directory next = tb_authority_next(&f->authority, NOW);
    assert_false(tb_authority_publish(&f->authority, &next, &other, &f->arena, &f->problem));
    says(f, "not the one that directory version 1 names");
    assert_false(tb_authority_publish(&f->authority, &next, &party, &f->arena, &f->problem));
    says(f, "not the authority's");
    tb_keyfile_wipe(&other);
    tb_keyfile_wipe(&party);
}

static void a_cut_key_stays_cut(void **state)
{
    fixture *f = *state;
    tb_enrolment row = row_of("bureau.33");
    assert_true(enrol(f, &row, 1));
    tb_cut cut = {.party = row.id,
                  .key = tb_key_id_of(TB_PURPOSE_TRANSPORT, &row.request.transport),
                  .at = NOW,
                  .reason = TB_CUT_STOLEN};
    tb_directory next = tb_authority_next(&f->authority, NOW + 2000);
    assert_true(tb_authority_revoke(&next, &cut, &f->arena, &f->problem));
    assert_true(tb_authority_publish(&f->authority, &next, &f->keys, &f->arena, &f->problem));
    assert_null(tb_directory_speaker(&f->authority.directory, &row.request.transport));

    next = tb_authority_next(&f->authority, NOW + 3000);
    assert_false(tb_authority_revoke(&next, &cut, &f->arena, &f->problem));
    assert_false(enrol(f, &row, 1));
    says(f, "revoked");
    tb_enrolment fresh = row_of("bureau.33");
    assert_true(enrol(f, &fresh, 1));
    assert_non_null(tb_directory_speaker(&f->authority.directory, &fresh.request.transport));
}

static void a_rotation_cuts_all_and_enrols_the_new_in_one_version(void **state)
{
    fixture *f = *state;
    tb_enrolment row = row_of("bureau.33");
    assert_true(enrol(f, &row, 1));
    tb_key_request fresh = request_of("bureau.33");
    tb_cut_mark mark = {{1, {1}}, {"bureau.44"}, TB_LANE_NORMAL, 7, {{1}}};
    tb_cut cut = {.party = row.id,
                  .at = NOW + 2000,
                  .reason = TB_CUT_ROTATION,
                  .marks = &mark,
                  .mark_count = 1};
    uint32_t version = f->authority.directory.version;
    tb_directory next = tb_authority_next(&f->authority, NOW + 2000);
    assert_true(tb_authority_rotate(&next, &cut, &fresh, NOW + 9000, &f->arena, &f->problem));
    assert_true(tb_authority_publish(&f->authority, &next, &f->keys, &f->arena, &f->problem));
    const tb_directory *d = &f->authority.directory;
    assert_int_equal(d->version, version + 1);
    assert_int_equal(d->cut_count, 3);
    assert_null(tb_directory_speaker(d, &row.request.transport));
    assert_non_null(tb_directory_speaker(d, &fresh.transport));
    tb_key_id old = tb_key_id_of(TB_PURPOSE_SIGN, &row.request.sign);
    tb_incarnation run = {1, {1}};
    tb_party to = {"bureau.44"};
    assert_int_equal(tb_directory_good_until(d, &row.id, &old, &run, &to, TB_LANE_NORMAL), 7);
    const tb_directory_party *party = tb_directory_find(d, &row.id);
    assert_int_equal(tb_directory_current(party, TB_PURPOSE_SEAL)->not_after, NOW + 9000);
    /* The old keys do not come back, nor a party's that is not there. */
    next = tb_authority_next(&f->authority, NOW + 3000);
    assert_false(tb_authority_rotate(&next, &cut, &row.request, 0, &f->arena, &f->problem));
    says(f, "revoked");
    cut.party = (tb_party){"nobody"};
    assert_false(tb_authority_rotate(&next, &cut, &fresh, 0, &f->arena, &f->problem));
    /* Nor does an end that is past. */
    cut.party = row.id;
    fresh = request_of("bureau.33");
    next = tb_authority_next(&f->authority, NOW + 3000);
    assert_false(tb_authority_rotate(&next, &cut, &fresh, NOW, &f->arena, &f->problem));
    says(f, "past");
}

static void the_spare_takes_over_from_the_hubs_keys(void **state)
{
    fixture *f = *state;
    tb_directory next = tb_authority_next(&f->authority, NOW + 1000);
    assert_false(
        tb_authority_use_spare(&next, TB_CUT_LOST, NOW + 500, NULL, &f->arena, &f->problem));
    says(f, "no spare");
    tb_key_request request = request_of("hub");
    tb_key_id first = f->authority.directory.hub_keys.sign.id;
    next.has_spare = true;
    next.spare.sign = (tb_directory_key){.purpose = TB_PURPOSE_SIGN, .key = request.sign};
    next.spare.transport =
        (tb_directory_key){.purpose = TB_PURPOSE_TRANSPORT, .key = request.transport};
    assert_true(
        tb_authority_use_spare(&next, TB_CUT_LOST, NOW + 500, NULL, &f->arena, &f->problem));
    assert_true(tb_authority_publish(&f->authority, &next, &f->keys, &f->arena, &f->problem));
    const tb_directory *d = &f->authority.directory;
    assert_false(d->has_spare);
    assert_memory_equal(&d->hub_keys.sign.key, &request.sign, sizeof request.sign);
    assert_null(tb_directory_hub_key(d, &first));
    assert_non_null(tb_directory_hub_key_at(d, &first, NOW + 500));
    assert_null(tb_directory_hub_key_at(d, &first, NOW + 501));
    assert_non_null(tb_directory_hub_key_at(d, &d->hub_keys.sign.id, NOW + 501));
}

static void a_key_or_party_that_is_not_there_cannot_be_cut(void **state)
{
    fixture *f = *state;
    tb_enrolment row = row_of("bureau.33");
    assert_true(enrol(f, &row, 1));
    tb_directory next = tb_authority_next(&f->authority, NOW);
    tb_cut cut = {.party = {"bureau.44"}, .at = NOW, .reason = TB_CUT_LOST};
    assert_false(tb_authority_revoke(&next, &cut, &f->arena, &f->problem));
    says(f, "no such party");
    cut.party = row.id;
    assert_false(tb_authority_revoke(&next, &cut, &f->arena, &f->problem));
    says(f, "no such key");
}

static void a_changed_or_missing_version_stops_the_opening(void **state)
{
    fixture *f = *state;
    tb_enrolment row = row_of("bureau.33");
    assert_true(enrol(f, &row, 1));
    const char *path = folder_path(f->directory, "directory.2.doc");
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, 200, SEEK_SET);
    fputc('x', file);
    fclose(file);
    tb_authority again;
    assert_false(tb_authority_open(f->directory, &again, &f->problem));
    says(f, "directory.2.doc");
    assert_int_equal(remove(folder_path(f->directory, "directory.1.doc")), 0);
    assert_false(tb_authority_open(f->directory, &again, &f->problem));
    says(f, "holds no directory");
}

static void a_campaign_is_signed_for_this_hub(void **state)
{
    fixture *f = *state;
    tb_document document = {.kind = TB_DOCUMENT_CAMPAIGN,
                            .name = tb_bytes_str("black-card"),
                            .version = 1,
                            .content = tb_bytes_str("title: x")};
    tb_bytes encoded;
    tb_document back;
    assert_true(
        tb_authority_sign(&f->authority, &f->keys, &document, &f->arena, &encoded, &f->problem));
    assert_int_equal(tb_document_decode(encoded, &f->arena, &back), TB_ACCEPTED);
    assert_int_equal(tb_directory_accept_document(&f->authority.directory, &back), TB_ACCEPTED);
    document.kind = TB_DOCUMENT_DIRECTORY;
    assert_false(
        tb_authority_sign(&f->authority, &f->keys, &document, &f->arena, &encoded, &f->problem));
}

static bool publish(fixture *f, tb_directory *next)
{
    return tb_authority_publish(&f->authority, next, &f->keys, &f->arena, &f->problem);
}

static tb_document signed_campaign(fixture *f, uint32_t version, const char *content)
{
    tb_document document = {.kind = TB_DOCUMENT_CAMPAIGN,
                            .name = tb_bytes_str("black-card"),
                            .version = version,
                            .content = tb_bytes_str(content)};
    tb_bytes encoded;
    assert_true(
        tb_authority_sign(&f->authority, &f->keys, &document, &f->arena, &encoded, &f->problem));
    return document;
}

static bool uphold(fixture *f, const tb_document *list, size_t count)
{
    tb_directory next = tb_authority_next(&f->authority, NOW + 1000);
    return tb_authority_uphold(&f->authority, &next, list, count, &f->arena, &f->problem) &&
           publish(f, &next);
}

static void a_replaced_authority_leaves_what_was_upheld_and_signs_no_more(void **state)
{
    fixture *f = *state;
    tb_document kept[2] = {signed_campaign(f, 2, "title: two"), signed_campaign(f, 1, "title: x")};
    tb_document left = signed_campaign(f, 3, "title: three");
    assert_true(uphold(f, kept, 2));
    assert_true(uphold(f, kept, 1)); /* once more is no fault, and nothing twice */
    assert_int_equal(f->authority.directory.upheld_count, 2);
    assert_int_equal(f->authority.directory.upheld[0].version, 1);

    tb_keyfile party = keys_of("bureau.33");
    tb_keyfile successor = keys_of(TB_AUTHORITY_PARTY);
    tb_directory next = tb_authority_next(&f->authority, NOW + 2000);
    assert_false(tb_authority_replace(&next, &party, &f->problem));
    says(f, "of party bureau.33");
    assert_true(tb_authority_replace(&next, &successor, &f->problem));
    assert_true(publish(f, &next));
    /* Named, not yet in office: documents are the present authority's. */
    (void)signed_campaign(f, 4, "title: four");
    next = tb_authority_next(&f->authority, NOW + 3000);
    assert_false(publish(f, &next));
    tb_keyfile former = f->keys;
    f->keys = successor;
    assert_true(publish(f, &next));

    const tb_directory *now = &f->authority.directory;
    assert_int_equal(tb_directory_accept_document(now, &kept[0]), TB_ACCEPTED);
    assert_int_equal(tb_directory_accept_document(now, &kept[1]), TB_ACCEPTED);
    assert_int_equal(tb_directory_accept_document(now, &left), TB_REFUSED_NOT_AUTHORITY);
    /* What was forgotten is still found to have been good, and can be named late. */
    assert_true(uphold(f, &left, 1));
    assert_int_equal(tb_directory_accept_document(&f->authority.directory, &left), TB_ACCEPTED);
    tb_keyfile_wipe(&party);
    tb_keyfile_wipe(&former);
}

static void only_what_was_once_good_is_upheld_and_of_one_version_one_content(void **state)
{
    fixture *f = *state;
    tb_document good = signed_campaign(f, 1, "title: x");
    tb_document other = signed_campaign(f, 1, "title: y");
    tb_document bent = good;
    bent.content = tb_bytes_str("title: z");
    assert_false(uphold(f, &bent, 1));
    says(f, "never good");
    assert_true(uphold(f, &good, 1));
    assert_false(uphold(f, &other, 1));
    says(f, "another content");
    assert_int_equal(f->authority.directory.upheld_count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(the_first_version_makes_the_hub_id),
    TEST(a_folder_has_one_first_version),
    TEST(enrolled_parties_stand_in_the_next_version_in_order),
    TEST(what_a_later_row_leaves_empty_stays),
    TEST(new_keys_keep_the_earlier_signing_key_alone),
    TEST(wrong_rows_are_refused_and_nothing_is_written),
    TEST(only_the_named_authority_publishes),
    TEST(a_cut_key_stays_cut),
    TEST(a_rotation_cuts_all_and_enrols_the_new_in_one_version),
    TEST(the_spare_takes_over_from_the_hubs_keys),
    TEST(a_key_or_party_that_is_not_there_cannot_be_cut),
    TEST(a_changed_or_missing_version_stops_the_opening),
    TEST(a_campaign_is_signed_for_this_hub),
    TEST(a_replaced_authority_leaves_what_was_upheld_and_signs_no_more),
    TEST(only_what_was_once_good_is_upheld_and_of_one_version_one_content),
};

TB_RUN("keyfile/authority", tests)
