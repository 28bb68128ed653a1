/* How the due time of a duty comes about, step by step. */
#include <inttypes.h>
#include <stdio.h>

#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

static const char *why_text(tb_effective_why why)
{
    switch (why) {
    case TB_EFFECTIVE_UNKNOWN:
        return _("its own time for now: no stamp of the hub is here yet");
    case TB_EFFECTIVE_OWN:
        return _("its own time: the hub stored it within 15 minutes after");
    case TB_EFFECTIVE_STORED:
        return _("the hub's stored time: it was not stored within 15 minutes after its own");
    case TB_EFFECTIVE_EXERCISE:
        return _("its own time: this is an exercise");
    }
    return "";
}

static const char *day_text(tb_day_why why)
{
    switch (why) {
    case TB_DAY_COUNTS:
        return _("counts");
    case TB_DAY_WEEKEND:
        return _("weekend, not counted");
    case TB_DAY_OFF:
        return _("day off by the calendar, not counted");
    case TB_DAY_WORKED:
        return _("weekend worked by the calendar, counts");
    case TB_DAY_COUNTS_ALONE:
        return _("counts by its weekday alone: the calendar does not know this year");
    case TB_DAY_WEEKEND_ALONE:
        return _("weekend by its weekday alone: the calendar does not know this year");
    }
    return "";
}

static void show_limit(const tb_local_explained_duty *d)
{
    switch (d->unit) {
    case TB_LIMIT_UNKNOWN:
        (void)printf(_("  limit: not known here, the campaign or the duty is gone\n"));
        return;
    case TB_LIMIT_HOURS:
        (void)printf(_("  limit: %" PRIu32 " hours, from the event on\n"), d->amount);
        return;
    case TB_LIMIT_DAYS:
        (void)printf(_("  limit: %" PRIu32 " days, from the next day on, until 24:00\n"),
                     d->amount);
        return;
    case TB_LIMIT_DAY:
        (void)printf("%s", _("  limit: a day that is named, until 24:00\n"));
        return;
    case TB_LIMIT_WORKING_DAYS:
        (void)printf(_("  limit: %" PRIu32 " working days, from the next day on, until 24:00\n"),
                     d->amount);
        return;
    }
}

static void show_calendar(const tb_local_explained_duty *d)
{
    if (d->unit != TB_LIMIT_WORKING_DAYS) {
        return;
    }
    if (d->calendar == 0) {
        (void)printf(_("  calendar: none, Monday to Friday\n"));
    } else {
        (void)printf(_("  calendar: version %" PRIu32 "\n"), d->calendar);
    }
    if (d->calendar != d->calendar_here) {
        (void)printf(_("  ! here is version %" PRIu32 " now; the days below are told by it\n"),
                     d->calendar_here);
    }
}

static void show_days(tb_book *book, const tb_local_explained_duty *d)
{
    unsigned counted = 0;
    bool alone = false;
    for (size_t i = 0; i < d->day_count; i++) {
        tb_bytes day = tb_show_time(&book->client->arena, d->days[i].at);
        tb_day_why why = d->days[i].why;
        bool counts = why == TB_DAY_COUNTS || why == TB_DAY_WORKED || why == TB_DAY_COUNTS_ALONE;
        alone = alone || why == TB_DAY_COUNTS_ALONE || why == TB_DAY_WEEKEND_ALONE;
        counted += counts ? 1 : 0;
        (void)printf("    %.*s  ", day.size < 10 ? (int)day.size : 10, (const char *)day.data);
        if (counts) {
            (void)printf(_("day %u: "), counted);
        }
        (void)printf("%s\n", day_text(d->days[i].why));
    }
    if (d->more_days > 0) {
        (void)printf(_("    and %" PRIu32 " days more\n"), d->more_days);
    }
    if (alone) {
        (void)printf("%s", _("  ! days are judged by their weekday alone; ask the authority for a "
                             "calendar of that year\n"));
    }
}

static void show_said(tb_book *book, const char *what, tb_time at)
{
    tb_bytes text = tb_show_time(&book->client->arena, at);
    if (at != 0) {
        (void)printf("  %s: %.*s\n", what, (int)text.size, (const char *)text.data);
    }
}

