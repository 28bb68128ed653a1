/* Notices, traces, parties, possible acts and status as people read them. */
#include "agents/cli/list.h"

#include <inttypes.h>
#include <stdio.h>

#include "agents/cli/grid.h"
#include "agents/cli/say.h"
#include "base/text.h"
#include "messages/directory.h"

bool tb_show_notices(tb_book *book, const tb_local_notices *notices)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("notice"), _("direction"), _("party"), _("where"),
                                    _("since"),  _("events"),    NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < notices->count; i++) {
        const tb_local_notice_line *n = &notices->lines[i];
        tb_grid_put(&grid, n->notice);
        tb_grid_text(&grid, n->out ? _("out") : _("in"));
        tb_grid_put(&grid, tb_book_party(book, &n->peer));
        tb_grid_text(&grid, tb_show_where(n->where));
        tb_grid_put(&grid, tb_show_time(arena, n->at));
        tb_grid_number(&grid, n->events);
    }
    bool printed = tb_grid_print(&grid, stdout);
    tb_show_next(arena, notices->next);
    return printed;
}

/* What was done, and what became of it when it did not take effect: "sign for (overtaken)". */
static tb_bytes act_of(tb_arena *arena, const tb_local_trace_line *line)
{
    tb_bytes title = tb_say_which(line->title_zh, line->title_en);
    title = title.size > 0 ? title : line->action;
    const char *standing = line->standing == 0 ? "" : tb_show_standing(line->standing);
    if (*standing == '\0') {
        return title;
    }
    tb_text text;
    tb_bytes out = title;
    tb_text_init(&text, arena, title.size + strlen(standing) + 4);
    tb_text_bytes(&text, title);
    tb_text_str(&text, " (");
    tb_text_str(&text, standing);
    tb_text_str(&text, ")");
    return tb_text_done(&text, &out) == TB_OK ? out : title;
}

bool tb_show_trace(tb_book *book, const tb_local_traced *traced)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("act"),          _("recipient"),    _("where"), _("since"),
                                    _("last attempt"), _("next attempt"), _("why"),   NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < traced->count; i++) {
        const tb_local_trace_line *t = &traced->lines[i];
        tb_grid_put(&grid, act_of(arena, t));
        tb_grid_put(&grid, tb_book_party(book, &t->recipient));
        tb_grid_text(&grid, tb_show_where(t->where));
        tb_grid_put(&grid, tb_show_time(arena, t->since));
        tb_grid_put(&grid, tb_show_time(arena, t->last_attempt));
        tb_grid_put(&grid, tb_show_time(arena, t->next_attempt));
        tb_grid_put(&grid, tb_say_which(t->why_zh, t->why_en));
    }
    return tb_grid_print(&grid, stdout);
}

/* The title for people, the id for what they type. */
static void put_role(tb_book *book, tb_grid *grid, tb_bytes role)
{
    tb_bytes title = tb_book_role(book, role);
    char both[512];
    (void)snprintf(both, sizeof both, "%.*s (%.*s)", (int)title.size, (const char *)title.data,
                   (int)role.size, (const char *)role.data);
    tb_grid_put(grid, tb_bytes_equal(title, role) ? role : tb_bytes_str(both));
}

bool tb_show_parties(tb_book *book, const tb_local_parties *parties)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("party"), _("name"), _("role"), _("in use"), NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < parties->count; i++) {
        const tb_local_party_line *p = &parties->lines[i];
        tb_grid_put(&grid, tb_party_bytes(&p->id));
        tb_grid_put(&grid, tb_say_which(p->name_zh, p->name_en));
        put_role(book, &grid, p->role);
        tb_grid_text(&grid, p->state == TB_PARTY_ACTIVE ? _("yes") : _("no"));
    }
    return tb_grid_print(&grid, stdout);
}

static void show_field(tb_book *book, const tb_local_summary *of, const tb_local_field_line *field)
{
    tb_bytes title = tb_say_which(field->title_zh, field->title_en);
    (void)printf("    %.*s=…  %.*s%s", (int)field->id.size, (const char *)field->id.data,
                 (int)title.size, (const char *)title.data,
                 field->required ? _(" (required)") : "");
    for (size_t i = 0; i < field->choice_count; i++) {
        tb_field choice = {field->id, field->choices[i]};
        tb_bytes shown = of == NULL ? choice.value : tb_book_value(book, of, &choice);
        (void)printf("%s%.*s", i == 0 ? ": " : " | ", (int)shown.size, (const char *)shown.data);
    }
    (void)printf("\n");
}

bool tb_show_acts(tb_book *book, const tb_local_summary *of, const tb_local_acts *acts)
{
    size_t possible = 0;
    for (size_t i = 0; i < acts->count; i++) {
        const tb_local_act_line *act = &acts->lines[i];
        if (act->code != TB_ACCEPTED) {
            continue;
        }
        possible++;
        tb_bytes title = tb_say_which(act->title_zh, act->title_en);
        (void)printf("%.*s  %.*s\n", (int)act->action.size, (const char *)act->action.data,
                     (int)title.size, (const char *)title.data);
        for (size_t j = 0; j < act->field_count; j++) {
            show_field(book, of, &act->fields[j]);
        }
    }
    if (possible == 0) {
        (void)printf(_("nothing for this party to do on this case now\n"));
    }
    return true;
}

static void row(const char *label, const char *value)
{
    (void)printf("%s: %s\n", label, value);
}

static void counted(const char *label, uint64_t value)
{
    (void)printf("%s: %" PRIu64 "\n", label, value);
}

