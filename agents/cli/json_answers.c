/* Every kind of answer as JSON; the keys are those of messages/local.proto. */
#include "agents/cli/json.h"
#include "agents/cli/list.h"

static json_t *digest(const tb_digest *d)
{
    return tb_digest_zero(d) ? json_null() : tb_json_hex_of(d->bytes, sizeof d->bytes);
}

static json_t *case_id(const tb_case_id *id)
{
    return tb_case_zero(id) ? json_null() : tb_json_hex_of(id->bytes, sizeof id->bytes);
}

static json_t *number(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static void put(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

static json_t *texts(const tb_bytes *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(array, tb_json_text(list[i]));
    }
    return array;
}

json_t *tb_json_acted(const tb_local_answer *answer)
{
    const tb_local_acted *acted = &answer->acted;
    json_t *o = json_object();
    put(o, "case_id", case_id(&acted->case_id));
    put(o, "event", digest(&acted->event));
    put(o, "number", number(acted->number));
    put(o, "state", tb_json_text(acted->state));
    put(o, "draft", json_boolean(answer->draft));
    if (acted->waits != TB_STEP_MADE) {
        put(o, "waits", json_string(acted->waits == TB_STEP_REVIEW ? "review" : "sign"));
        put(o, "approval", number(acted->draft));
    }
    if (answer->detail.size > 0) {
        put(o, "detail", tb_json_text(answer->detail));
    }
    return o;
}

static const char *stall_key(tb_stall stall)
{
    static const char *const keys[] = {"no", "party_off", "frozen", "lapsed"};
    return keys[stall > TB_STALL_LAPSED ? 0 : stall];
}

json_t *tb_json_summary(const tb_local_summary *s)
{
    json_t *o = json_object();
    put(o, "case_id", case_id(&s->case_id));
    put(o, "campaign", tb_json_text(s->campaign));
    put(o, "case_type", tb_json_text(s->case_type));
    put(o, "state", tb_json_text(s->state));
    put(o, "action", tb_json_text(s->action));
    put(o, "at", tb_json_time(s->at));
    put(o, "holder", tb_json_party(&s->holder));
    put(o, "mine", json_boolean(s->mine));
    put(o, "opener", tb_json_party(&s->opener));
    put(o, "campaign_version", number(s->campaign_version));
    put(o, "number", number(s->number));
    put(o, "term", number(s->term));
    put(o, "head", digest(&s->head));
    put(o, "frozen", json_boolean(s->frozen));
    put(o, "stalled", json_string(stall_key(s->stalled)));
    put(o, "held_back", number(s->held_back));
    put(o, "fields", tb_json_fields(s->fields, s->field_count));
    put(o, "lost_fields", texts(s->lost_fields, s->lost_count));
    return o;
}

static json_t *event(const tb_local_event *e)
{
    json_t *addressees = json_array();
    for (size_t i = 0; i < e->addressee_count; i++) {
        (void)json_array_append_new(addressees, tb_json_party(&e->addressees[i]));
    }
    json_t *unread = json_array();
    for (size_t i = 0; i < e->unread_count; i++) {
        (void)json_array_append_new(unread, tb_json_text(e->unread_groups[i]));
    }
    json_t *o = json_object();
    put(o, "event", digest(&e->event));
    put(o, "number", number(e->number));
    put(o, "kind", number(e->kind));
    put(o, "action", tb_json_text(e->action));
    put(o, "actor", tb_json_party(&e->actor));
    put(o, "account", tb_json_text(e->account));
    put(o, "from_state", tb_json_text(e->from_state));
    put(o, "to_state", tb_json_text(e->to_state));
    put(o, "at", tb_json_time(e->at));
    put(o, "stored", tb_json_time(e->stored));
    put(o, "holder", tb_json_party(&e->holder));
    put(o, "addressees", addressees);
    put(o, "fields", tb_json_fields(e->fields, e->field_count));
    put(o, "unread_groups", unread);
    put(o, "lost_fields", texts(e->lost_fields, e->lost_count));
    put(o, "standing", json_string(tb_standing_key(e->standing)));
    put(o, "term", number(e->term));
    put(o, "on_behalf", tb_json_party(&e->on_behalf));
    put(o, "paper_no", tb_json_text(e->paper_no));
    put(o, "paper_date", tb_json_text(e->paper_date));
    put(o, "timing", json_string(tb_timing_key(e->timing)));
    put(o, "account_name", tb_json_text(e->account_name));
    put(o, "approvals", tb_json_steps(e->approvals, e->approval_count));
    return o;
}

json_t *tb_json_case(const tb_local_case *whole)
{
    json_t *events = json_array();
    for (size_t i = 0; i < whole->event_count; i++) {
        (void)json_array_append_new(events, event(&whole->events[i]));
    }
    json_t *o = tb_json_summary(&whole->summary);
    put(o, "events", events);
    put(o, "scores", tb_json_scores(whole));
    return o;
}

json_t *tb_json_cases(const tb_local_cases *cases)
{
    json_t *list = json_array();
    for (size_t i = 0; i < cases->count; i++) {
        (void)json_array_append_new(list, tb_json_summary(&cases->cases[i]));
    }
    json_t *o = json_object();
    put(o, "cases", list);
    put(o, "total", number(cases->total));
    put(o, "next",
        cases->next.size == 0 ? json_null() : tb_json_hex_of(cases->next.data, cases->next.size));
    return o;
}

json_t *tb_json_traced(const tb_local_traced *traced)
{
    json_t *list = json_array();
    for (size_t i = 0; i < traced->count; i++) {
        const tb_local_trace_line *line = &traced->lines[i];
        json_t *o = json_object();
        put(o, "notice", tb_json_text(line->notice));
        put(o, "event", digest(&line->event));
        put(o, "action", tb_json_text(line->action));
        put(o, "title_zh", tb_json_text(line->title_zh));
        put(o, "title_en", tb_json_text(line->title_en));
        put(o, "standing",
            line->standing == 0 ? json_null() : json_string(tb_standing_key(line->standing)));
        put(o, "sender", tb_json_party(&line->sender));
        put(o, "recipient", tb_json_party(&line->recipient));
        put(o, "where", json_string(tb_where_key(line->where)));
        put(o, "since", tb_json_time(line->since));
        put(o, "last_attempt", tb_json_time(line->last_attempt));
        put(o, "next_attempt", tb_json_time(line->next_attempt));
        put(o, "code", json_string(tb_refusal_key(line->code)));
        put(o, "why_zh", tb_json_text(line->why_zh));
        put(o, "why_en", tb_json_text(line->why_en));
        (void)json_array_append_new(list, o);
    }
    json_t *o = json_object();
    put(o, "lines", list);
    return o;
}

json_t *tb_json_recovery(const tb_local_recovery *r)
{
    static const char *const states[] = {"never", "greeting", "asking", "ended"};
    json_t *asked = json_array();
    json_t *released = json_array();
    for (size_t i = 0; i < r->asked_count; i++) {
        const tb_local_asked *a = &r->asked[i];
        json_t *o = json_object();
        put(o, "party", tb_json_party(&a->party));
        put(o, "asked", tb_json_time(a->asked));
        put(o, "last", tb_json_time(a->last));
        put(o, "heard", tb_json_time(a->heard));
        put(o, "ended", tb_json_time(a->ended));
        put(o, "missing", number(a->missing));
        (void)json_array_append_new(asked, o);
    }
    for (size_t i = 0; i < r->released_count; i++) {
        const tb_local_released *one = &r->released[i];
        json_t *o = json_object();
        put(o, "case_id", case_id(&one->case_id));
        put(o, "account", tb_json_text(one->account));
        put(o, "reason", tb_json_text(one->reason));
        put(o, "at", tb_json_time(one->at));
        (void)json_array_append_new(released, o);
    }
    json_t *o = json_object();
    put(o, "state", json_string(states[r->state > 3 ? 0 : r->state]));
    put(o, "started", tb_json_time(r->started));
    put(o, "ended", tb_json_time(r->ended));
    put(o, "account", tb_json_text(r->account));
    put(o, "reason", tb_json_text(r->reason));
    put(o, "old_counter", number(r->old_counter));
    put(o, "counter", number(r->counter));
    put(o, "asked", asked);
    put(o, "released", released);
    return o;
}

json_t *tb_json_due_counts(const tb_local_due_counts *n)
{
    json_t *o = json_object();
    put(o, "overdue", number(n->overdue));
    put(o, "today", number(n->today));
    put(o, "next_day", number(n->next_day));
    put(o, "urgent", number(n->urgent));
    put(o, "owed", number(n->owed));
    put(o, "escalated", number(n->escalated));
    put(o, "more", json_boolean(n->more));
    put(o, "until", tb_json_time(n->until));
    return o;
}

json_t *tb_json_status(const tb_local_status *s)
{
    json_t *alarms = json_array();
    for (size_t i = 0; i < s->alarm_text_count; i++) {
        (void)json_array_append_new(alarms, tb_json_text(s->alarm_texts[i]));
    }
    json_t *o = json_object();
    put(o, "party", tb_json_party(&s->party));
    put(o, "name_zh", tb_json_text(s->name_zh));
    put(o, "name_en", tb_json_text(s->name_en));
    put(o, "hub", digest(&s->hub));
    put(o, "exercise", json_boolean(s->exercise));
    put(o, "linked", json_boolean(s->linked));
    put(o, "fenced", json_boolean(s->fenced));
    put(o, "code", json_string(tb_refusal_key(s->code)));
    put(o, "incarnation", number(s->incarnation.counter));
    put(o, "directory_version", number(s->directory_version));
    put(o, "civil", tb_json_time(s->civil));
    put(o, "cases", number(s->cases));
    put(o, "outbox", number(s->outbox));
    put(o, "drafts", number(s->drafts));
    put(o, "accounts", number(s->accounts));
    put(o, "approvals", number(s->approvals));
    put(o, "duties", tb_json_due_counts(&s->duties));
    put(o, "held_back", number(s->held_back));
    put(o, "quota_bytes", number(s->quota_bytes));
    put(o, "used_bytes", number(s->used_bytes));
    put(o, "alarms", number(s->alarms));
    put(o, "alarm_texts", alarms);
    json_t *warnings = json_array();
    for (size_t i = 0; i < s->warning_count; i++) {
        json_t *w = json_object();
        put(w, "code", json_string(tb_refusal_key(s->warnings[i].code)));
        put(w, "until", tb_json_time(s->warnings[i].until));
        (void)json_array_append_new(warnings, w);
    }
    put(o, "warnings", warnings);
    put(o, "recovery", s->recovery.state == 0 ? json_null() : tb_json_recovery(&s->recovery));
    return o;
}

json_t *tb_json_cut(const tb_local_cut *cut)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < cut->count; i++) {
        const tb_cut_mark *mark = &cut->marks[i];
        json_t *line = json_object();
        put(line, "incarnation", number(mark->incarnation.counter));
        put(line, "recipient", tb_json_party(&mark->recipient));
        put(line, "lane", number(mark->lane));
        put(line, "number", number(mark->number));
        put(line, "digest", digest(&mark->digest));
        (void)json_array_append_new(lines, line);
    }
    json_t *o = json_object();
    put(o, "party", tb_json_party(&cut->party));
    put(o, "lines", lines);
    return o;
}

