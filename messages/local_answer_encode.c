/* local_answer_encode - the agent's answers (local.h). */
#include "messages/local.pb-c.h"
#include "messages/local_wire.h"

typedef Tongbao__Local__Answer wire_answer;
typedef Tongbao__Local__CaseSummary wire_summary;
typedef Tongbao__Local__Event wire_event;
typedef Tongbao__Local__TraceLine wire_trace;
typedef Tongbao__Local__Status wire_status;
typedef Tongbao__Local__NoticeLine wire_notice;
typedef Tongbao__Local__PartyLine wire_party;
typedef Tongbao__Local__ActLine wire_act;
typedef Tongbao__Local__FieldLine wire_field;
typedef Tongbao__Local__Content wire_content;

/* Every body message an answer can have; the one in use is filled. */
typedef struct bodies {
    Tongbao__Local__Acted acted;
    Tongbao__Local__Accounts accounts;
    Tongbao__Local__Approvals approvals;
    Tongbao__Local__Switches switches;
    Tongbao__Local__Office office;
    Tongbao__Local__Unanswered unanswered;
    Tongbao__Local__Explained explained;
    Tongbao__Local__Case a_case;
    Tongbao__Local__Cases cases;
    Tongbao__Local__Traced traced;
    wire_status status;
    Tongbao__Local__Notices notices;
    Tongbao__Local__Parties parties;
    wire_content content;
    Tongbao__Local__Checked checked;
    wire_summary changed;
    Tongbao__Local__Acts acts;
    Tongbao__Local__Bundle bundle;
    Tongbao__Local__Imported imported;
    Tongbao__Local__Written written;
    Tongbao__Local__Letter letter;
    Tongbao__Local__Duties duties;
    Tongbao__Local__Campaigns campaigns;
    Tongbao__Local__Cut cut;
    Tongbao__Local__Quarantine quarantine;
    Tongbao__Local__Settled settled;
    Tongbao__Local__DeadLetters dead_letters;
    Tongbao__Local__Reports reports;
    Tongbao__Local__Report report;
    Tongbao__Local__Verified verified;
    Tongbao__Local__Evidence evidence;
    Tongbao__Local__Reconciled reconciled;
    Tongbao__Local__Figure figure;
} bodies;

static tb_wire_bytes digest_of(const tb_digest *digest)
{
    return tb_wire_raw_or_none(digest->bytes, TB_DIGEST_BYTES);
}

static tb_wire_bytes case_of(const tb_case_id *id)
{
    return tb_wire_raw_or_none(id->bytes, TB_CASE_ID_BYTES);
}

static void write_acted(const tb_local_acted *in, Tongbao__Local__Acted *out)
{
    tongbao__local__acted__init(out);
    out->case_id = case_of(&in->case_id);
    out->event = digest_of(&in->event);
    out->number = in->number;
    out->state = tb_wire_of(in->state);
    out->draft = in->draft;
    out->waits = (uint32_t)in->waits;
}

static bool write_summary(const tb_local_summary *in, tb_arena *arena, wire_summary *out)
{
    out->case_id = case_of(&in->case_id);
    out->campaign = tb_wire_of(in->campaign);
    out->case_type = tb_wire_of(in->case_type);
    out->state = tb_wire_of(in->state);
    out->holder = tb_wire_of_party(&in->holder);
    out->number = in->number;
    out->head = digest_of(&in->head);
    out->frozen = in->frozen;
    out->mine = in->mine;
    out->at_ms = in->at;
    out->term = in->term;
    out->opener = tb_wire_of_party(&in->opener);
    out->held_back = in->held_back;
    out->campaign_version = in->campaign_version;
    out->action = tb_wire_of(in->action);
    out->stalled = (uint32_t)in->stalled;
    out->n_fields = in->field_count;
    out->fields = tb_local_write_values(in->fields, in->field_count, arena);
    out->n_lost_fields = in->lost_count;
    out->lost_fields = tb_local_write_texts(in->lost_fields, in->lost_count, arena);
    return out->fields != NULL && out->lost_fields != NULL;
}

