#include "agents/cli/digest.h"

#include <inttypes.h>
#include <stdio.h>

#include "agents/cli/cli.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

/* Duties listed; of more the first, and the page says that there are more. */
#define LISTED_MAX 500

/* Cases this party notified others of that are with others still, on all pages. */
static int count_unanswered(tb_client *client, uint64_t *out)
{
    tb_local_request request = {.kind = TB_REQUEST_UNANSWERED};
    static const tb_case_id end;
    int code;
    *out = 0;
    do {
        tb_local_answer answer;
        code = tb_client_get(client, &request, TB_ANSWER_UNANSWERED, &answer);
        if (code != TB_EXIT_DONE) {
            return code;
        }
        *out += answer.unanswered.notified - answer.unanswered.answered - answer.unanswered.here;
        request.get_unanswered.after = answer.unanswered.next;
    } while (memcmp(request.get_unanswered.after.bytes, end.bytes, TB_CASE_ID_BYTES) != 0);
    return code;
}

/* What somebody sees first, in this order. */
typedef enum urgency {
    OVERDUE,
    TODAY,
    ESCALATED,
    OWED,
    NEXT_DAY,
    URGENCIES
} urgency;

static urgency urgency_of(const tb_local_duty_line *line, const tb_party *self, tb_time tonight)
{
    if (tb_party_equal(&line->debtor, self)) {
        return line->over ? OVERDUE : line->due < tonight ? TODAY : NEXT_DAY;
    }
    return tb_party_equal(&line->creditor, self) ? OWED : ESCALATED;
}

static const char *heading(urgency which)
{
    switch (which) {
    case OVERDUE:
        return _("to be done here, overdue");
    case TODAY:
        return _("to be done here, due today");
    case ESCALATED:
        return _("overdue between others, escalated to this party");
    case OWED:
        return _("owed to this party");
    case NEXT_DAY:
        return _("to be done here, due on the next working day");
    case URGENCIES:
        break;
    }
    TB_UNREACHABLE();
}

/* The lines of one urgency, by due time; part has room for all. */
static size_t
sort_out(const tb_local_duties *all, const tb_party *self, urgency which, tb_local_duty_line *part)
{
    tb_time tonight = tb_day_start(tb_day_of(all->civil) + 1);
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (urgency_of(&all->lines[i], self, tonight) == which) {
            part[count++] = all->lines[i];
        }
    }
    return count;
}

static bool print_lists(tb_book *book, const tb_local_duties *duties, const tb_party *self)
{
    tb_arena *arena = &book->client->arena;
    tb_local_duty_line *part = tb_arena_array(arena, duties->count + 1, sizeof *part);
    bool printed = part != NULL;
    for (urgency which = OVERDUE; printed && which < URGENCIES; which++) {
        tb_local_duties some = {.lines = part, .civil = duties->civil};
        some.count = sort_out(duties, self, which, part);
        if (some.count > 0) {
            (void)printf("\n%s (%zu)\n", heading(which), some.count);
            printed = tb_show_duties(book, &some);
        }
    }
    if (duties->next.size > 0) {
        (void)printf("\n%s\n", _("There are more; see: tongbao due --mine, tongbao due --overdue"));
    }
    return printed;
}

static void
print_json(const tb_local_duties *duties, const tb_local_status *status, uint64_t unanswered)
{
    size_t overdue = 0;
    for (size_t i = 0; i < duties->count; i++) {
        overdue += duties->lines[i].over;
    }
    json_t *o = tb_json_duties(duties);
    (void)json_object_set_new(o, "overdue", json_integer((json_int_t)overdue));
    (void)json_object_set_new(o, "unanswered", json_integer((json_int_t)unanswered));
    (void)json_object_set_new(o, "approvals", json_integer((json_int_t)status->approvals));
    (void)json_object_set_new(o, "counts", tb_json_due_counts(&status->duties));
    tb_json_print(o);
}

static bool print(tb_book *book,
                  const tb_local_duties *duties,
                  const tb_local_status *status,
                  uint64_t unanswered)
{
    if (book->client->json) {
        print_json(duties, status, unanswered);
        return true;
    }
    tb_show_due_counts(&status->duties);
    (void)printf("%s: %" PRIu64 "\n", _("notified, unanswered"), unanswered);
    (void)printf("%s: %" PRIu64 "\n", _("acts waiting for approval"), status->approvals);
    return print_lists(book, duties, &status->party);
}

/* What concerns this party and is due by the end of the next working day. */
static int list(tb_client *client, tb_time until, tb_local_duties *out)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_DUTIES,
                                .duties = {.concerns = true, .limit = LISTED_MAX}};
    tb_local_answer answer;
    int code = tb_client_get(client, &request, TB_ANSWER_DUTIES, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    *out = answer.duties; /* by due time */
    size_t count = 0;
    while (count < out->count && out->lines[count].due < until) {
        count++;
    }
    if (count < out->count) {
        out->next = tb_bytes_of(NULL, 0);
    }
    out->count = count;
    return code;
}

int tb_due_digest(const tb_common *common)
{
    tb_client client;
    tb_book book;
    tb_local_answer answer;
    tb_local_duties duties;
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    uint64_t unanswered = 0;
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    code = count_unanswered(&client, &unanswered);
    if (code == TB_EXIT_DONE) {
        code = tb_client_get(&client, &request, TB_ANSWER_STATUS, &answer);
    }
    const tb_local_status status = answer.status;
    if (code == TB_EXIT_DONE) {
        code = list(&client, status.duties.until, &duties);
    }
    if (code == TB_EXIT_DONE) {
        code = print(&book, &duties, &status, unanswered) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}