json_t *tb_json_notices(const tb_local_notices *notices)
{
    json_t *list = json_array();
    for (size_t i = 0; i < notices->count; i++) {
        const tb_local_notice_line *line = &notices->lines[i];
        json_t *o = json_object();
        put(o, "notice", tb_json_text(line->notice));
        put(o, "peer", tb_json_party(&line->peer));
        put(o, "direction", json_string(line->out ? "out" : "in"));
        put(o, "lane", number(line->lane));
        put(o, "number", number(line->number));
        put(o, "at", tb_json_time(line->at));
        put(o, "where", json_string(tb_where_key(line->where)));
        put(o, "events", number(line->events));
        put(o, "bytes", number(line->bytes));
        (void)json_array_append_new(list, o);
    }
    json_t *o = json_object();
    put(o, "notices", list);
    put(o, "next",
        notices->next.size == 0 ? json_null()
                                : tb_json_hex_of(notices->next.data, notices->next.size));
    return o;
}

json_t *tb_json_parties(const tb_local_parties *parties)
{
    static const char *const states[] = {"unknown", "active", "off_line", "ended"};
    json_t *list = json_array();
    for (size_t i = 0; i < parties->count; i++) {
        const tb_local_party_line *line = &parties->lines[i];
        json_t *o = json_object();
        put(o, "id", tb_json_party(&line->id));
        put(o, "role", tb_json_text(line->role));
        put(o, "jurisdiction", tb_json_text(line->jurisdiction));
        put(o, "name_zh", tb_json_text(line->name_zh));
        put(o, "name_en", tb_json_text(line->name_en));
        put(o, "state", json_string(states[line->state > 3 ? 0 : line->state]));
        put(o, "parent", tb_json_party(&line->parent));
        put(o, "attributes", tb_json_fields(line->attributes, line->attribute_count));
        (void)json_array_append_new(list, o);
    }
    json_t *o = json_object();
    put(o, "version", number(parties->version));
    put(o, "parties", list);
    return o;
}