static bool write_event(const tb_local_event *in, tb_arena *arena, wire_event *out)
{
    out->event = digest_of(&in->event);
    out->number = in->number;
    out->kind = (uint32_t)in->kind;
    out->actor = tb_wire_of_party(&in->actor);
    out->account = tb_wire_of(in->account);
    out->action = tb_wire_of(in->action);
    out->from_state = tb_wire_of(in->from_state);
    out->to_state = tb_wire_of(in->to_state);
    out->at_ms = in->at;
    out->stored_ms = in->stored;
    out->state = (uint32_t)in->standing;
    out->timing = (uint32_t)in->timing;
    out->term = in->term;
    out->holder = tb_wire_of_party(&in->holder);
    out->on_behalf = tb_wire_of_party(&in->on_behalf);
    out->paper_no = tb_wire_of(in->paper_no);
    out->paper_date = tb_wire_of(in->paper_date);
    out->n_addressees = in->addressee_count;
    out->addressees = tb_local_write_parties(in->addressees, in->addressee_count, arena);
    out->n_fields = in->field_count;
    out->fields = tb_local_write_values(in->fields, in->field_count, arena);
    out->n_unread_groups = in->unread_count;
    out->unread_groups = tb_local_write_texts(in->unread_groups, in->unread_count, arena);
    out->n_lost_fields = in->lost_count;
    out->lost_fields = tb_local_write_texts(in->lost_fields, in->lost_count, arena);
    out->account_name = tb_wire_of(in->account_name);
    out->n_approvals = in->approval_count;
    out->approvals = tb_local_write_signed(in->approvals, in->approval_count, arena);
    return out->addressees != NULL && out->approvals != NULL && out->fields != NULL &&
           out->unread_groups != NULL && out->lost_fields != NULL;
}

static bool write_case(const tb_local_case *in, tb_arena *arena, Tongbao__Local__Case *out)
{
    tongbao__local__case__init(out);
    wire_summary **summary = tb_wire_messages(&tongbao__local__case_summary__descriptor, 1, arena);
    out->n_events = in->event_count;
    out->events = tb_wire_messages(&tongbao__local__event__descriptor, in->event_count, arena);
    out->n_scores = in->score_count;
    out->scores = tb_local_write_scores(in->scores, in->score_count, arena);
    if (summary == NULL || out->events == NULL || out->scores == NULL ||
        !write_summary(&in->summary, arena, summary[0])) {
        return false;
    }

    out->summary = summary[0];
    for (size_t i = 0; i < in->event_count; i++) {
        if (!write_event(&in->events[i], arena, out->events[i])) {
            return false;
        }
    }
    return true;
}

static bool write_cases(const tb_local_cases *in, tb_arena *arena, Tongbao__Local__Cases *out)
{
    tongbao__local__cases__init(out);
    out->next = tb_wire_of(in->next);
    out->total = in->total;
    out->n_cases = in->count;
    out->cases = tb_wire_messages(&tongbao__local__case_summary__descriptor, in->count, arena);
    if (out->cases == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->count; i++) {
        if (!write_summary(&in->cases[i], arena, out->cases[i])) {
            return false;
        }
    }
    return true;
}

static void write_trace(const tb_local_trace_line *in, wire_trace *out)
{
    out->notice = tb_wire_of(in->notice);
    out->event = digest_of(&in->event);
    out->action = tb_wire_of(in->action);
    out->sender = tb_wire_of_party(&in->sender);
    out->recipient = tb_wire_of_party(&in->recipient);
    out->where = (uint32_t)in->where;
    out->since_ms = in->since;
    out->last_attempt_ms = in->last_attempt;
    out->next_attempt_ms = in->next_attempt;
    out->code = (uint32_t)in->code;
    out->why_zh = tb_wire_of(in->why_zh);
    out->why_en = tb_wire_of(in->why_en);
    out->title_zh = tb_wire_of(in->title_zh);
    out->title_en = tb_wire_of(in->title_en);
    out->standing = (uint32_t)in->standing;
}

static bool write_traced(const tb_local_traced *in, tb_arena *arena, Tongbao__Local__Traced *out)
{
    tongbao__local__traced__init(out);
    out->n_lines = in->count;
    out->lines = tb_wire_messages(&tongbao__local__trace_line__descriptor, in->count, arena);
    if (out->lines == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->count; i++) {
        write_trace(&in->lines[i], out->lines[i]);
    }
    return true;
}

