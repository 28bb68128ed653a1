/* Accounts and approvals as people read them, and as JSON. */
#include <inttypes.h>
#include <stdio.h>

#include "agents/cli/grid.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

static const struct {
    uint32_t bit;
    const char *key;
} posts[] = {
    {TB_POST_CLERK, "clerk"},
    {TB_POST_REVIEWER, "reviewer"},
    {TB_POST_SIGNER, "signer"},
    {TB_POST_OFFICER, "officer"},
};

#define POSTS (sizeof posts / sizeof posts[0])

uint32_t tb_post_of(const char *word)
{
    for (size_t i = 0; i < POSTS; i++) {
        if (strcmp(posts[i].key, word) == 0) {
            return posts[i].bit;
        }
    }
    return 0;
}

static const char *post_title(uint32_t bit)
{
    switch (bit) {
    case TB_POST_CLERK:
        return _("clerk");
    case TB_POST_REVIEWER:
        return _("reviewer");
    case TB_POST_SIGNER:
        return _("signer");
    default:
        return _("officer");
    }
}

/* "clerk, signer"; in the arena. */
static tb_bytes posts_of(tb_arena *arena, uint32_t bits)
{
    char text[128] = "";
    size_t used = 0;
    for (size_t i = 0; i < POSTS && used < sizeof text - 1; i++) {
        if ((bits & posts[i].bit) != 0) {
            int size = snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? ", " : "",
                                post_title(posts[i].bit));
            used += size > 0 ? (size_t)size : 0;
        }
    }
    uint8_t *copy = tb_arena_alloc(arena, used + 1);
    if (copy == NULL) {
        return tb_bytes_of(NULL, 0);
    }
    memcpy(copy, text, used);
    return tb_bytes_of(copy, used);
}

/* ---- accounts ---- */

/* How the person shows who he is. */
static tb_bytes credential(tb_arena *arena, const tb_local_account *a)
{
    char *text = tb_arena_alloc(arena, 64);
    if (text == NULL) {
        return tb_bytes_of(NULL, 0);
    }
    if (a->has_uid) {
        (void)snprintf(text, 64, a->has_key ? _("system user %u, key") : _("system user %u"),
                       (unsigned)a->uid);
    } else {
        (void)snprintf(text, 64, "%s", _("key"));
    }
    return tb_bytes_str(text);
}

static tb_bytes deputy_text(tb_arena *arena, const tb_local_account *a)
{
    char *text = tb_arena_alloc(arena, 160);
    if (text == NULL || a->absent.size == 0) {
        return tb_bytes_of(NULL, 0);
    }
    (void)snprintf(text, 160, _("%.*s, %.*s to %.*s"), (int)a->absent.size,
                   (const char *)a->absent.data, (int)a->from.size, (const char *)a->from.data,
                   (int)a->to.size, (const char *)a->to.data);
    return tb_bytes_str(text);
}

bool tb_show_accounts(tb_book *book, const tb_local_accounts *accounts)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("account"),    _("code"),  _("name"),
                                    _("posts"),      _("phone"), _("shown by"),
                                    _("deputy for"), _("state"), NULL};
    tb_grid grid;
    if (accounts->count == 0) {
        (void)printf(_("no account: whoever may open the agent's socket may act\n"));
        return true;
    }
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < accounts->count; i++) {
        const tb_local_account *a = &accounts->lines[i];
        tb_grid_put(&grid, a->name);
        tb_grid_put(&grid, a->code);
        tb_grid_put(&grid, a->title);
        tb_grid_put(&grid, posts_of(arena, a->posts));
        tb_grid_put(&grid, a->phone);
        tb_grid_put(&grid, credential(arena, a));
        tb_grid_put(&grid, deputy_text(arena, a));
        tb_grid_text(&grid, a->closed != 0 ? _("closed") : _("open"));
    }
    return tb_grid_print(&grid, stdout);
}

json_t *tb_json_accounts(const tb_local_accounts *accounts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < accounts->count; i++) {
        const tb_local_account *a = &accounts->lines[i];
        json_t *held = json_array();
        for (size_t p = 0; p < POSTS; p++) {
            if ((a->posts & posts[p].bit) != 0) {
                (void)json_array_append_new(held, json_string(posts[p].key));
            }
        }
        json_t *o = json_object();
        (void)json_object_set_new(o, "account", tb_json_text(a->name));
        (void)json_object_set_new(o, "code", tb_json_text(a->code));
        (void)json_object_set_new(o, "name", tb_json_text(a->title));
        (void)json_object_set_new(o, "phone", tb_json_text(a->phone));
        (void)json_object_set_new(o, "posts", held);
        (void)json_object_set_new(o, "uid", a->has_uid ? json_integer(a->uid) : json_null());
        (void)json_object_set_new(o, "key",
                                  a->has_key ? tb_json_hex_of(a->key, sizeof a->key) : json_null());
        (void)json_object_set_new(o, "deputy_for",
                                  a->absent.size > 0 ? tb_json_text(a->absent) : json_null());
        (void)json_object_set_new(o, "from", tb_json_text(a->from));
        (void)json_object_set_new(o, "to", tb_json_text(a->to));
        (void)json_object_set_new(o, "made", tb_json_time(a->made));
        (void)json_object_set_new(o, "made_by", tb_json_text(a->made_by));
        (void)json_object_set_new(o, "closed", tb_json_time(a->closed));
        (void)json_array_append_new(list, o);
    }
    json_t *o = json_object();
    (void)json_object_set_new(o, "accounts", list);
    return o;
}