static json_t *act(const tb_local_act_line *line)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < line->field_count; i++) {
        const tb_local_field_line *field = &line->fields[i];
        json_t *choices = json_array();
        for (size_t j = 0; j < field->choice_count; j++) {
            (void)json_array_append_new(choices, tb_json_text(field->choices[j]));
        }
        json_t *o = json_object();
        put(o, "id", tb_json_text(field->id));
        put(o, "type", tb_json_text(field->type));
        put(o, "title_zh", tb_json_text(field->title_zh));
        put(o, "title_en", tb_json_text(field->title_en));
        put(o, "required", json_boolean(field->required));
        put(o, "choices", choices);
        (void)json_array_append_new(fields, o);
    }
    json_t *o = json_object();
    put(o, "action", tb_json_text(line->action));
    put(o, "title_zh", tb_json_text(line->title_zh));
    put(o, "title_en", tb_json_text(line->title_en));
    put(o, "code", json_string(tb_refusal_key(line->code)));
    put(o, "fields", fields);
    return o;
}

json_t *tb_json_acts(const tb_local_acts *acts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < acts->count; i++) {
        (void)json_array_append_new(list, act(&acts->lines[i]));
    }
    json_t *o = json_object();
    put(o, "acts", list);
    return o;
}

json_t *tb_json_checked(const tb_local_checked *checked)
{
    json_t *faults = json_array();
    for (size_t i = 0; i < checked->fault_count; i++) {
        (void)json_array_append_new(faults, tb_json_text(checked->faults[i]));
    }
    json_t *o = json_object();
    put(o, "rows", number(checked->rows));
    put(o, "faults", faults);
    return o;
}

