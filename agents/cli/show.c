#include "agents/cli/show.h"

#include <inttypes.h>
#include <stdio.h>

#include "agents/cli/grid.h"
#include "agents/cli/say.h"
#include "base/text.h"

tb_bytes tb_show_time(tb_arena *arena, tb_time time)
{
    tb_text text;
    tb_bytes out = {0};
    if (time == 0) {
        return out;
    }
    tb_civil c = tb_civil_of(time);
    tb_text_init(&text, arena, 16);
    tb_text_u64_wide(&text, (uint64_t)c.year, 4);
    tb_text_char(&text, '-');
    tb_text_u64_wide(&text, (uint64_t)c.month, 2);
    tb_text_char(&text, '-');
    tb_text_u64_wide(&text, (uint64_t)c.day, 2);
    tb_text_char(&text, ' ');
    tb_text_u64_wide(&text, (uint64_t)c.hour, 2);
    tb_text_char(&text, ':');
    tb_text_u64_wide(&text, (uint64_t)c.minute, 2);
    return tb_text_done(&text, &out) == TB_OK ? out : tb_bytes_of(NULL, 0);
}

tb_bytes tb_show_hex(tb_arena *arena, const void *data, size_t size)
{
    char *text = tb_arena_alloc(arena, size * 2 + 1);
    if (text == NULL) {
        return tb_bytes_of(NULL, 0);
    }
    tb_hex(data, size, text);
    return tb_bytes_of(text, size * 2);
}

void tb_show_next(tb_arena *arena, tb_bytes next)
{
    if (next.size > 0) {
        tb_bytes hex = tb_show_hex(arena, next.data, next.size);
        (void)printf(_("more: --after %.*s\n"), (int)hex.size, (const char *)hex.data);
    }
}

const char *tb_show_where(tb_where where)
{
    switch (where) {
    case TB_WHERE_DRAFT:
        return _("waiting to be sent");
    case TB_WHERE_OUTBOX:
        return _("in our outbox");
    case TB_WHERE_STORED:
        return _("at the hub");
    case TB_WHERE_ARRIVED:
        return _("arrived");
    case TB_WHERE_SIGNED_FOR:
        return _("signed for");
    case TB_WHERE_ANSWERED:
        return _("answered");
    case TB_WHERE_REFUSED:
        return _("refused");
    case TB_WHERE_HELD_BACK:
        return _("held back");
    case TB_WHERE_EXPIRED:
        return _("expired");
    case TB_WHERE_QUARANTINED:
        return _("set aside");
    }
    return _("unknown");
}

const char *tb_show_timing(tb_shown_timing timing)
{
    switch (timing) {
    case TB_IN_TIME:
        return "";
    case TB_IN_NO_STAGE:
        return _("late: in none of the stages it belongs to");
    case TB_NOT_COUNTED:
        return _("not counted: done after the day up to which it counts");
    }
    return "";
}

const char *tb_show_standing(tb_standing standing)
{
    switch (standing) {
    case TB_STANDING_EFFECTIVE:
        return "";
    case TB_STANDING_OVERTAKEN:
        return _("overtaken");
    case TB_STANDING_HELD_BACK:
        return _("held back");
    case TB_STANDING_DRAFT:
        return _("draft");
    case TB_STANDING_FORKED:
        return _("forked");
    case TB_STANDING_DISPUTED:
        return _("disputed");
    }
    return _("unknown");
}

static void line(const char *label, tb_bytes value)
{
    if (value.size > 0) {
        (void)printf("%s: %.*s\n", label, (int)value.size, (const char *)value.data);
    }
}

/* The value of a field among these, shown; empty when it is not there. */
static tb_bytes field_shown(tb_book *book, const tb_local_summary *of, const char *id)
{
    for (size_t i = 0; i < of->field_count; i++) {
        if (tb_bytes_equal(of->fields[i].id, tb_bytes_str(id))) {
            return tb_book_value(book, of, &of->fields[i]);
        }
    }
    return tb_bytes_of(NULL, 0);
}

