/* Lists, their entries and what the gate says, as people read them; and cases that opened each
 * other. */
#include "agents/cli/list.h"

#include <inttypes.h>
#include <stdio.h>

#include "agents/cli/grid.h"
#include "agents/cli/say.h"

#define MINUTE_MS (60ll * 1000)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

const char *tb_gate_key(tb_gate gate)
{
    switch (gate) {
    case TB_GATE_NOT_FOUND:
        return "not_found";
    case TB_GATE_POSSIBLE:
        return "possible";
    case TB_GATE_LISTED:
        return "listed";
    }
    return "not_judged";
}

const char *tb_gate_words(tb_gate gate)
{
    switch (gate) {
    case TB_GATE_NOT_FOUND:
        return _("not found");
    case TB_GATE_POSSIBLE:
        return _("possible: a person must compare");
    case TB_GATE_LISTED:
        return _("listed");
    }
    return _("not judged");
}

void tb_show_age(tb_book *book, const tb_local_list_line *list)
{
    tb_time age = list->now > list->heard ? list->now - list->heard : 0;
    tb_bytes at = tb_show_time(&book->client->arena, list->heard);
    if (list->heard == 0) {
        (void)printf(_("this copy: the hub was never heard, so it may lack everything\n"));
        return;
    }
    if (age < MINUTE_MS) {
        (void)printf(_("this copy: the hub was heard less than a minute ago"));
    } else if (age < HOUR_MS) {
        (void)printf(_("this copy: the hub was heard %lld minutes ago"),
                     (long long)(age / MINUTE_MS));
    } else if (age < DAY_MS) {
        (void)printf(_("this copy: the hub was heard %lld hours ago"), (long long)(age / HOUR_MS));
    } else {
        (void)printf(_("this copy: the hub was heard %lld days ago"), (long long)(age / DAY_MS));
    }
    (void)printf(" (%.*s)%s\n", (int)at.size, (const char *)at.data,
                 list->linked ? "" : _("; the link is down, later changes are not here"));
}

bool tb_show_lists_here(tb_book *book, const tb_local_lists *lists)
{
    const char *const headings[] = {_("list"),   _("name"),    _("campaign"), _("holds"),
                                    _("listed"), _("removed"), NULL};
    tb_grid grid;
    tb_grid_init(&grid, &book->client->arena, headings);
    for (size_t i = 0; i < lists->count; i++) {
        const tb_local_list_line *l = &lists->lines[i];
        tb_grid_put(&grid, l->list);
        tb_grid_put(&grid, tb_say_which(l->title_zh, l->title_en));
        tb_grid_put(&grid, l->campaign);
        tb_grid_text(&grid, l->national ? _("everywhere") : _("in its province"));
        tb_grid_number(&grid, l->listed);
        tb_grid_number(&grid, l->removed);
    }
    bool printed = tb_grid_print(&grid, stdout);
    if (lists->count == 0) {
        (void)printf(_("no campaign installed here has a list\n"));
    } else {
        tb_show_age(book, &lists->lines[0]);
    }
    return printed;
}

/* ---- entries ---- */

/* As much of a case as its names need. */
static tb_local_summary as_case(tb_book *book, tb_bytes campaign, const tb_local_entry *entry)
{
    tb_local_summary of = {.campaign = campaign,
                           .state = entry->state,
                           .fields = entry->fields,
                           .field_count = entry->field_count};
    const tb_campaign *found = tb_book_campaign_of(book, campaign);
    for (unsigned i = 0; found != NULL && i < found->list_count; i++) {
        const tb_case_type *type =
            tb_campaign_case_type(found, tb_bytes_str(found->lists[i].case_type));
        if (type != NULL && tb_case_type_state(type, entry->state) != NULL) {
            of.case_type = tb_bytes_str(type->id);
        }
    }
    return of;
}

static tb_bytes province_of(tb_book *book, tb_bytes code)
{
    const tb_provinces *provinces = tb_book_provinces(book);
    const tb_province *found =
        provinces != NULL && code.size > 0 ? tb_provinces_find(provinces, code) : NULL;
    return found != NULL ? tb_say_which(found->name_zh, found->name_en) : code;
}

static void show_parties(tb_book *book, const char *label, const tb_party *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tb_bytes name = tb_book_party(book, &list[i]);
        (void)printf("%s%.*s", i == 0 ? label : _(", "), (int)name.size, (const char *)name.data);
    }
    (void)printf("%s", count > 0 ? "\n" : "");
}

static void show_entry(tb_book *book, tb_bytes campaign, const tb_local_entry *e)
{
    tb_arena *arena = &book->client->arena;
    tb_local_summary of = as_case(book, campaign, e);
    tb_bytes id = tb_show_hex(arena, e->case_id.bytes, TB_CASE_ID_BYTES);
    tb_bytes state = tb_book_state(book, &of, e->state);
    tb_bytes by = tb_book_party(book, &e->listed_by);
    tb_bytes since = tb_show_time(arena, e->listed);
    tb_bytes province = province_of(book, e->province);
    (void)printf(_("entry %.*s [%.*s]%s%.*s\n"), (int)id.size, (const char *)id.data,
                 (int)state.size, (const char *)state.data, province.size > 0 ? " " : "",
                 (int)province.size, (const char *)province.data);
    (void)printf(_("    listed by %.*s, %.*s\n"), (int)by.size, (const char *)by.data,
                 (int)since.size, (const char *)since.data);
    if (e->removed != 0) {
        tb_bytes remover = tb_book_party(book, &e->removed_by);
        tb_bytes at = tb_show_time(arena, e->removed);
        (void)printf(_("    removed by %.*s, %.*s\n"), (int)remover.size,
                     (const char *)remover.data, (int)at.size, (const char *)at.data);
        show_parties(book, _("    receipt returned by "), e->confirmed, e->confirmed_count);
        show_parties(book, _("    removal still open, no receipt from "), e->outstanding,
                     e->outstanding_count);
    }
    for (size_t i = 0; i < e->field_count; i++) {
        tb_bytes title = tb_book_field(book, &of, e->fields[i].id);
        tb_bytes value = tb_book_value(book, &of, &e->fields[i]);
        (void)printf("    %.*s: %.*s\n", (int)title.size, (const char *)title.data, (int)value.size,
                     (const char *)value.data);
    }
}

