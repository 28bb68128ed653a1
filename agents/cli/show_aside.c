/* Notices that were set aside, as people read them and as JSON. */
#include <inttypes.h>
#include <stdio.h>

#include "agents/cli/grid.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

static const char *state_of(const tb_local_set_aside *line)
{
    return line->dropped ? _("dropped") : _("set aside");
}

static const char *sentence(tb_refusal code)
{
    return tb_say_chinese() ? tb_refusal_zh(code) : tb_refusal_en(code);
}

bool tb_show_quarantine(tb_book *book, const tb_local_quarantine *quarantine)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("notice"), _("sender"), _("since"), _("attempts"),
                                    _("state"),  _("why"),    NULL};
    tb_grid grid;
    if (quarantine->count == 0) {
        (void)printf(_("nothing is set aside\n"));
        return true;
    }
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < quarantine->count; i++) {
        const tb_local_set_aside *line = &quarantine->lines[i];
        tb_grid_put(&grid, line->notice);
        tb_grid_put(&grid, tb_book_party(book, &line->sender));
        tb_grid_put(&grid, tb_show_time(arena, line->taken));
        tb_grid_number(&grid, line->attempts);
        tb_grid_text(&grid, state_of(line));
        tb_grid_text(&grid, sentence(line->code));
    }
    bool printed = tb_grid_print(&grid, stdout);
    tb_show_next(arena, quarantine->next);
    return printed;
}

static void row(const char *label, tb_bytes value)
{
    (void)printf("%s: %.*s\n", label, (int)value.size, (const char *)value.data);
}

void tb_show_set_aside(tb_book *book, const tb_local_set_aside *line)
{
    tb_arena *arena = &book->client->arena;
    row(_("notice"), line->notice);
    row(_("sender"), tb_book_party(book, &line->sender));
    row(_("state"), tb_bytes_str(state_of(line)));
    row(_("arrived"), tb_show_time(arena, line->taken));
    (void)printf(_("attempts to apply it: %" PRIu32 "\n"), line->attempts);
    (void)printf(_("bytes: %" PRIu64 "\n"), line->bytes);
    row(_("why"), tb_bytes_str(sentence(line->code)));
    if (!line->dropped) {
        (void)printf(_("apply it again: tongbao quarantine retry %.*s\n"), (int)line->notice.size,
                     (const char *)line->notice.data);
        return;
    }
    row(_("dropped at"), tb_show_time(arena, line->dropped_at));
    row(_("dropped by"), line->account);
    row(_("reason"), line->reason);
}

void tb_show_settled(const tb_local_settled *settled)
{
    switch (settled->outcome) {
    case TB_SETTLED_APPLIED:
        (void)printf(_("applied; its sender is told\n"));
        return;
    case TB_SETTLED_REFUSED:
        (void)printf(
            _("not set aside any more; refused by the rules, and its sender is told:\n%s\n"),
            sentence(settled->code));
        return;
    case TB_SETTLED_DROPPED:
        (void)printf(_("dropped; who and why is kept, and its sender is told\n"));
        return;
    }
}

/* ---- JSON ---- */

static json_t *aside(const tb_local_set_aside *line)
{
    json_t *o = json_object();
    (void)json_object_set_new(o, "notice", tb_json_text(line->notice));
    (void)json_object_set_new(o, "sender", tb_json_party(&line->sender));
    (void)json_object_set_new(o, "lane", json_integer((json_int_t)line->lane));
    (void)json_object_set_new(o, "number", json_integer((json_int_t)line->number));
    (void)json_object_set_new(o, "taken", tb_json_time(line->taken));
    (void)json_object_set_new(o, "attempts", json_integer((json_int_t)line->attempts));
    (void)json_object_set_new(o, "code", json_string(tb_refusal_key(line->code)));
    (void)json_object_set_new(o, "bytes", json_integer((json_int_t)line->bytes));
    (void)json_object_set_new(o, "dropped", json_boolean(line->dropped));
    (void)json_object_set_new(o, "dropped_at", tb_json_time(line->dropped_at));
    (void)json_object_set_new(o, "account", tb_json_text(line->account));
    (void)json_object_set_new(o, "reason", tb_json_text(line->reason));
    return o;
}

json_t *tb_json_quarantine(const tb_local_quarantine *quarantine)
{
    json_t *list = json_array();
    for (size_t i = 0; i < quarantine->count; i++) {
        (void)json_array_append_new(list, aside(&quarantine->lines[i]));
    }
    json_t *o = json_object();
    (void)json_object_set_new(o, "notices", list);
    (void)json_object_set_new(o, "next",
                              quarantine->next.size == 0
                                  ? json_null()
                                  : tb_json_hex_of(quarantine->next.data, quarantine->next.size));
    return o;
}

json_t *tb_json_settled(const tb_local_settled *settled)
{
    static const char *const outcomes[] = {"", "applied", "refused", "dropped"};
    json_t *o = json_object();
    (void)json_object_set_new(o, "notice", tb_json_text(settled->notice));
    (void)json_object_set_new(o, "outcome", json_string(outcomes[settled->outcome]));
    (void)json_object_set_new(o, "code", json_string(tb_refusal_key(settled->code)));
    return o;
}
