#include "tests/agents/judge_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#define ARENA_BYTES (4u * 1024 * 1024)

/* ascending by id */
static const country_row rows[PARTIES] = {
    {"bureau.11", "bureau", "11"}, {"bureau.33", "bureau", "33"},
    {"bureau.44", "bureau", "44"}, {"cm.33", "operator", "33"},
    {"cm.44", "operator", "44"},   {"ct.33", "operator", "33"},
    {"ct.44", "operator", "44"},   {"headquarters", "headquarters", ""},
    {"market.33", "market", "33"}, {"operator-group.cm", "operator_group", ""},
    {"police.11", "police", "11"}, {"police.33", "police", "33"},
    {"police.44", "police", "44"}, {"resale.1", "resale", ""},
    {"resale.2", "resale", ""},    {"resale.3", "resale", ""},
};

tb_party party_of(const char *id)
{
    tb_party party;
    assert_true(tb_party_parse(tb_bytes_str(id), &party));
    return party;
}

tb_directory_party *country_party(country *c, const char *id)
{
    for (size_t i = 0; i < c->directory.party_count; i++) {
        if (strcmp(c->parties[i].id.text, id) == 0) {
            return &c->parties[i];
        }
    }
    fail_msg("no party %s", id);
    return NULL;
}

static void read_text(country *c, const char *name)
{
    char path[512];
    assert_true(snprintf(path, sizeof path, "%s/ops/campaigns/%s.yaml", TB_SOURCE_DIR, name) > 0);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    c->text = malloc(1 << 20);
    assert_non_null(c->text);
    c->text_size = fread(c->text, 1, 1 << 20, file);
    assert_int_equal(fclose(file), 0);
}

static void settle(country *c, const country_row *list, size_t count)
{
    char error[200] = "";
    if (tb_campaign_load(tb_bytes_of(c->text, c->text_size), &c->loaded, error, sizeof error) !=
        TB_OK) {
        fail_msg("%s", error);
    }
    assert_true(count <= PARTIES);
    c->campaign = tb_campaign_loaded_get(c->loaded);
    for (size_t i = 0; i < count; i++) {
        c->parties[i] = (tb_directory_party){
            .id = party_of(list[i].id),
            .role = tb_bytes_str(list[i].role),
            .jurisdiction = tb_bytes_str(list[i].jurisdiction),
            .state = TB_PARTY_ACTIVE,
        };
    }
    c->directory = (tb_directory){.version = 1, .parties = c->parties, .party_count = count};
    country_forget(c);
}

static void begin(country *c)
{
    *c = (country){0};
    c->block = malloc(ARENA_BYTES);
    assert_non_null(c->block);
    tb_arena_init(&c->arena, c->block, ARENA_BYTES);
}

void country_setup_of(country *c, const char *name, const country_row *list, size_t count)
{
    begin(c);
    read_text(c, name);
    settle(c, list, count);
}

void country_setup_text(country *c, const char *text, const country_row *list, size_t count)
{
    begin(c);
    c->text_size = strlen(text);
    c->text = malloc(c->text_size + 1);
    assert_non_null(c->text);
    memcpy(c->text, text, c->text_size + 1);
    settle(c, list, count);
}

void country_setup(country *c, const char *name)
{
    country_setup_of(c, name, rows, PARTIES);
}

void country_teardown(country *c)
{
    tb_campaign_loaded_free(c->loaded);
    free(c->text);
    free(c->block);
}

void country_forget(country *c)
{
    c->view = (tb_case_view){.campaign = c->campaign, .type = &c->campaign->case_types[0]};
    c->known = (tb_local_knowledge){0};
    tb_arena_reset(&c->arena);
}

void country_begin(country *c, const char *type)
{
    country_forget(c);
    c->view.type = tb_campaign_case_type(c->campaign, tb_bytes_str(type));
    assert_non_null(c->view.type);
}

void country_time(country *c, const char *time)
{
    int64_t day;
    if (tb_day_parse(tb_bytes_str(time), &day)) {
        c->at = tb_day_start(day) + INT64_C(12) * 3600 * 1000;
    } else {
        assert_true(tb_time_parse(tb_bytes_str(time), &c->at));
    }
}

static size_t parse_fields(country *c, const char *fields, tb_field **out)
{
    tb_bytes all;
    assert_ok(tb_arena_copy(&c->arena, tb_bytes_str(fields), &all));
    *out = tb_arena_array(&c->arena, TB_FIELDS_MAX, sizeof(tb_field));
    assert_non_null(*out);
    size_t count = 0;
    for (size_t at = 0; at < all.size;) {
        size_t equals = at;
        while (all.data[equals] != '=') {
            equals++;
            assert_true(equals < all.size);
        }
        size_t end = equals;
        while (end < all.size && all.data[end] != '|') {
            end++;
        }
        (*out)[count++] = (tb_field){tb_bytes_of(all.data + at, equals - at),
                                     tb_bytes_of(all.data + equals + 1, end - equals - 1)};
        at = end + 1;
    }
    return count;
}