/* ---- who made, reviewed, signed ---- */

static const char *step_title(tb_approval_step step)
{
    return step == TB_STEP_REVIEW ? _("reviewed") : step == TB_STEP_SIGN ? _("signed") : _("made");
}

void tb_show_step(tb_book *book, const tb_local_approval *a)
{
    tb_bytes at = tb_show_time(&book->client->arena, a->at);
    tb_bytes who = a->name.size > 0 ? a->name : a->account;
    tb_bytes absent = a->absent_name.size > 0 ? a->absent_name : a->absent;
    (void)printf(_("       %s by %.*s at %.*s"), step_title(a->step), (int)who.size,
                 (const char *)who.data, (int)at.size, (const char *)at.data);
    if (absent.size > 0) {
        (void)printf(_(", as deputy for %.*s"), (int)absent.size, (const char *)absent.data);
    }
    (void)printf("\n");
}

json_t *tb_json_step(const tb_local_approval *a)
{
    static const char *const keys[] = {"made", "reviewed", "signed"};
    json_t *o = json_object();
    (void)json_object_set_new(o, "step", json_string(keys[a->step]));
    (void)json_object_set_new(o, "account", tb_json_text(a->account));
    (void)json_object_set_new(o, "name", tb_json_text(a->name));
    (void)json_object_set_new(o, "deputy_for",
                              a->absent.size > 0 ? tb_json_text(a->absent) : json_null());
    (void)json_object_set_new(o, "deputy_for_name", tb_json_text(a->absent_name));
    (void)json_object_set_new(o, "at", tb_json_time(a->at));
    return o;
}

json_t *tb_json_steps(const tb_local_approval *list, size_t count)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(steps, tb_json_step(&list[i]));
    }
    return steps;
}

/* ---- what waits ---- */

static const char *waits_title(tb_approval_step waits)
{
    return waits == TB_STEP_REVIEW ? _("to be reviewed")
           : waits == TB_STEP_SIGN ? _("to be signed")
                                   : _("went back to its author");
}

const char *tb_show_waits(tb_approval_step waits)
{
    return waits_title(waits);
}

static tb_bytes title_of(const tb_local_approval_line *a)
{
    tb_bytes title = tb_say_chinese() ? a->title_zh : a->title_en;
    return title.size > 0 ? title : a->action;
}

static tb_bytes maker(const tb_local_approval_line *a)
{
    return a->made.name.size > 0 ? a->made.name : a->made.account;
}

static tb_bytes case_text(tb_arena *arena, const tb_local_approval_line *a)
{
    return tb_case_zero(&a->case_id) ? tb_bytes_str(_("a new one"))
                                     : tb_show_hex(arena, a->case_id.bytes, TB_CASE_ID_BYTES);
}

bool tb_show_approvals(tb_book *book, const tb_local_approvals *approvals)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("number"),  _("case"),  _("act"), _("made by"),
                                    _("made at"), _("state"), _("you"), NULL};
    tb_grid grid;
    if (approvals->count == 0) {
        (void)printf(_("nothing waits for approval\n"));
        return true;
    }
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < approvals->count; i++) {
        const tb_local_approval_line *a = &approvals->lines[i];
        tb_grid_number(&grid, a->number);
        tb_grid_put(&grid, case_text(arena, a));
        tb_grid_put(&grid, title_of(a));
        tb_grid_put(&grid, maker(a));
        tb_grid_put(&grid, tb_show_time(arena, a->made.at));
        tb_grid_text(&grid, waits_title(a->waits));
        tb_grid_text(&grid, a->may ? _("may approve it") : "");
    }
    bool printed = tb_grid_print(&grid, stdout);
    if (approvals->more) {
        (void)printf(_("there are more: --after %" PRIu64 "\n"),
                     approvals->lines[approvals->count - 1].number);
    }
    return printed;
}