static bool write_status(const tb_local_status *in, tb_arena *arena, wire_status *out)
{
    tongbao__local__status__init(out);
    out->party = tb_wire_of_party(&in->party);
    out->name_zh = tb_wire_of(in->name_zh);
    out->name_en = tb_wire_of(in->name_en);
    out->linked = in->linked;
    out->fenced = in->fenced;
    out->code = (uint32_t)in->code;
    out->directory_version = in->directory_version;
    out->outbox = in->outbox;
    out->held_back = in->held_back;
    out->drafts = in->drafts;
    out->cases = in->cases;
    out->quota_bytes = in->quota_bytes;
    out->used_bytes = in->used_bytes;
    out->civil_ms = in->civil;
    out->exercise = in->exercise;
    out->hub = digest_of(&in->hub);
    out->alarms = in->alarms;
    out->accounts = in->accounts;
    out->approvals = in->approvals;
    out->duties = tb_local_write_due_counts(&in->duties, arena);
    out->n_alarm_texts = in->alarm_text_count;
    out->alarm_texts = tb_local_write_texts(in->alarm_texts, in->alarm_text_count, arena);
    out->n_warnings = in->warning_count;
    out->warnings =
        tb_wire_messages(&tongbao__local__warning__descriptor, in->warning_count, arena);
    if (out->warnings == NULL) {
        return false;
    }
    for (size_t i = 0; i < in->warning_count; i++) {
        out->warnings[i]->code = (uint32_t)in->warnings[i].code;
        out->warnings[i]->until_ms = in->warnings[i].until;
    }
    if (in->recovery.state != 0) {
        out->recovery = tb_local_write_recovery(&in->recovery, arena);
        if (out->recovery == NULL) {
            return false;
        }
    }
    return out->alarm_texts != NULL && out->duties != NULL &&
           tb_wire_of_incarnation(&in->incarnation, arena, &out->incarnation);
}

static bool write_notices(const tb_local_notices *in, tb_arena *arena, Tongbao__Local__Notices *out)
{
    tongbao__local__notices__init(out);
    out->next = tb_wire_of(in->next);
    out->n_notices = in->count;
    out->notices = tb_wire_messages(&tongbao__local__notice_line__descriptor, in->count, arena);
    if (out->notices == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->count; i++) {
        const tb_local_notice_line *line = &in->lines[i];
        wire_notice *wire = out->notices[i];
        wire->notice = tb_wire_of(line->notice);
        wire->peer = tb_wire_of_party(&line->peer);
        wire->out = line->out;
        wire->lane = (uint32_t)line->lane;
        wire->number = line->number;
        wire->at_ms = line->at;
        wire->where = (uint32_t)line->where;
        wire->events = line->events;
        wire->bytes = line->bytes;
    }
    return true;
}

static bool write_parties(const tb_local_parties *in, tb_arena *arena, Tongbao__Local__Parties *out)
{
    tongbao__local__parties__init(out);
    out->version = in->version;
    out->n_parties = in->count;
    out->parties = tb_wire_messages(&tongbao__local__party_line__descriptor, in->count, arena);
    if (out->parties == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->count; i++) {
        const tb_local_party_line *line = &in->lines[i];
        wire_party *wire = out->parties[i];
        wire->id = tb_wire_of_party(&line->id);
        wire->role = tb_wire_of(line->role);
        wire->jurisdiction = tb_wire_of(line->jurisdiction);
        wire->name_zh = tb_wire_of(line->name_zh);
        wire->name_en = tb_wire_of(line->name_en);
        wire->state = line->state;
        wire->parent = tb_wire_of_party(&line->parent);
        wire->n_attributes = line->attribute_count;
        wire->attributes = tb_local_write_values(line->attributes, line->attribute_count, arena);
        if (wire->attributes == NULL) {
            return false;
        }
    }
    return true;
}

static void write_content(const tb_document *in, wire_content *out)
{
    tongbao__local__content__init(out);
    out->kind = (uint32_t)in->kind;
    out->name = tb_wire_of(in->name);
    out->version = in->version;
    out->content = tb_wire_of(in->content);
    out->signer_key = tb_wire_raw_or_none(in->signer_key.bytes, sizeof in->signer_key);
    out->signature = tb_wire_raw_or_none(in->signature, sizeof in->signature);
}

static bool write_checked(const tb_local_checked *in, tb_arena *arena, Tongbao__Local__Checked *out)
{
    tongbao__local__checked__init(out);
    out->rows = in->rows;
    out->n_faults = in->fault_count;
    out->faults = tb_local_write_texts(in->faults, in->fault_count, arena);
    return out->faults != NULL;
}