bool tb_show_list(tb_book *book, const tb_local_shown_list *shown)
{
    tb_bytes title = tb_say_which(shown->list.title_zh, shown->list.title_en);
    (void)printf("%.*s (%.*s)\n", (int)title.size, (const char *)title.data,
                 (int)shown->list.list.size, (const char *)shown->list.list.data);
    (void)printf(_("listed: %" PRIu64 ", removed: %" PRIu64 "\n"), shown->list.listed,
                 shown->list.removed);
    tb_show_age(book, &shown->list);
    for (size_t i = 0; i < shown->count; i++) {
        (void)printf("\n");
        show_entry(book, shown->list.campaign, &shown->entries[i]);
    }
    tb_show_next(&book->client->arena, shown->next);
    return true;
}

void tb_show_verdict(tb_book *book, const tb_local_verdicts *all, const tb_local_verdict *verdict)
{
    tb_bytes title = tb_say_which(all->list.title_zh, all->list.title_en);
    tb_bytes province = province_of(book, all->province);
    (void)printf("%.*s%s%.*s: %s\n", (int)title.size, (const char *)title.data,
                 province.size > 0 ? ", " : "", (int)province.size, (const char *)province.data,
                 tb_gate_words(verdict->verdict));
    for (size_t i = 0; i < verdict->count; i++) {
        show_entry(book, all->list.campaign, &verdict->entries[i]);
    }
    tb_show_age(book, &all->list);
}

/* ---- cases that opened each other ---- */

static void
show_relative(tb_book *book, tb_bytes campaign, const char *what, const tb_local_relative *relative)
{
    tb_arena *arena = &book->client->arena;
    tb_bytes id = tb_show_hex(arena, relative->case_id.bytes, TB_CASE_ID_BYTES);
    if (!relative->known) {
        (void)printf(_("%s: %.*s (not shown to this party)\n"), what, (int)id.size,
                     (const char *)id.data);
        return;
    }
    tb_local_summary of = {.campaign = campaign, .case_type = relative->case_type};
    const tb_campaign *found = tb_book_campaign_of(book, campaign);
    const tb_case_type *type =
        found != NULL ? tb_campaign_case_type(found, relative->case_type) : NULL;
    tb_bytes title =
        type != NULL ? tb_book_label(&type->title, relative->case_type) : relative->case_type;
    tb_bytes state = tb_book_state(book, &of, relative->state);
    tb_bytes holder = tb_book_party(book, &relative->holder);
    (void)printf("%s: %.*s %.*s [%.*s] %.*s\n", what, (int)id.size, (const char *)id.data,
                 (int)title.size, (const char *)title.data, (int)state.size,
                 (const char *)state.data, (int)holder.size, (const char *)holder.data);
}

static const char *owed_words(const tb_local_owed *one)
{
    switch (one->state) {
    case TB_DUTY_OPEN:
        return _("not given yet");
    case TB_DUTY_ON_TIME:
        return _("on time");
    case TB_DUTY_LATE:
        return _("late");
    case TB_DUTY_LAPSED:
        return _("lapsed, not given");
    case TB_DUTY_RELEASED:
        return _("released by a take-over");
    }
    return _("unknown");
}

/* Each of many under the duty's title: 同意, 有意见, or 逾期未复. */
static void show_owed(tb_book *book, const tb_local_family *family)
{
    tb_local_summary of = {.campaign = family->campaign, .case_type = family->case_type};
    for (size_t i = 0; i < family->owed_count; i++) {
        const tb_local_owed *one = &family->owed[i];
        bool first = i == 0 || !tb_bytes_equal(one->duty, family->owed[i - 1].duty);
        tb_bytes title = tb_say_which(one->title_zh, one->title_en);
        tb_bytes party = tb_book_party(book, &one->debtor);
        tb_bytes due = tb_show_time(&book->client->arena, one->due);
        if (first) {
            (void)printf(_("%.*s, owed by each until %.*s:\n"), (int)title.size,
                         (const char *)title.data, (int)due.size, (const char *)due.data);
        }
        (void)printf("    %.*s: ", (int)party.size, (const char *)party.data);
        for (size_t f = 0; f < one->field_count; f++) {
            tb_bytes value = tb_book_value(book, &of, &one->fields[f]);
            (void)printf("%.*s, ", (int)value.size, (const char *)value.data);
        }
        (void)printf("%s\n", owed_words(one));
    }
}

bool tb_show_family(tb_book *book, const tb_local_family *family)
{
    if (!tb_case_zero(&family->parent.case_id)) {
        show_relative(book, family->campaign, _("opened by an act on"), &family->parent);
    }
    for (size_t i = 0; i < family->count; i++) {
        show_relative(book, family->campaign, _("has opened"), &family->children[i]);
    }
    show_owed(book, family);
    return true;
}