void tb_show_status(tb_book *book, const tb_local_status *s)
{
    tb_bytes name = tb_say_which(s->name_zh, s->name_en);
    tb_bytes id = tb_party_bytes(&s->party);
    tb_bytes civil = tb_show_time(&book->client->arena, s->civil);
    (void)printf("%.*s (%.*s)\n", (int)name.size, (const char *)name.data, (int)id.size,
                 (const char *)id.data);
    if (s->exercise) {
        (void)printf(_("exercise, its clock stands at %.*s\n"), (int)civil.size,
                     (const char *)civil.data);
    }
    row(_("link to the hub"), s->linked ? _("up") : _("down; work goes on and is sent later"));
    if (s->fenced) {
        row(_("stopped"), tb_refusal_zh(s->code));
        (void)printf("         %s\n", tb_refusal_en(s->code));
    }
    tb_show_due_counts(&s->duties);
    counted(_("cases"), s->cases);
    counted(_("notices not yet arrived everywhere"), s->outbox);
    counted(_("drafts waiting for the link"), s->drafts - s->approvals);
    counted(_("acts waiting for approval"), s->approvals);
    if (s->accounts == 0) {
        row(_("accounts"), _("none: whoever may open the agent's socket may act"));
    } else {
        counted(_("accounts"), s->accounts);
    }
    counted(_("events held back"), s->held_back);
    (void)printf(_("store: %" PRIu64 " of %" PRIu64 " MiB used\n"), s->used_bytes >> 20,
                 s->quota_bytes >> 20);
    counted(_("directory version"), s->directory_version);
    for (size_t i = 0; i < s->warning_count; i++) {
        const tb_local_warning *w = &s->warnings[i];
        tb_bytes until = tb_show_time(&book->client->arena, w->until);
        (void)printf(_("to be done before %.*s\n"), (int)until.size, (const char *)until.data);
        (void)printf("  ! %s\n    %s\n", tb_refusal_zh(w->code), tb_refusal_en(w->code));
    }
    if (s->recovery.state != 0) {
        tb_show_recovery(book, &s->recovery);
    }
    counted(_("alarms"), s->alarms);
    for (size_t i = 0; i < s->alarm_text_count; i++) {
        (void)printf("  ! %.*s\n", (int)s->alarm_texts[i].size,
                     (const char *)s->alarm_texts[i].data);
    }
}

bool tb_show_answer(tb_book *book, const tb_local_answer *answer)
{
    switch (answer->kind) {
    case TB_ANSWER_ACTED:
        tb_show_acted(book, answer);
        return true;
    case TB_ANSWER_CASE:
        return tb_show_case(book, &answer->case_);
    case TB_ANSWER_CASES:
        return tb_show_cases(book, &answer->cases);
    case TB_ANSWER_TRACED:
        return tb_show_trace(book, &answer->traced);
    case TB_ANSWER_STATUS:
        tb_show_status(book, &answer->status);
        return true;
    case TB_ANSWER_NOTICES:
        return tb_show_notices(book, &answer->notices);
    case TB_ANSWER_PARTIES:
        return tb_show_parties(book, &answer->parties);
    case TB_ANSWER_ACTS:
        return tb_show_acts(book, NULL, &answer->acts);
    case TB_ANSWER_DUTIES:
        return tb_show_duties(book, &answer->duties);
    case TB_ANSWER_REPORTS:
        return tb_show_reports(book, &answer->reports);
    case TB_ANSWER_REPORT:
        return tb_show_report(book, &answer->report);
    case TB_ANSWER_FIGURE:
        return tb_show_figure(book, &answer->figure);
    case TB_ANSWER_VERIFIED:
        tb_show_verified(&answer->verified);
        return true;
    case TB_ANSWER_CAMPAIGNS:
        return tb_show_campaigns(book, &answer->campaigns);
    case TB_ANSWER_LISTS:
        return tb_show_lists_here(book, &answer->lists);
    case TB_ANSWER_SHOWN_LIST:
        return tb_show_list(book, &answer->shown_list);
    case TB_ANSWER_VERDICTS:
        for (size_t i = 0; i < answer->verdicts.count; i++) {
            tb_show_verdict(book, &answer->verdicts, &answer->verdicts.verdicts[i]);
        }
        return true;
    case TB_ANSWER_FAMILY:
        return tb_show_family(book, &answer->family);
    case TB_ANSWER_QUARANTINE:
        return tb_show_quarantine(book, &answer->quarantine);
    case TB_ANSWER_SETTLED:
        tb_show_settled(&answer->settled);
        return true;
    case TB_ANSWER_RECOVERY:
        tb_show_recovery(book, &answer->recovery);
        return true;
    case TB_ANSWER_ACCOUNTS:
        return tb_show_accounts(book, &answer->accounts);
    case TB_ANSWER_APPROVALS:
        return tb_show_approvals(book, &answer->approvals);
    case TB_ANSWER_EXPLAINED:
        tb_show_explained(book, &answer->explained);
        return true;
    case TB_ANSWER_UNANSWERED:
        break;
    case TB_ANSWER_OFFICE:
        tb_show_office(&answer->office);
        return true;
    case TB_ANSWER_SWITCHES:
        return tb_show_switches(book, &answer->switches);
    case TB_ANSWER_CUT:
    case TB_ANSWER_DEAD_LETTERS: /* a hub's answer */
    case TB_ANSWER_NONE:
    case TB_ANSWER_CONTENT:
    case TB_ANSWER_CHECKED:
    case TB_ANSWER_CHANGED:
    case TB_ANSWER_BUNDLE:
    case TB_ANSWER_IMPORTED:
    case TB_ANSWER_WRITTEN:
    case TB_ANSWER_LETTER:
    case TB_ANSWER_EVIDENCE:
    case TB_ANSWER_RECONCILED:
        break;
    }
    (void)printf(answer->draft ? _("accepted, waiting for the link (待发出)\n") : _("done\n"));
    return true;
}