json_t *tb_json_document(const tb_document *document)
{
    static const char *const kinds[] = {"unknown", "directory", "campaign", "table"};
    json_t *o = json_object();
    put(o, "kind", json_string(kinds[document->kind > 3 ? 0 : document->kind]));
    put(o, "name", tb_json_text(document->name));
    put(o, "version", number(document->version));
    put(o, "bytes", number(document->content.size));
    put(o, "signer_key",
        tb_json_hex_of(document->signer_key.bytes, sizeof document->signer_key.bytes));
    return o;
}

static json_t *counts(const tb_local_counts *c, const tb_party *sender)
{
    json_t *o = json_object();
    if (sender != NULL) {
        put(o, "sender", tb_json_party(sender));
    }
    put(o, "notices", number(c->notices));
    put(o, "repeated_notices", number(c->repeated));
    put(o, "marks", number(c->marks));
    put(o, "refusals", number(c->refusals));
    put(o, "stamps", number(c->stamps));
    return o;
}

static json_t *letter(uint64_t letter_number, tb_bytes document_no, uint32_t items)
{
    json_t *o = json_object();
    put(o, "letter", number(letter_number));
    put(o, "document_no", tb_json_text(document_no));
    put(o, "items", number(items));
    return o;
}

json_t *tb_json_duty(const tb_local_duty_line *line)
{
    static const char *const states[] = {"", "open", "on_time", "late", "lapsed", "released"};
    json_t *o = json_object();
    put(o, "case_id", case_id(&line->case_id));
    put(o, "duty", tb_json_text(line->duty));
    put(o, "title_zh", tb_json_text(line->title_zh));
    put(o, "title_en", tb_json_text(line->title_en));
    put(o, "debtor", tb_json_party(&line->debtor));
    put(o, "creditor", tb_json_party(&line->creditor));
    put(o, "from_action", tb_json_text(line->from_action));
    put(o, "from", tb_json_time(line->from));
    put(o, "due", tb_json_time(line->due));
    put(o, "state", json_string(states[line->state > TB_DUTY_RELEASED ? 0 : line->state]));
    put(o, "overdue", json_boolean(line->over));
    put(o, "default", json_boolean(line->by_default));
    put(o, "basis_zh", tb_json_text(line->basis_zh));
    put(o, "basis_en", tb_json_text(line->basis_en));
    put(o, "ends_in", tb_json_text(line->ends_in));
    put(o, "lapse", digest(&line->lapse));
    put(o, "ended", tb_json_time(line->ended));
    put(o, "reminded", tb_json_time(line->reminded));
    put(o, "escalated", tb_json_time(line->escalated));
    put(o, "lapse_withdrawn", tb_json_time(line->withdrawn));
    put(o, "settled", tb_json_time(line->settled));
    put(o, "scores", json_boolean(line->scores));
    put(o, "adopted_no", tb_json_text(line->adopted_no));
    return o;
}