static bool write_act_line(const tb_local_act_line *in, tb_arena *arena, wire_act *out)
{
    out->action = tb_wire_of(in->action);
    out->title_zh = tb_wire_of(in->title_zh);
    out->title_en = tb_wire_of(in->title_en);
    out->code = (uint32_t)in->code;
    out->n_fields = in->field_count;
    out->fields = tb_wire_messages(&tongbao__local__field_line__descriptor, in->field_count, arena);
    if (out->fields == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->field_count; i++) {
        const tb_local_field_line *line = &in->fields[i];
        wire_field *wire = out->fields[i];
        wire->id = tb_wire_of(line->id);
        wire->type = tb_wire_of(line->type);
        wire->title_zh = tb_wire_of(line->title_zh);
        wire->title_en = tb_wire_of(line->title_en);
        wire->required = line->required;
        wire->n_choices = line->choice_count;
        wire->choices = tb_local_write_texts(line->choices, line->choice_count, arena);
        if (wire->choices == NULL) {
            return false;
        }
    }
    return true;
}

static bool write_acts(const tb_local_acts *in, tb_arena *arena, Tongbao__Local__Acts *out)
{
    tongbao__local__acts__init(out);
    out->n_acts = in->count;
    out->acts = tb_wire_messages(&tongbao__local__act_line__descriptor, in->count, arena);
    if (out->acts == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->count; i++) {
        if (!write_act_line(&in->lines[i], arena, out->acts[i])) {
            return false;
        }
    }
    return true;
}

static void write_bundle(const tb_local_bundle *in, Tongbao__Local__Bundle *out)
{
    tongbao__local__bundle__init(out);
    out->content = tb_wire_of(in->content);
    out->next = tb_wire_of(in->next);
    out->notices = in->counts.notices;
    out->marks = in->counts.marks;
    out->refusals = in->counts.refusals;
    out->stamps = in->counts.stamps;
}

static void write_imported(const tb_local_imported *in, Tongbao__Local__Imported *out)
{
    tongbao__local__imported__init(out);
    out->sender = tb_wire_of_party(&in->sender);
    out->notices = in->counts.notices;
    out->repeated_notices = in->counts.repeated;
    out->marks = in->counts.marks;
    out->refusals = in->counts.refusals;
    out->stamps = in->counts.stamps;
}

static void write_written(const tb_local_written *in, Tongbao__Local__Written *out)
{
    tongbao__local__written__init(out);
    out->letter = in->letter;
    out->document_no = tb_wire_of(in->document_no);
    out->items = in->items;
    out->left = in->left;
}

static void write_letter(const tb_local_letter *in, Tongbao__Local__Letter *out)
{
    tongbao__local__letter__init(out);
    out->letter = in->letter;
    out->document_no = tb_wire_of(in->document_no);
    out->page = tb_wire_of(in->page);
    out->table = tb_wire_of(in->table);
    out->items = in->items;
}

void tb_local_write_duty(const tb_local_duty_line *in, Tongbao__Local__DutyLine *out)
{
    out->case_id = case_of(&in->case_id);
    out->duty = tb_wire_of(in->duty);
    out->title_zh = tb_wire_of(in->title_zh);
    out->title_en = tb_wire_of(in->title_en);
    out->debtor = tb_wire_of_party(&in->debtor);
    out->creditor = tb_wire_of_party(&in->creditor);
    out->from_action = tb_wire_of(in->from_action);
    out->from_zh = tb_wire_of(in->from_zh);
    out->from_en = tb_wire_of(in->from_en);
    out->from_ms = in->from;
    out->due_ms = in->due;
    out->state = (uint32_t)in->state;
    out->over = in->over;
    out->by_default = in->by_default;
    out->basis_zh = tb_wire_of(in->basis_zh);
    out->basis_en = tb_wire_of(in->basis_en);
    out->ends_in = tb_wire_of(in->ends_in);
    out->lapse = digest_of(&in->lapse);
    out->ended_ms = in->ended;
    out->reminded_ms = in->reminded;
    out->escalated_ms = in->escalated;
    out->withdrawn_ms = in->withdrawn;
    out->settled_ms = in->settled;
    out->scores = in->scores;
    out->adopted_no = tb_wire_of(in->adopted_no);
}

static bool write_duties(const tb_local_duties *in, tb_arena *arena, Tongbao__Local__Duties *out)
{
    tongbao__local__duties__init(out);
    out->next = tb_wire_of(in->next);
    out->civil_ms = in->civil;
    out->n_duties = in->count;
    out->duties = tb_wire_messages(&tongbao__local__duty_line__descriptor, in->count, arena);
    for (size_t i = 0; out->duties != NULL && i < in->count; i++) {
        tb_local_write_duty(&in->lines[i], out->duties[i]);
    }
    return out->duties != NULL;
}