/* What a person knows the case by: its number, or as much of it as this party may read. */
static tb_bytes subject(tb_book *book, const tb_local_summary *of)
{
    static const char *const ids[] = {"number", "number_masked", "title", "name"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        tb_bytes shown = field_shown(book, of, ids[i]);
        if (shown.size > 0) {
            return shown;
        }
    }
    return tb_bytes_of(NULL, 0);
}

bool tb_show_cases(tb_book *book, const tb_local_cases *cases)
{
    tb_arena *arena = &book->client->arena;
    bool stalled = false;
    for (size_t i = 0; i < cases->count; i++) {
        stalled = stalled || cases->cases[i].stalled != TB_STALL_NONE;
    }
    const char *const headings[] = {_("case"),
                                    _("number"),
                                    _("state"),
                                    _("holder"),
                                    _("since"),
                                    _("opened by"),
                                    stalled ? _("to be taken over") : NULL,
                                    NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < cases->count; i++) {
        const tb_local_summary *s = &cases->cases[i];
        tb_grid_put(&grid, tb_show_hex(arena, s->case_id.bytes, sizeof s->case_id.bytes));
        tb_grid_put(&grid, subject(book, s));
        tb_grid_put(&grid, tb_book_state(book, s, s->state));
        tb_grid_put(&grid, tb_book_party(book, &s->holder));
        tb_grid_put(&grid, tb_show_time(arena, s->at));
        tb_grid_put(&grid, tb_book_party(book, &s->opener));
        if (stalled) {
            tb_grid_text(&grid, tb_show_stall(s->stalled));
        }
    }
    bool printed = tb_grid_print(&grid, stdout);
    if (cases->total >= cases->count) {
        (void)printf(_("%zu of %" PRIu64 " cases\n"), cases->count, cases->total);
    } else {
        /* how many fit the question is not counted beforehand */
        (void)printf(_("%zu cases shown\n"), cases->count);
    }
    tb_show_next(arena, cases->next);
    return printed;
}

static void show_event(tb_book *book, const tb_local_summary *of, const tb_local_event *e)
{
    tb_arena *arena = &book->client->arena;
    tb_bytes at = tb_show_time(arena, e->at);
    tb_bytes action = tb_book_action(book, of, e->action);
    tb_bytes actor = tb_book_party(book, &e->actor);
    tb_bytes state = tb_book_state(book, of, e->to_state);
    const char *standing = tb_show_standing(e->standing);
    (void)printf("%3" PRIu64 "  %.*s  %.*s  %.*s → %.*s%s%s\n", e->number, (int)at.size,
                 (const char *)at.data, (int)actor.size, (const char *)actor.data, (int)action.size,
                 (const char *)action.data, (int)state.size, (const char *)state.data,
                 *standing == '\0' ? "" : "  ", standing);
    if (e->timing != TB_IN_TIME) {
        (void)printf("       %s\n", tb_show_timing(e->timing));
    }
    if (!tb_party_empty(&e->on_behalf)) {
        tb_bytes party = tb_book_party(book, &e->on_behalf);
        (void)printf(
            _("       on paper (线下办理): %.*s, document %.*s of %.*s, entered by %.*s\n"),
            (int)party.size, (const char *)party.data, (int)e->paper_no.size,
            (const char *)e->paper_no.data, (int)e->paper_date.size,
            (const char *)e->paper_date.data, (int)actor.size, (const char *)actor.data);
    }
    for (size_t i = 0; i < e->approval_count; i++) {
        tb_show_step(book, &e->approvals[i]);
    }
    for (size_t i = 0; i < e->field_count; i++) {
        tb_bytes title = tb_book_field(book, of, e->fields[i].id);
        tb_bytes value = tb_book_value(book, of, &e->fields[i]);
        (void)printf("       %.*s: %.*s\n", (int)title.size, (const char *)title.data,
                     (int)value.size, (const char *)value.data);
    }
    for (size_t i = 0; i < e->lost_count; i++) {
        tb_bytes title = tb_book_field(book, of, e->lost_fields[i]);
        (void)printf(_("       %.*s: content lost\n"), (int)title.size, (const char *)title.data);
    }
    if (e->unread_count > 0) {
        (void)printf(_("       (%zu groups of fields are not for this party to read)\n"),
                     e->unread_count);
    }
}