json_t *tb_json_duties(const tb_local_duties *duties)
{
    json_t *list = json_array();
    for (size_t i = 0; i < duties->count; i++) {
        (void)json_array_append_new(list, tb_json_duty(&duties->lines[i]));
    }
    json_t *o = json_object();
    put(o, "duties", list);
    put(o, "at", tb_json_time(duties->civil));
    put(o, "next",
        duties->next.size == 0 ? json_null()
                               : tb_json_hex_of(duties->next.data, duties->next.size));
    return o;
}

static const char *when_key(tb_when when)
{
    return when == TB_WHEN_BEFORE ? "before" : when == TB_WHEN_RUNNING ? "running" : "over";
}

json_t *tb_json_campaigns(const tb_local_campaigns *campaigns)
{
    json_t *list = json_array();
    for (size_t i = 0; i < campaigns->count; i++) {
        const tb_local_campaign_line *line = &campaigns->lines[i];
        json_t *o = json_object();
        put(o, "id", tb_json_text(line->id));
        put(o, "version", number(line->version));
        put(o, "title_zh", tb_json_text(line->title_zh));
        put(o, "title_en", tb_json_text(line->title_en));
        put(o, "from", tb_json_text(line->from));
        put(o, "to", tb_json_text(line->to));
        put(o, "newest", json_boolean(line->newest));
        put(o, "when", json_string(when_key(line->when)));
        put(o, "calendar_lacks", tb_json_text(line->calendar_lacks));
        (void)json_array_append_new(list, o);
    }
    json_t *o = json_object();
    put(o, "campaigns", list);
    return o;
}