static bool
write_campaigns(const tb_local_campaigns *in, tb_arena *arena, Tongbao__Local__Campaigns *out)
{
    tongbao__local__campaigns__init(out);
    out->n_campaigns = in->count;
    out->campaigns = tb_wire_messages(&tongbao__local__campaign_line__descriptor, in->count, arena);
    for (size_t i = 0; out->campaigns != NULL && i < in->count; i++) {
        const tb_local_campaign_line *line = &in->lines[i];
        out->campaigns[i]->id = tb_wire_of(line->id);
        out->campaigns[i]->version = line->version;
        out->campaigns[i]->title_zh = tb_wire_of(line->title_zh);
        out->campaigns[i]->title_en = tb_wire_of(line->title_en);
        out->campaigns[i]->from = tb_wire_of(line->from);
        out->campaigns[i]->to = tb_wire_of(line->to);
        out->campaigns[i]->newest = line->newest;
        out->campaigns[i]->when = (uint32_t)line->when;
        out->campaigns[i]->calendar_lacks = tb_wire_of(line->calendar_lacks);
    }
    return out->campaigns != NULL;
}

static bool write_cut(const tb_local_cut *in, tb_arena *arena, Tongbao__Local__Cut *out)
{
    tongbao__local__cut__init(out);
    out->party = tb_wire_of_party(&in->party);
    out->n_lines = in->count;
    out->lines = tb_wire_messages(&tongbao__local__cut_line__descriptor, in->count, arena);
    if (out->lines == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->count; i++) {
        const tb_cut_mark *mark = &in->marks[i];
        if (!tb_wire_of_incarnation(&mark->incarnation, arena, &out->lines[i]->incarnation)) {
            return false;
        }
        out->lines[i]->recipient = tb_wire_of_party(&mark->recipient);
        out->lines[i]->lane = (uint32_t)mark->lane;
        out->lines[i]->number = mark->number;
        out->lines[i]->digest = tb_wire_raw(mark->digest.bytes, TB_DIGEST_BYTES);
    }
    return true;
}