static void show_campaign(tb_book *book, const tb_local_summary *s)
{
    const tb_campaign *campaign = tb_book_campaign_of(book, s->campaign);
    tb_bytes name = campaign == NULL ? s->campaign : tb_book_label(&campaign->title, s->campaign);
    (void)printf(_("campaign: %.*s (%.*s), version %" PRIu32 "\n"), (int)name.size,
                 (const char *)name.data, (int)s->campaign.size, (const char *)s->campaign.data,
                 s->campaign_version);
}

bool tb_show_case(tb_book *book, const tb_local_case *whole)
{
    const tb_local_summary *s = &whole->summary;
    tb_arena *arena = &book->client->arena;
    line(_("case"), tb_show_hex(arena, s->case_id.bytes, sizeof s->case_id.bytes));
    show_campaign(book, s);
    line(_("state"), tb_book_state(book, s, s->state));
    line(_("holder"), tb_book_party(book, &s->holder));
    line(_("opened by"), tb_book_party(book, &s->opener));
    line(_("head"), tb_show_hex(arena, s->head.bytes, sizeof s->head.bytes));
    if (s->stalled == TB_STALL_PARTY_OFF || s->stalled == TB_STALL_LAPSED) {
        line(_("to be taken over"), tb_bytes_str(tb_show_stall(s->stalled)));
    }
    if (s->frozen) {
        (void)printf("%s\n", tb_say_chinese() ? tb_refusal_zh(TB_REFUSED_FROZEN)
                                              : tb_refusal_en(TB_REFUSED_FROZEN));
    }
    if (s->held_back > 0) {
        (void)printf(_("%" PRIu32 " events wait for one before them that has not arrived\n"),
                     s->held_back);
    }
    (void)printf("\n");
    for (size_t i = 0; i < s->field_count; i++) {
        tb_bytes title = tb_book_field(book, s, s->fields[i].id);
        tb_bytes value = tb_book_value(book, s, &s->fields[i]);
        (void)printf("%.*s: %.*s\n", (int)title.size, (const char *)title.data, (int)value.size,
                     (const char *)value.data);
    }
    for (size_t i = 0; i < s->lost_count; i++) {
        tb_bytes title = tb_book_field(book, s, s->lost_fields[i]);
        (void)printf(_("%.*s: content lost\n"), (int)title.size, (const char *)title.data);
    }
    (void)printf("\n");
    if (!tb_show_scores(book, whole)) {
        return false;
    }
    for (size_t i = 0; i < whole->event_count; i++) {
        show_event(book, s, &whole->events[i]);
    }
    return true;
}

void tb_show_acted(tb_book *book, const tb_local_answer *answer)
{
    if (answer->acted.waits != TB_STEP_MADE) {
        (void)printf(_("accepted, %s; number %" PRIu64 ", see: tongbao approve list\n"),
                     tb_show_waits(answer->acted.waits), answer->acted.draft);
    } else if (answer->draft && answer->detail.size > 0) {
        (void)printf(_("accepted, waiting (待发出): %.*s\n"), (int)answer->detail.size,
                     (const char *)answer->detail.data);
    } else if (answer->draft) {
        (void)printf(_("accepted, waiting for the link (待发出)\n"));
        line(_("why"), answer->detail);
    } else {
        (void)printf(_("done\n"));
    }
    const tb_case_id *id = &answer->acted.case_id;
    if (!tb_case_zero(id)) {
        line(_("case"), tb_show_hex(&book->client->arena, id->bytes, sizeof id->bytes));
    }
}