static void show_one(tb_book *book, const tb_local_explained_duty *d)
{
    tb_arena *arena = &book->client->arena;
    const tb_local_duty_line *l = &d->line;
    tb_bytes title = tb_say_which(l->title_zh, l->title_en);
    title = title.size > 0 ? title : l->duty;
    tb_bytes debtor = tb_book_party(book, &l->debtor);
    tb_bytes creditor = tb_book_party(book, &l->creditor);
    tb_bytes actor = tb_book_party(book, &d->actor);
    tb_bytes from = tb_say_which(l->from_zh, l->from_en);
    tb_bytes own = tb_show_time(arena, d->own);
    tb_bytes stored = tb_show_time(arena, d->stored);
    tb_bytes counts = tb_show_time(arena, l->from);
    tb_bytes due = tb_show_time(arena, l->due);
    tb_bytes judged = tb_show_time(arena, d->judged);
    tb_bytes basis = tb_show_basis(arena, l);
    (void)printf(_("%.*s: owed by %.*s to %.*s\n"), (int)title.size, (const char *)title.data,
                 (int)debtor.size, (const char *)debtor.data, (int)creditor.size,
                 (const char *)creditor.data);
    (void)printf(_("  begins with: %.*s by %.*s, event %" PRIu64 " of the case, at %.*s\n"),
                 (int)from.size, (const char *)from.data, (int)actor.size, (const char *)actor.data,
                 d->number, (int)own.size, (const char *)own.data);
    if (d->stored != 0) {
        (void)printf(_("  stored by the hub: %.*s\n"), (int)stored.size, (const char *)stored.data);
    }
    (void)printf(_("  counts from: %.*s, %s\n"), (int)counts.size, (const char *)counts.data,
                 why_text(d->why));
    show_limit(d);
    (void)printf("  %.*s\n", (int)basis.size, (const char *)basis.data);
    show_calendar(d);
    show_days(book, d);
    if (d->redated != 0) {
        tb_bytes was = tb_show_time(arena, d->was_due);
        tb_bytes when = tb_show_time(arena, d->redated);
        (void)printf(_("  was due: %.*s, until its creditor re-dated it at %.*s\n"), (int)was.size,
                     (const char *)was.data, (int)when.size, (const char *)when.data);
    }
    (void)printf(_("  due: %.*s; a lapse is recorded after %.*s\n"), (int)due.size,
                 (const char *)due.data, (int)judged.size, (const char *)judged.data);
    show_said(book, _("reminded"), l->reminded);
    show_said(book, _("escalated"), l->escalated);
    show_said(book, _("lapse withdrawn, it was done in time"), l->withdrawn);
    show_said(book, _("told to whom it was escalated: it is over"), l->settled);
    (void)printf(_("  state: %s\n"), tb_show_duty_state(l));
    if (l->by_default && l->adopted_no.size == 0) {
        (void)printf("%s",
                     _("  does not count in evaluation until headquarters adopts the limit\n"));
    }
}

void tb_show_explained(tb_book *book, const tb_local_explained *explained)
{
    for (size_t i = 0; i < explained->count; i++) {
        (void)printf("%s", i > 0 ? "\n" : "");
        show_one(book, &explained->duties[i]);
    }
    if (explained->count == 0) {
        (void)printf(_("nothing is owed\n"));
    }
}

static json_t *json_days(const tb_local_explained_duty *d)
{
    static const char *const whys[] = {"counts", "weekend",      "off",
                                       "worked", "counts_alone", "weekend_alone"};
    json_t *days = json_array();
    for (size_t i = 0; i < d->day_count; i++) {
        char text[TB_TIME_TEXT];
        tb_time_print(d->days[i].at, text);
        json_t *o = json_object();
        (void)json_object_set_new(o, "day", json_stringn(text, 10));
        (void)json_object_set_new(o, "why", json_string(whys[d->days[i].why]));
        (void)json_array_append_new(days, o);
    }
    return days;
}

json_t *tb_json_explained(const tb_local_explained *explained)
{
    static const char *const whys[] = {"no_stamp_yet", "own", "stored", "exercise"};
    static const char *const units[] = {"unknown", "hours", "days", "working_days", "day"};
    json_t *list = json_array();
    for (size_t i = 0; i < explained->count; i++) {
        const tb_local_explained_duty *d = &explained->duties[i];
        json_t *o = tb_json_duty(&d->line);
        (void)json_object_set_new(o, "event", tb_json_hex_of(d->event.bytes, TB_DIGEST_BYTES));
        (void)json_object_set_new(o, "number", json_integer((json_int_t)d->number));
        (void)json_object_set_new(o, "actor", tb_json_party(&d->actor));
        (void)json_object_set_new(o, "own_time", tb_json_time(d->own));
        (void)json_object_set_new(o, "stored_time", tb_json_time(d->stored));
        (void)json_object_set_new(o, "effective_because", json_string(whys[d->why]));
        (void)json_object_set_new(o, "unit", json_string(units[d->unit]));
        (void)json_object_set_new(o, "amount", json_integer(d->amount));
        (void)json_object_set_new(o, "calendar", json_integer(d->calendar));
        (void)json_object_set_new(o, "calendar_here", json_integer(d->calendar_here));
        (void)json_object_set_new(o, "days", json_days(d));
        (void)json_object_set_new(o, "more_days", json_integer(d->more_days));
        (void)json_object_set_new(o, "lapse_after", tb_json_time(d->judged));
        (void)json_object_set_new(o, "was_due", tb_json_time(d->was_due));
        (void)json_object_set_new(o, "redated", tb_json_time(d->redated));
        (void)json_array_append_new(list, o);
    }
    json_t *o = json_object();
    (void)json_object_set_new(o, "duties", list);
    (void)json_object_set_new(o, "at", tb_json_time(explained->civil));
    return o;
}