tb_refusal attempt(country *c, const char *actor, const char *action, const char *fields)
{
    tb_field *values = NULL;
    size_t count = parse_fields(c, fields, &values);
    tb_party party = party_of(actor);
    c->view.at = c->at;
    assert_ok(tb_judge_act(&c->view, &c->directory, &party, tb_bytes_str(action), values, count,
                           &c->known, &c->arena, &c->ruling, &c->objection));
    return c->objection.code;
}

tb_event event_of(country *c, const char *actor, const tb_ruling *ruling)
{
    static const tb_event_kind kinds[] = {
        [TB_ACTION_OPEN] = TB_EVENT_CHAIN,
        [TB_ACTION_CHAIN] = TB_EVENT_CHAIN,
        [TB_ACTION_SIDE] = TB_EVENT_SIDE,
        [TB_ACTION_TAKE_OVER] = TB_EVENT_TAKE_OVER,
    };
    tb_commitment *commitments =
        tb_arena_array(&c->arena, ruling->group_count + 1, sizeof *commitments);
    assert_non_null(commitments);
    for (size_t i = 0; i < ruling->group_count; i++) {
        commitments[i].group = ruling->groups[i].group;
    }
    bool takes = ruling->action->kind == TB_ACTION_TAKE_OVER;
    return (tb_event){
        .kind = kinds[ruling->action->kind],
        .term = c->view.term + (takes || c->view.term == 0 ? 1 : 0),
        .number = c->view.number + 1,
        .previous = c->view.head,
        .case_type = tb_bytes_str(c->view.type->id),
        .campaign = tb_bytes_str(c->campaign->id),
        .campaign_version = c->campaign->version,
        .directory_version = c->directory.version,
        .actor = party_of(actor),
        .action = tb_bytes_str(ruling->action->id),
        .from_state = c->view.state,
        .to_state = ruling->to_state,
        .holder = ruling->holder,
        .at = c->at,
        .addressees = ruling->addressees,
        .addressee_count = ruling->addressee_count,
        .fields = ruling->open_fields,
        .field_count = ruling->open_count,
        .commitments = commitments,
        .commitment_count = ruling->group_count,
    };
}

tb_refusal receive(country *c, const tb_event *event)
{
    tb_objection objection;
    tb_case_view view = c->view;
    if (view.state.size == 0) {
        view.type = NULL; /* the event names it */
    }
    assert_ok(tb_judge_event(&view, &c->directory, event, &c->arena, &objection));
    return objection.code;
}

tb_refusal act(country *c, const char *actor, const char *action, const char *fields)
{
    tb_refusal code = attempt(c, actor, action, fields);
    if (code != TB_ACCEPTED) {
        return code;
    }
    c->event = event_of(c, actor, &c->ruling);
    assert_accepted(receive(c, &c->event));
    tb_digest id = {{0}};
    id.bytes[0] = (uint8_t)(c->view.number + 1);
    assert_ok(tb_case_view_apply(&c->view, c->campaign, &c->event, &id, &c->arena));
    return TB_ACCEPTED;
}

static const char *text_of(country *c, tb_bytes bytes)
{
    char *text = tb_arena_alloc(&c->arena, bytes.size + 1);
    assert_non_null(text);
    if (bytes.size > 0) {
        memcpy(text, bytes.data, bytes.size);
    }
    return text;
}

const char *state_of(country *c)
{
    return text_of(c, c->view.state);
}

const char *holder_of(country *c)
{
    return text_of(c, tb_party_bytes(&c->view.holder));
}

const char *told(country *c)
{
    char *text = tb_arena_alloc(&c->arena, (c->ruling.addressee_count + 1) * TB_PARTY_BYTES);
    assert_non_null(text);
    for (size_t i = 0; i < c->ruling.addressee_count; i++) {
        strcat(strcat(text, i > 0 ? " " : ""), c->ruling.addressees[i].text);
    }
    return text;
}

bool detail_has(const country *c, const char *words)
{
    size_t size = strlen(words);
    for (size_t i = 0; i + size <= c->objection.detail_en.size; i++) {
        if (memcmp(c->objection.detail_en.data + i, words, size) == 0) {
            return true;
        }
    }
    return false;
}