void tb_show_approval(tb_book *book, const tb_local_approval_line *a)
{
    tb_arena *arena = &book->client->arena;
    tb_local_summary of = {
        .case_id = a->case_id, .campaign = a->campaign, .case_type = a->case_type};
    tb_bytes title = title_of(a);
    tb_bytes id = case_text(arena, a);
    (void)printf(_("number %" PRIu64 ": %.*s, case %.*s, %s\n"), a->number, (int)title.size,
                 (const char *)title.data, (int)id.size, (const char *)id.data,
                 waits_title(a->waits));
    tb_show_step(book, &a->made);
    for (size_t i = 0; i < a->approval_count; i++) {
        tb_show_step(book, &a->approvals[i]);
    }
    for (size_t i = 0; i < a->field_count; i++) {
        tb_bytes field = tb_book_field(book, &of, a->fields[i].id);
        tb_bytes value = tb_book_value(book, &of, &a->fields[i]);
        (void)printf("       %.*s: %.*s\n", (int)field.size, (const char *)field.data,
                     (int)value.size, (const char *)value.data);
    }
    if (a->waits == TB_STEP_MADE && a->code != TB_ACCEPTED) {
        (void)printf("  ! %s\n",
                     tb_say_chinese() ? tb_refusal_zh(a->code) : tb_refusal_en(a->code));
        (void)printf("    %.*s\n", (int)a->detail.size, (const char *)a->detail.data);
    } else if (a->may) {
        (void)printf(_("you may approve it: tongbao approve approve %" PRIu64 "\n"), a->number);
    }
}

json_t *tb_json_approvals(const tb_local_approvals *approvals)
{
    static const char *const states[] = {"returned", "to_review", "to_sign"};
    json_t *list = json_array();
    for (size_t i = 0; i < approvals->count; i++) {
        const tb_local_approval_line *a = &approvals->lines[i];
        json_t *o = json_object();
        (void)json_object_set_new(o, "number", json_integer((json_int_t)a->number));
        (void)json_object_set_new(o, "state", json_string(states[a->waits]));
        (void)json_object_set_new(o, "case",
                                  tb_case_zero(&a->case_id)
                                      ? json_null()
                                      : tb_json_hex_of(a->case_id.bytes, TB_CASE_ID_BYTES));
        (void)json_object_set_new(o, "campaign", tb_json_text(a->campaign));
        (void)json_object_set_new(o, "case_type", tb_json_text(a->case_type));
        (void)json_object_set_new(o, "action", tb_json_text(a->action));
        (void)json_object_set_new(o, "title_zh", tb_json_text(a->title_zh));
        (void)json_object_set_new(o, "title_en", tb_json_text(a->title_en));
        (void)json_object_set_new(o, "fields", tb_json_fields(a->fields, a->field_count));
        (void)json_object_set_new(o, "made", tb_json_step(&a->made));
        (void)json_object_set_new(o, "approvals", tb_json_steps(a->approvals, a->approval_count));
        (void)json_object_set_new(
            o, "code", a->code == TB_ACCEPTED ? json_null() : json_string(tb_refusal_key(a->code)));
        (void)json_object_set_new(o, "detail", tb_json_text(a->detail));
        (void)json_object_set_new(o, "may_approve", json_boolean(a->may));
        (void)json_array_append_new(list, o);
    }
    json_t *o = json_object();
    (void)json_object_set_new(o, "approvals", list);
    (void)json_object_set_new(o, "more", json_boolean(approvals->more));
    return o;
}

/* ---- what the agent does by itself ---- */

bool tb_show_switches(tb_book *book, const tb_local_switches *switches)
{
    const char *const headings[] = {_("campaign"), _("action"), _("name"), _("by itself"), NULL};
    tb_grid grid;
    if (switches->count == 0) {
        (void)printf(_("no campaign installed here leaves the party such a choice\n"));
        return true;
    }
    tb_grid_init(&grid, &book->client->arena, headings);
    for (size_t i = 0; i < switches->count; i++) {
        const tb_local_switch *s = &switches->lines[i];
        tb_grid_put(&grid, s->campaign);
        tb_grid_put(&grid, s->action);
        tb_grid_put(&grid, tb_say_chinese() ? s->title_zh : s->title_en);
        tb_grid_text(&grid, s->on ? _("on") : _("off"));
    }
    return tb_grid_print(&grid, stdout);
}

json_t *tb_json_switches(const tb_local_switches *switches)
{
    json_t *list = json_array();
    for (size_t i = 0; i < switches->count; i++) {
        const tb_local_switch *s = &switches->lines[i];
        json_t *o = json_object();
        (void)json_object_set_new(o, "campaign", tb_json_text(s->campaign));
        (void)json_object_set_new(o, "action", tb_json_text(s->action));
        (void)json_object_set_new(o, "title_zh", tb_json_text(s->title_zh));
        (void)json_object_set_new(o, "title_en", tb_json_text(s->title_en));
        (void)json_object_set_new(o, "on", json_boolean(s->on));
        (void)json_array_append_new(list, o);
    }
    json_t *o = json_object();
    (void)json_object_set_new(o, "automatic", list);
    return o;
}
