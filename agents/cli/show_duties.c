/* Duties and campaigns as people read them. */
#include "agents/cli/show.h"

#include <inttypes.h>
#include <stdio.h>

#include "agents/cli/grid.h"
#include "agents/cli/say.h"
#include "base/text.h"

const char *tb_show_duty_state(const tb_local_duty_line *duty)
{
    switch (duty->state) {
    case TB_DUTY_OPEN:
        return duty->over ? _("overdue, not recorded yet") : _("not due yet");
    case TB_DUTY_ON_TIME:
        return _("on time");
    case TB_DUTY_LATE:
        return _("late");
    case TB_DUTY_LAPSED:
        return duty->ended == 0 ? _("lapsed") : _("lapsed, taken over");
    case TB_DUTY_RELEASED:
        return _("released by a take-over");
    }
    return _("unknown");
}

/* With what its creditor has said of it last. */
static tb_bytes state_of(tb_arena *arena, const tb_local_duty_line *duty)
{
    const char *state = tb_show_duty_state(duty);
    const char *said = duty->settled != 0     ? _("over")
                       : duty->escalated != 0 ? _("escalated")
                                              : _("reminded");
    tb_time at = duty->settled != 0     ? duty->settled
                 : duty->escalated != 0 ? duty->escalated
                                        : duty->reminded;
    tb_bytes when = tb_show_time(arena, at);
    tb_text text;
    tb_bytes out;
    tb_text_init(&text, arena, strlen(state) + strlen(said) + when.size + 8);
    tb_text_str(&text, state);
    if (at != 0) {
        tb_text_str(&text, "; ");
        tb_text_str(&text, said);
        tb_text_str(&text, " ");
        tb_text_bytes(&text, when);
    }
    return tb_text_done(&text, &out) == TB_OK ? out : tb_bytes_str(state);
}

/* A default never looks like law. */
tb_bytes tb_show_basis(tb_arena *arena, const tb_local_duty_line *duty)
{
    if (!duty->by_default) {
        return tb_say_which(duty->basis_zh, duty->basis_en);
    }
    if (duty->adopted_no.size == 0) {
        return tb_bytes_str(_("basis: default limit (not of the plan)"));
    }
    const char *adopted = _("basis: default limit, adopted by headquarters in ");
    tb_text text;
    tb_bytes out;
    tb_text_init(&text, arena, strlen(adopted) + duty->adopted_no.size + 1);
    tb_text_str(&text, adopted);
    tb_text_bytes(&text, duty->adopted_no);
    return tb_text_done(&text, &out) == TB_OK ? out : duty->adopted_no;
}

static void counted(const char *label, uint64_t value)
{
    if (value > 0) {
        (void)printf("  %s: %" PRIu64 "\n", label, value);
    }
}

void tb_show_due_counts(const tb_local_due_counts *n)
{
    if (n->overdue + n->today + n->next_day + n->owed + n->escalated == 0 && !n->more) {
        (void)printf("%s: %s\n", _("duties"), _("nothing is overdue or due"));
        return;
    }
    (void)printf("%s:\n", _("duties"));
    counted(_("to be done here, overdue"), n->overdue);
    counted(_("to be done here, due today"), n->today);
    counted(_("to be done here, due on the next working day"), n->next_day);
    counted(_("of these on urgent cases"), n->urgent);
    counted(_("owed to this party and overdue"), n->owed);
    counted(_("overdue between others, escalated to this party"), n->escalated);
    if (n->more) {
        (void)printf("  %s\n", _("and more than were counted; see: tongbao due"));
    }
}

bool tb_show_duties(tb_book *book, const tb_local_duties *duties)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("case"),    _("duty"),         _("owed by"),
                                    _("owed to"), _("counted from"), _("due"),
                                    _("state"),   _("basis"),        NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < duties->count; i++) {
        const tb_local_duty_line *d = &duties->lines[i];
        tb_bytes title = tb_say_which(d->title_zh, d->title_en);
        tb_grid_put(&grid, tb_show_hex(arena, d->case_id.bytes, sizeof d->case_id.bytes));
        tb_grid_put(&grid, title.size > 0 ? title : d->duty);
        tb_grid_put(&grid, tb_book_party(book, &d->debtor));
        tb_grid_put(&grid, tb_book_party(book, &d->creditor));
        tb_grid_put(&grid, tb_show_time(arena, d->from));
        tb_grid_put(&grid, tb_show_time(arena, d->due));
        tb_grid_put(&grid, state_of(arena, d));
        tb_grid_put(&grid, tb_show_basis(arena, d));
    }
    bool printed = tb_grid_print(&grid, stdout);
    if (duties->count == 0) {
        (void)printf(_("nothing is owed\n"));
    }
    tb_show_next(arena, duties->next);
    return printed;
}

/* Whether new cases go under it. After its last day it is not closed by itself: what is open is
 * worked to its end, and reports are filed. */
static const char *force_word(const tb_local_campaign_line *c)
{
    if (!c->newest) {
        return _("for cases opened under it");
    }
    return c->when == TB_WHEN_BEFORE ? _("not yet")
           : c->when == TB_WHEN_OVER ? _("its days are over; open cases go on")
                                     : _("yes");
}

static void tell_calendar(const tb_local_campaign_line *c)
{
    if (c->newest && c->calendar_lacks.size > 0) {
        (void)printf(_("%.*s: the calendar installed here does not know %.*s; days of it are "
                       "counted by weekdays alone\n"),
                     (int)c->id.size, (const char *)c->id.data, (int)c->calendar_lacks.size,
                     (const char *)c->calendar_lacks.data);
    }
}

bool tb_show_campaigns(tb_book *book, const tb_local_campaigns *campaigns)
{
    const char *const headings[] = {_("campaign"), _("version"),  _("name"), _("from"),
                                    _("to"),       _("in force"), NULL};
    tb_grid grid;
    tb_grid_init(&grid, &book->client->arena, headings);
    for (size_t i = 0; i < campaigns->count; i++) {
        const tb_local_campaign_line *c = &campaigns->lines[i];
        tb_grid_put(&grid, c->id);
        tb_grid_number(&grid, c->version);
        tb_grid_put(&grid, tb_say_which(c->title_zh, c->title_en));
        tb_grid_put(&grid, c->from);
        tb_grid_put(&grid, c->to);
        tb_grid_text(&grid, force_word(c));
    }
    bool printed = tb_grid_print(&grid, stdout);
    for (size_t i = 0; i < campaigns->count; i++) {
        tell_calendar(&campaigns->lines[i]);
    }
    if (campaigns->count == 0) {
        (void)printf(_("no campaign is installed here\n"));
    }
    return printed;
}

const char *tb_show_stall(tb_stall stall)
{
    switch (stall) {
    case TB_STALL_NONE:
        return "";
    case TB_STALL_PARTY_OFF:
        return _("its holder is out of service");
    case TB_STALL_FROZEN:
        return _("frozen by a fork");
    case TB_STALL_LAPSED:
        return _("a duty lapsed");
    }
    return _("unknown");
}
