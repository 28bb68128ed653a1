/* local_answer_decode - the agent's answers as the people's programs read them (local.h). */
#include "messages/directory.h"
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

static bool read_digest(tb_wire_bytes in, tb_digest *out)
{
    return tb_wire_fixed_or_zero(in, out->bytes, TB_DIGEST_BYTES);
}

static bool read_acted(const Tongbao__Local__Acted *in, tb_local_acted *out)
{
    out->waits = (tb_approval_step)in->waits;
    return in->waits <= TB_STEP_SIGN && tb_wire_number_or_zero(in->draft, &out->draft) &&
           tb_wire_fixed_or_zero(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
           read_digest(in->event, &out->event) &&
           tb_wire_number_or_zero(in->number, &out->number) &&
           tb_local_text(in->state, &out->state);
}

static tb_refusal read_summary(const wire_summary *in, tb_arena *arena, tb_local_summary *out)
{
    if (in == NULL || in->stalled > TB_STALL_LAPSED ||
        !tb_wire_fixed_or_zero(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) ||
        !tb_local_text(in->campaign, &out->campaign) ||
        !tb_local_text(in->case_type, &out->case_type) || !tb_local_text(in->state, &out->state) ||
        !tb_wire_party_or_none(in->holder, &out->holder) ||
        !tb_wire_number_or_zero(in->number, &out->number) || !read_digest(in->head, &out->head) ||
        !tb_wire_time(in->at_ms, &out->at) || !tb_wire_party_or_none(in->opener, &out->opener) ||
        !tb_local_text(in->action, &out->action)) {
        return TB_REFUSED_REQUEST;
    }
    out->frozen = in->frozen != 0;
    out->mine = in->mine != 0;
    out->term = in->term;
    out->held_back = in->held_back;
    out->campaign_version = in->campaign_version;
    out->stalled = (tb_stall)in->stalled;
    out->field_count = in->n_fields;
    out->lost_count = in->n_lost_fields;
    tb_refusal refusal =
        tb_local_read_texts(in->lost_fields, in->n_lost_fields, arena, &out->lost_fields);
    return refusal == TB_ACCEPTED
               ? tb_local_read_values(in->fields, in->n_fields, arena, &out->fields)
               : refusal;
}

static bool read_event_plain(const wire_event *in, tb_local_event *out)
{
    if (in->kind < TB_EVENT_CHAIN || in->kind > TB_EVENT_VERSION ||
        ((in->state < TB_STANDING_EFFECTIVE || in->state > TB_STANDING_FORKED) &&
         in->state != TB_STANDING_DISPUTED) ||
        in->timing > TB_NOT_COUNTED) {
        return false;
    }
    out->timing = (tb_shown_timing)in->timing;
    out->kind = (tb_event_kind)in->kind;
    out->standing = (tb_standing)in->state;
    out->term = in->term;
    return read_digest(in->event, &out->event) &&
           tb_wire_number_or_zero(in->number, &out->number) &&
           tb_wire_party(in->actor, &out->actor) && tb_local_text(in->account, &out->account) &&
           tb_local_text(in->action, &out->action) &&
           tb_local_text(in->from_state, &out->from_state) &&
           tb_local_text(in->to_state, &out->to_state) && tb_wire_time(in->at_ms, &out->at) &&
           tb_wire_time(in->stored_ms, &out->stored) &&
           tb_wire_party_or_none(in->holder, &out->holder) &&
           tb_wire_party_or_none(in->on_behalf, &out->on_behalf) &&
           tb_local_text(in->paper_no, &out->paper_no) &&
           tb_local_text(in->paper_date, &out->paper_date) &&
           tb_local_text(in->account_name, &out->account_name);
}

static tb_refusal read_event(const wire_event *in, tb_arena *arena, tb_local_event *out)
{
    if (!read_event_plain(in, out)) {
        return TB_REFUSED_REQUEST;
    }

    out->addressee_count = in->n_addressees;
    out->field_count = in->n_fields;
    out->unread_count = in->n_unread_groups;
    tb_refusal refusal =
        tb_local_read_parties(in->addressees, in->n_addressees, arena, &out->addressees);
    if (refusal == TB_ACCEPTED) {
        refusal = tb_local_read_values(in->fields, in->n_fields, arena, &out->fields);
    }
    if (refusal == TB_ACCEPTED) {
        refusal =
            tb_local_read_texts(in->unread_groups, in->n_unread_groups, arena, &out->unread_groups);
    }
    out->lost_count = in->n_lost_fields;
    if (refusal == TB_ACCEPTED) {
        refusal = tb_local_read_texts(in->lost_fields, in->n_lost_fields, arena, &out->lost_fields);
    }
    out->approval_count = in->n_approvals;
    if (refusal == TB_ACCEPTED) {
        refusal = tb_local_read_signed(in->approvals, in->n_approvals, arena, &out->approvals);
    }
    return refusal;
}

static tb_refusal read_case(const Tongbao__Local__Case *in, tb_arena *arena, tb_local_case *out)
{
    tb_refusal refusal = read_summary(in->summary, arena, &out->summary);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    out->event_count = in->n_events;
    out->events = tb_arena_array(arena, in->n_events, sizeof *out->events);
    if (out->events == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_events; i++) {
        refusal = read_event(in->events[i], arena, &out->events[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    out->score_count = in->n_scores;
    return tb_local_read_scores(in->scores, in->n_scores, arena, &out->scores);
}

static tb_refusal read_cases(const Tongbao__Local__Cases *in, tb_arena *arena, tb_local_cases *out)
{
    out->total = in->total;
    out->next = tb_bytes_of(in->next.data, in->next.len);
    out->count = in->n_cases;
    out->cases = tb_arena_array(arena, in->n_cases, sizeof *out->cases);
    if (out->cases == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_cases; i++) {
        tb_refusal refusal = read_summary(in->cases[i], arena, &out->cases[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    return TB_ACCEPTED;
}

static bool read_where(uint32_t in, tb_where *out)
{
    if (in < TB_WHERE_DRAFT || in > TB_WHERE_QUARANTINED) {
        return false;
    }
    *out = (tb_where)in;
    return true;
}

static bool read_trace(const wire_trace *in, tb_local_trace_line *out)
{
    out->standing = (tb_standing)in->standing;
    return in->standing <= TB_STANDING_FORKED && tb_local_text(in->title_zh, &out->title_zh) &&
           tb_local_text(in->title_en, &out->title_en) && tb_local_text(in->notice, &out->notice) &&
           read_digest(in->event, &out->event) && tb_local_text(in->action, &out->action) &&
           tb_wire_party_or_none(in->sender, &out->sender) &&
           tb_wire_party_or_none(in->recipient, &out->recipient) &&
           read_where(in->where, &out->where) && tb_wire_time(in->since_ms, &out->since) &&
           tb_wire_time(in->last_attempt_ms, &out->last_attempt) &&
           tb_wire_time(in->next_attempt_ms, &out->next_attempt) &&
           tb_wire_code_or_none(in->code, &out->code) && tb_local_text(in->why_zh, &out->why_zh) &&
           tb_local_text(in->why_en, &out->why_en);
}

static tb_refusal
read_traced(const Tongbao__Local__Traced *in, tb_arena *arena, tb_local_traced *out)
{
    out->count = in->n_lines;
    out->lines = tb_arena_array(arena, in->n_lines, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_lines; i++) {
        if (!read_trace(in->lines[i], &out->lines[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_status(const wire_status *in, tb_arena *arena, tb_local_status *out)
{
    if (!tb_wire_party(in->party, &out->party) || !tb_local_text(in->name_zh, &out->name_zh) ||
        !tb_local_text(in->name_en, &out->name_en) || !tb_wire_code_or_none(in->code, &out->code) ||
        !tb_wire_incarnation(in->incarnation, &out->incarnation) ||
        !tb_wire_time(in->civil_ms, &out->civil) || !read_digest(in->hub, &out->hub) ||
        !tb_local_read_due_counts(in->duties, &out->duties)) {
        return TB_REFUSED_REQUEST;
    }
    out->linked = in->linked != 0;
    out->fenced = in->fenced != 0;
    out->directory_version = in->directory_version;
    out->outbox = in->outbox;
    out->held_back = in->held_back;
    out->drafts = in->drafts;
    out->cases = in->cases;
    out->quota_bytes = in->quota_bytes;
    out->used_bytes = in->used_bytes;
    out->exercise = in->exercise != 0;
    out->alarms = in->alarms;
    out->accounts = in->accounts;
    out->approvals = in->approvals;
    out->warning_count = in->n_warnings;
    out->warnings = tb_arena_array(arena, in->n_warnings, sizeof *out->warnings);
    if (out->warnings == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < in->n_warnings; i++) {
        if (!tb_wire_code_or_none(in->warnings[i]->code, &out->warnings[i].code) ||
            !tb_wire_time(in->warnings[i]->until_ms, &out->warnings[i].until)) {
            return TB_REFUSED_REQUEST;
        }
    }
    out->alarm_text_count = in->n_alarm_texts;
    if (in->recovery != NULL) {
        tb_refusal refusal = tb_local_read_recovery(in->recovery, arena, &out->recovery);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    return tb_local_read_texts(in->alarm_texts, in->n_alarm_texts, arena, &out->alarm_texts);
}

static bool read_notice(const wire_notice *in, tb_local_notice_line *out)
{
    out->out = in->out != 0;
    out->events = in->events;
    out->bytes = in->bytes;
    return tb_local_text(in->notice, &out->notice) && tb_wire_party(in->peer, &out->peer) &&
           tb_wire_lane(in->lane, &out->lane) && tb_wire_number_or_zero(in->number, &out->number) &&
           tb_wire_time(in->at_ms, &out->at) && read_where(in->where, &out->where);
}

static tb_refusal
read_notices(const Tongbao__Local__Notices *in, tb_arena *arena, tb_local_notices *out)
{
    out->next = tb_bytes_of(in->next.data, in->next.len);
    out->count = in->n_notices;
    out->lines = tb_arena_array(arena, in->n_notices, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_notices; i++) {
        if (!read_notice(in->notices[i], &out->lines[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_party(const wire_party *in, tb_arena *arena, tb_local_party_line *out)
{
    if (in->state < TB_PARTY_ACTIVE || in->state > TB_PARTY_ENDED ||
        !tb_wire_party(in->id, &out->id) || !tb_local_text(in->role, &out->role) ||
        !tb_local_text(in->jurisdiction, &out->jurisdiction) ||
        !tb_local_text(in->name_zh, &out->name_zh) || !tb_local_text(in->name_en, &out->name_en) ||
        !tb_wire_party_or_none(in->parent, &out->parent)) {
        return TB_REFUSED_REQUEST;
    }
    out->state = in->state;
    out->attribute_count = in->n_attributes;
    return tb_local_read_values(in->attributes, in->n_attributes, arena, &out->attributes);
}

static tb_refusal
read_parties(const Tongbao__Local__Parties *in, tb_arena *arena, tb_local_parties *out)
{
    out->version = in->version;
    out->count = in->n_parties;
    out->lines = tb_arena_array(arena, in->n_parties, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_parties; i++) {
        tb_refusal refusal = read_party(in->parties[i], arena, &out->lines[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    return TB_ACCEPTED;
}

/* An export is content alone; a document has its kind, name and signature too. */
static bool read_content(const wire_content *in, tb_document *out)
{
    out->kind = (tb_document_kind)in->kind;
    out->version = in->version;
    out->content = tb_bytes_of(in->content.data, in->content.len);
    return in->kind <= TB_DOCUMENT_TABLE && tb_wire_name_or_none(in->name, &out->name) &&
           tb_wire_fixed_or_zero(in->signer_key, out->signer_key.bytes, sizeof out->signer_key) &&
           tb_wire_fixed_or_zero(in->signature, out->signature, sizeof out->signature);
}

static tb_refusal read_field_line(const wire_field *in, tb_arena *arena, tb_local_field_line *out)
{
    if (!tb_local_text(in->id, &out->id) || !tb_local_text(in->type, &out->type) ||
        !tb_local_text(in->title_zh, &out->title_zh) ||
        !tb_local_text(in->title_en, &out->title_en)) {
        return TB_REFUSED_REQUEST;
    }
    out->required = in->required != 0;
    out->choice_count = in->n_choices;
    return tb_local_read_texts(in->choices, in->n_choices, arena, &out->choices);
}

static tb_refusal read_act_line(const wire_act *in, tb_arena *arena, tb_local_act_line *out)
{
    if (!tb_local_text(in->action, &out->action) || !tb_local_text(in->title_zh, &out->title_zh) ||
        !tb_local_text(in->title_en, &out->title_en) ||
        !tb_wire_code_or_none(in->code, &out->code)) {
        return TB_REFUSED_REQUEST;
    }
    out->field_count = in->n_fields;
    out->fields = tb_arena_array(arena, in->n_fields, sizeof *out->fields);
    if (out->fields == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_fields; i++) {
        tb_refusal refusal = read_field_line(in->fields[i], arena, &out->fields[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_acts(const Tongbao__Local__Acts *in, tb_arena *arena, tb_local_acts *out)
{
    out->count = in->n_acts;
    out->lines = tb_arena_array(arena, in->n_acts, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_acts; i++) {
        tb_refusal refusal = read_act_line(in->acts[i], arena, &out->lines[i]);
        if (refusal != TB_ACCEPTED) {
            return refusal;
        }
    }
    return TB_ACCEPTED;
}

static bool read_bundle(const Tongbao__Local__Bundle *in, tb_local_bundle *out)
{
    out->content = tb_bytes_of(in->content.data, in->content.len);
    out->next = tb_bytes_of(in->next.data, in->next.len);
    out->counts.notices = in->notices;
    out->counts.marks = in->marks;
    out->counts.refusals = in->refusals;
    out->counts.stamps = in->stamps;
    return true;
}

static bool read_imported(const Tongbao__Local__Imported *in, tb_local_imported *out)
{
    out->counts =
        (tb_local_counts){in->notices, in->repeated_notices, in->marks, in->refusals, in->stamps};
    return tb_wire_party(in->sender, &out->sender);
}

static bool read_written(const Tongbao__Local__Written *in, tb_local_written *out)
{
    out->items = in->items;
    out->left = in->left;
    return tb_wire_number(in->letter, &out->letter) &&
           tb_local_text(in->document_no, &out->document_no);
}

static bool read_letter(const Tongbao__Local__Letter *in, tb_local_letter *out)
{
    out->page = tb_bytes_of(in->page.data, in->page.len);
    out->table = tb_bytes_of(in->table.data, in->table.len);
    out->items = in->items;
    return tb_wire_number(in->letter, &out->letter) &&
           tb_local_text(in->document_no, &out->document_no);
}

static tb_refusal checked(bool good)
{
    return good ? TB_ACCEPTED : TB_REFUSED_REQUEST;
}

bool tb_local_read_duty(const Tongbao__Local__DutyLine *in, tb_local_duty_line *out)
{
    out->over = in->over != 0;
    out->by_default = in->by_default != 0;
    out->scores = in->scores != 0;
    out->state = (tb_duty_state)in->state;
    return in->state >= TB_DUTY_OPEN && in->state <= TB_DUTY_RELEASED &&
           tb_wire_fixed(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
           tb_local_text(in->duty, &out->duty) && tb_local_text(in->title_zh, &out->title_zh) &&
           tb_local_text(in->title_en, &out->title_en) && tb_wire_party(in->debtor, &out->debtor) &&
           tb_wire_party(in->creditor, &out->creditor) &&
           tb_local_text(in->from_action, &out->from_action) &&
           tb_local_text(in->from_zh, &out->from_zh) && tb_local_text(in->from_en, &out->from_en) &&
           tb_wire_time(in->from_ms, &out->from) && tb_wire_time(in->due_ms, &out->due) &&
           tb_local_text(in->basis_zh, &out->basis_zh) &&
           tb_local_text(in->basis_en, &out->basis_en) &&
           tb_local_text(in->ends_in, &out->ends_in) && read_digest(in->lapse, &out->lapse) &&
           tb_wire_time(in->ended_ms, &out->ended) &&
           tb_wire_time(in->reminded_ms, &out->reminded) &&
           tb_wire_time(in->escalated_ms, &out->escalated) &&
           tb_wire_time(in->withdrawn_ms, &out->withdrawn) &&
           tb_wire_time(in->settled_ms, &out->settled) &&
           tb_local_text(in->adopted_no, &out->adopted_no);
}

static tb_refusal
read_duties(const Tongbao__Local__Duties *in, tb_arena *arena, tb_local_duties *out)
{
    out->next = tb_bytes_of(in->next.data, in->next.len);
    out->count = in->n_duties;
    out->lines = tb_arena_array(arena, in->n_duties, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    bool good = tb_wire_time(in->civil_ms, &out->civil);
    for (size_t i = 0; good && i < in->n_duties; i++) {
        good = tb_local_read_duty(in->duties[i], &out->lines[i]);
    }
    return good ? TB_ACCEPTED : TB_REFUSED_REQUEST;
}

static tb_refusal
read_campaigns(const Tongbao__Local__Campaigns *in, tb_arena *arena, tb_local_campaigns *out)
{
    out->count = in->n_campaigns;
    out->lines = tb_arena_array(arena, in->n_campaigns, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    bool good = true;
    for (size_t i = 0; good && i < in->n_campaigns; i++) {
        const Tongbao__Local__CampaignLine *line = in->campaigns[i];
        tb_local_campaign_line *to = &out->lines[i];
        to->version = line->version;
        to->newest = line->newest != 0;
        to->when = (tb_when)line->when;
        good = line->when >= TB_WHEN_BEFORE && line->when <= TB_WHEN_OVER &&
               tb_wire_name(line->id, &to->id) && tb_local_text(line->title_zh, &to->title_zh) &&
               tb_local_text(line->title_en, &to->title_en) &&
               tb_local_text(line->from, &to->from) && tb_local_text(line->to, &to->to) &&
               tb_local_text(line->calendar_lacks, &to->calendar_lacks);
    }
    return good ? TB_ACCEPTED : TB_REFUSED_REQUEST;
}

static tb_refusal read_cut(const Tongbao__Local__Cut *in, tb_arena *arena, tb_local_cut *out)
{
    out->count = in->n_lines;
    out->marks = tb_arena_array(arena, in->n_lines, sizeof *out->marks);
    if (out->marks == NULL || in->n_lines > TB_CUT_MARKS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    if (!tb_wire_party(in->party, &out->party)) {
        return TB_REFUSED_REQUEST;
    }

    for (size_t i = 0; i < in->n_lines; i++) {
        const Tongbao__Local__CutLine *line = in->lines[i];
        tb_cut_mark *mark = &out->marks[i];
        if (!tb_wire_incarnation(line->incarnation, &mark->incarnation) ||
            !tb_wire_party(line->recipient, &mark->recipient) ||
            !tb_wire_lane(line->lane, &mark->lane) ||
            !tb_wire_number(line->number, &mark->number) ||
            !tb_wire_fixed(line->digest, mark->digest.bytes, TB_DIGEST_BYTES)) {
            return TB_REFUSED_REQUEST;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_body(const wire_answer *in, tb_arena *arena, tb_local_answer *out)
{
    switch (out->kind) {
    case TB_ANSWER_NONE:
        return TB_ACCEPTED;
    case TB_ANSWER_ACTED:
        return read_acted(in->acted, &out->acted) ? TB_ACCEPTED : TB_REFUSED_REQUEST;
    case TB_ANSWER_CASE:
        return read_case(in->case_, arena, &out->case_);
    case TB_ANSWER_CASES:
        return read_cases(in->cases, arena, &out->cases);
    case TB_ANSWER_TRACED:
        return read_traced(in->traced, arena, &out->traced);
    case TB_ANSWER_STATUS:
        return read_status(in->status, arena, &out->status);
    case TB_ANSWER_NOTICES:
        return read_notices(in->notices, arena, &out->notices);
    case TB_ANSWER_PARTIES:
        return read_parties(in->parties, arena, &out->parties);
    case TB_ANSWER_CONTENT:
        return read_content(in->content, &out->content) ? TB_ACCEPTED : TB_REFUSED_REQUEST;
    case TB_ANSWER_CHECKED:
        out->checked.rows = in->checked->rows;
        out->checked.fault_count = in->checked->n_faults;
        return tb_local_read_texts(in->checked->faults, in->checked->n_faults, arena,
                                   &out->checked.faults);
    case TB_ANSWER_CHANGED:
        return read_summary(in->changed, arena, &out->changed);
    case TB_ANSWER_ACTS:
        return read_acts(in->acts, arena, &out->acts);
    case TB_ANSWER_BUNDLE:
        return checked(read_bundle(in->bundle, &out->bundle));
    case TB_ANSWER_IMPORTED:
        return checked(read_imported(in->imported, &out->imported));
    case TB_ANSWER_WRITTEN:
        return checked(read_written(in->written, &out->written));
    case TB_ANSWER_LETTER:
        return checked(read_letter(in->letter, &out->letter));
    case TB_ANSWER_DUTIES:
        return read_duties(in->duties, arena, &out->duties);
    case TB_ANSWER_REPORTS:
        return tb_local_read_reports(in->reports, arena, &out->reports);
    case TB_ANSWER_REPORT:
        return tb_local_read_report(in->report, arena, &out->report);
    case TB_ANSWER_RECONCILED:
        return tb_local_read_reconciled(in->reconciled, arena, &out->reconciled);
    case TB_ANSWER_FIGURE:
        return tb_local_read_case_figure(in->figure, arena, &out->figure);
    case TB_ANSWER_EVIDENCE:
        out->evidence.content = tb_bytes_of(in->evidence->content.data, in->evidence->content.len);
        out->evidence.next = tb_bytes_of(in->evidence->next.data, in->evidence->next.len);
        return TB_ACCEPTED;
    case TB_ANSWER_VERIFIED:
        return tb_local_read_verified(in->verified, arena, &out->verified);
    case TB_ANSWER_CAMPAIGNS:
        return read_campaigns(in->campaigns, arena, &out->campaigns);
    case TB_ANSWER_LISTS:
        return tb_local_read_lists(in->lists, arena, &out->lists);
    case TB_ANSWER_SHOWN_LIST:
        return tb_local_read_shown_list(in->shown_list, arena, &out->shown_list);
    case TB_ANSWER_VERDICTS:
        return tb_local_read_verdicts(in->verdicts, arena, &out->verdicts);
    case TB_ANSWER_FAMILY:
        return tb_local_read_family(in->family, arena, &out->family);
    case TB_ANSWER_CUT:
        return read_cut(in->cut, arena, &out->cut);
    case TB_ANSWER_QUARANTINE:
        return tb_local_read_quarantine(in->quarantine, arena, &out->quarantine);
    case TB_ANSWER_SETTLED:
        return tb_local_read_settled(in->settled, &out->settled) ? TB_ACCEPTED : TB_REFUSED_REQUEST;
    case TB_ANSWER_DEAD_LETTERS:
        return tb_local_read_letters(in->dead_letters, arena, &out->dead_letters);
    case TB_ANSWER_RECOVERY:
        return tb_local_read_recovery(in->recovery, arena, &out->recovery);
    case TB_ANSWER_ACCOUNTS:
        return tb_local_read_accounts(in->accounts, arena, &out->accounts);
    case TB_ANSWER_APPROVALS:
        return tb_local_read_approvals(in->approvals, arena, &out->approvals);
    case TB_ANSWER_UNANSWERED:
        return tb_local_read_unanswered(in->unanswered, arena, &out->unanswered);
    case TB_ANSWER_EXPLAINED:
        return tb_local_read_explained(in->explained, arena, &out->explained);
    case TB_ANSWER_OFFICE:
        return tb_local_read_office(in->office, &out->office) ? TB_ACCEPTED : TB_REFUSED_REQUEST;
    case TB_ANSWER_SWITCHES:
        return tb_local_read_switches(in->switches, arena, &out->switches);
    }
    return TB_REFUSED_REQUEST;
}

static tb_refusal read_answer(tb_bytes in, tb_arena *arena, tb_local_answer *out)
{
    ProtobufCMessage *message = NULL;
    tb_refusal refusal = tb_wire_unpack(&tongbao__local__answer__descriptor, in, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal == TB_REFUSED_TOO_LARGE ? refusal : TB_REFUSED_REQUEST;
    }

    const wire_answer *wire = (const wire_answer *)message;
    out->kind = (tb_answer_kind)wire->body_case;
    out->draft = wire->draft != 0;
    if (!tb_wire_fixed(wire->request_id, out->id.bytes, sizeof out->id) ||
        !tb_wire_code_or_none(wire->code, &out->code) ||
        !tb_wire_text(wire->detail, TB_REASON_BYTES_MAX, &out->detail)) {
        return TB_REFUSED_REQUEST;
    }
    return read_body(wire, arena, out);
}

tb_refusal tb_local_answer_decode(tb_bytes in, tb_arena *arena, tb_local_answer *out)
{
    if (in.size > TB_LOCAL_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    tb_local_answer answer = {0};
    tb_refusal refusal = read_answer(in, arena, &answer);
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        /* What is wrong with a value in an answer is no field of the reader's. */
        return refusal == TB_REFUSED_TOO_LARGE ? refusal : TB_REFUSED_REQUEST;
    }
    *out = answer;
    return TB_ACCEPTED;
}