static bool write_body(const tb_local_answer *in, tb_arena *arena, bodies *b, wire_answer *out)
{
    switch (in->kind) {
    case TB_ANSWER_NONE:
        return true;
    case TB_ANSWER_ACTED:
        write_acted(&in->acted, &b->acted);
        out->acted = &b->acted;
        return true;
    case TB_ANSWER_CASE:
        out->case_ = &b->a_case;
        return write_case(&in->case_, arena, &b->a_case);
    case TB_ANSWER_CASES:
        out->cases = &b->cases;
        return write_cases(&in->cases, arena, &b->cases);
    case TB_ANSWER_TRACED:
        out->traced = &b->traced;
        return write_traced(&in->traced, arena, &b->traced);
    case TB_ANSWER_STATUS:
        out->status = &b->status;
        return write_status(&in->status, arena, &b->status);
    case TB_ANSWER_NOTICES:
        out->notices = &b->notices;
        return write_notices(&in->notices, arena, &b->notices);
    case TB_ANSWER_PARTIES:
        out->parties = &b->parties;
        return write_parties(&in->parties, arena, &b->parties);
    case TB_ANSWER_CONTENT:
        write_content(&in->content, &b->content);
        out->content = &b->content;
        return true;
    case TB_ANSWER_CHECKED:
        out->checked = &b->checked;
        return write_checked(&in->checked, arena, &b->checked);
    case TB_ANSWER_CHANGED:
        tongbao__local__case_summary__init(&b->changed);
        out->changed = &b->changed;
        return write_summary(&in->changed, arena, &b->changed);
    case TB_ANSWER_ACTS:
        out->acts = &b->acts;
        return write_acts(&in->acts, arena, &b->acts);
    case TB_ANSWER_BUNDLE:
        write_bundle(&in->bundle, &b->bundle);
        out->bundle = &b->bundle;
        return true;
    case TB_ANSWER_IMPORTED:
        write_imported(&in->imported, &b->imported);
        out->imported = &b->imported;
        return true;
    case TB_ANSWER_WRITTEN:
        write_written(&in->written, &b->written);
        out->written = &b->written;
        return true;
    case TB_ANSWER_LETTER:
        write_letter(&in->letter, &b->letter);
        out->letter = &b->letter;
        return true;
    case TB_ANSWER_DUTIES:
        out->duties = &b->duties;
        return write_duties(&in->duties, arena, &b->duties);
    case TB_ANSWER_REPORTS:
        out->reports = &b->reports;
        return tb_local_write_reports(&in->reports, arena, &b->reports);
    case TB_ANSWER_REPORT:
        out->report = &b->report;
        return tb_local_write_report(&in->report, arena, &b->report);
    case TB_ANSWER_RECONCILED:
        out->reconciled = &b->reconciled;
        return tb_local_write_reconciled(&in->reconciled, arena, &b->reconciled);
    case TB_ANSWER_FIGURE:
        out->figure = &b->figure;
        return tb_local_write_case_figure(&in->figure, arena, &b->figure);
    case TB_ANSWER_EVIDENCE:
        tongbao__local__evidence__init(&b->evidence);
        b->evidence.content = tb_wire_of(in->evidence.content);
        b->evidence.next = tb_wire_of(in->evidence.next);
        out->evidence = &b->evidence;
        return true;
    case TB_ANSWER_VERIFIED:
        out->verified = &b->verified;
        return tb_local_write_verified(&in->verified, arena, &b->verified);
    case TB_ANSWER_CAMPAIGNS:
        out->campaigns = &b->campaigns;
        return write_campaigns(&in->campaigns, arena, &b->campaigns);
    case TB_ANSWER_LISTS:
        out->lists = tb_local_write_lists(&in->lists, arena);
        return out->lists != NULL;
    case TB_ANSWER_SHOWN_LIST:
        out->shown_list = tb_local_write_shown_list(&in->shown_list, arena);
        return out->shown_list != NULL;
    case TB_ANSWER_VERDICTS:
        out->verdicts = tb_local_write_verdicts(&in->verdicts, arena);
        return out->verdicts != NULL;
    case TB_ANSWER_FAMILY:
        out->family = tb_local_write_family(&in->family, arena);
        return out->family != NULL;
    case TB_ANSWER_CUT:
        out->cut = &b->cut;
        return write_cut(&in->cut, arena, &b->cut);
    case TB_ANSWER_QUARANTINE:
        out->quarantine = &b->quarantine;
        return tb_local_write_quarantine(&in->quarantine, arena, &b->quarantine);
    case TB_ANSWER_SETTLED:
        tb_local_write_settled(&in->settled, &b->settled);
        out->settled = &b->settled;
        return true;
    case TB_ANSWER_DEAD_LETTERS:
        out->dead_letters = &b->dead_letters;
        return tb_local_write_letters(&in->dead_letters, arena, &b->dead_letters);
    case TB_ANSWER_RECOVERY:
        out->recovery = tb_local_write_recovery(&in->recovery, arena);
        return out->recovery != NULL;
    case TB_ANSWER_ACCOUNTS:
        out->accounts = &b->accounts;
        return tb_local_write_accounts(&in->accounts, arena, &b->accounts);
    case TB_ANSWER_APPROVALS:
        out->approvals = &b->approvals;
        return tb_local_write_approvals(&in->approvals, arena, &b->approvals);
    case TB_ANSWER_UNANSWERED:
        out->unanswered = &b->unanswered;
        return tb_local_write_unanswered(&in->unanswered, arena, &b->unanswered);
    case TB_ANSWER_EXPLAINED:
        out->explained = &b->explained;
        return tb_local_write_explained(&in->explained, arena, &b->explained);
    case TB_ANSWER_OFFICE:
        out->office = &b->office;
        tb_local_write_office(&in->office, &b->office);
        return true;
    case TB_ANSWER_SWITCHES:
        out->switches = &b->switches;
        return tb_local_write_switches(&in->switches, arena, &b->switches);
    }
    TB_UNREACHABLE();
}

tb_err tb_local_answer_encode(const tb_local_answer *answer, tb_arena *arena, tb_bytes *out)
{
    size_t mark = tb_arena_mark(arena);
    bodies body;
    wire_answer wire = TONGBAO__LOCAL__ANSWER__INIT;

    wire.request_id = tb_wire_raw(answer->id.bytes, sizeof answer->id);
    wire.code = (uint32_t)answer->code;
    wire.detail = tb_wire_of(answer->detail);
    wire.draft = answer->draft;
    wire.body_case = (Tongbao__Local__Answer__BodyCase)answer->kind;
    if (!write_body(answer, arena, &body, &wire)) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack_over(&wire.base, TB_LOCAL_BYTES_MAX, arena, mark, out);
}