json_t *tb_json_answer(const tb_local_answer *answer)
{
    if (answer->code != TB_ACCEPTED) {
        return tb_json_refusal(answer->code, answer->detail);
    }
    switch (answer->kind) {
    case TB_ANSWER_ACTED:
        return tb_json_acted(answer);
    case TB_ANSWER_CASE:
        return tb_json_case(&answer->case_);
    case TB_ANSWER_CASES:
        return tb_json_cases(&answer->cases);
    case TB_ANSWER_TRACED:
        return tb_json_traced(&answer->traced);
    case TB_ANSWER_STATUS:
        return tb_json_status(&answer->status);
    case TB_ANSWER_NOTICES:
        return tb_json_notices(&answer->notices);
    case TB_ANSWER_PARTIES:
        return tb_json_parties(&answer->parties);
    case TB_ANSWER_CONTENT:
        return tb_json_document(&answer->content);
    case TB_ANSWER_CHECKED:
        return tb_json_checked(&answer->checked);
    case TB_ANSWER_CHANGED:
        return tb_json_summary(&answer->changed);
    case TB_ANSWER_ACTS:
        return tb_json_acts(&answer->acts);
    case TB_ANSWER_BUNDLE:
        return counts(&answer->bundle.counts, NULL);
    case TB_ANSWER_IMPORTED:
        return counts(&answer->imported.counts, &answer->imported.sender);
    case TB_ANSWER_WRITTEN:
        return letter(answer->written.letter, answer->written.document_no, answer->written.items);
    case TB_ANSWER_LETTER:
        return letter(answer->letter.letter, answer->letter.document_no, answer->letter.items);
    case TB_ANSWER_DUTIES:
        return tb_json_duties(&answer->duties);
    case TB_ANSWER_REPORTS:
        return tb_json_reports(&answer->reports);
    case TB_ANSWER_REPORT:
        return tb_json_report(&answer->report);
    case TB_ANSWER_RECONCILED: /* printed by its own command, both sides together */
        break;
    case TB_ANSWER_FIGURE:
        return tb_json_figure(&answer->figure);
    case TB_ANSWER_EVIDENCE:
        return json_pack("{s:i}", "bytes", (int)answer->evidence.content.size);
    case TB_ANSWER_VERIFIED:
        return tb_json_verified(&answer->verified);
    case TB_ANSWER_CAMPAIGNS:
        return tb_json_campaigns(&answer->campaigns);
    case TB_ANSWER_LISTS:
        return tb_json_lists(&answer->lists);
    case TB_ANSWER_SHOWN_LIST:
        return tb_json_shown_list(&answer->shown_list);
    case TB_ANSWER_VERDICTS:
        return tb_json_verdicts(&answer->verdicts);
    case TB_ANSWER_FAMILY:
        return tb_json_family(&answer->family);
    case TB_ANSWER_CUT:
        return tb_json_cut(&answer->cut);
    case TB_ANSWER_QUARANTINE:
        return tb_json_quarantine(&answer->quarantine);
    case TB_ANSWER_SETTLED:
        return tb_json_settled(&answer->settled);
    case TB_ANSWER_RECOVERY:
        return tb_json_recovery(&answer->recovery);
    case TB_ANSWER_ACCOUNTS:
        return tb_json_accounts(&answer->accounts);
    case TB_ANSWER_APPROVALS:
        return tb_json_approvals(&answer->approvals);
    case TB_ANSWER_EXPLAINED:
        return tb_json_explained(&answer->explained);
    case TB_ANSWER_UNANSWERED: /* printed by its own command, all pages together */
        break;
    case TB_ANSWER_OFFICE:
        return tb_json_office(&answer->office);
    case TB_ANSWER_SWITCHES:
        return tb_json_switches(&answer->switches);
    case TB_ANSWER_DEAD_LETTERS: /* a hub's answer */
    case TB_ANSWER_NONE:
        break;
    }
    json_t *o = json_object();
    put(o, "accepted", json_true());
    put(o, "draft", json_boolean(answer->draft));
    return o;
}
