/* local_request - requests of the people's programs (local.h). */
#include "messages/local.pb-c.h"
#include "messages/local_wire.h"

typedef Tongbao__Local__Request wire_request;
typedef Tongbao__Local__OpenCase wire_open;
typedef Tongbao__Local__Act wire_act;
typedef Tongbao__Local__ListCases wire_list;
typedef Tongbao__Local__Install wire_install;

static tb_refusal verdict(bool good)
{
    return good ? TB_ACCEPTED : TB_REFUSED_REQUEST;
}

static tb_refusal read_open(const wire_open *in, tb_arena *arena, tb_local_open *out)
{
    if (!tb_wire_name(in->campaign, &out->campaign) ||
        !tb_wire_name(in->case_type, &out->case_type) || !tb_local_text(in->action, &out->action) ||
        in->lane > TB_LANE_LAST) {
        return TB_REFUSED_REQUEST;
    }
    out->lane = in->lane;
    out->field_count = in->n_fields;
    return tb_local_read_values(in->fields, in->n_fields, arena, &out->fields);
}

static tb_refusal read_act(const wire_act *in, tb_arena *arena, tb_local_act *out)
{
    if (!tb_wire_fixed(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) ||
        !tb_wire_name(in->action, &out->action) ||
        !tb_wire_fixed_or_zero(in->head, out->head.bytes, TB_DIGEST_BYTES)) {
        return TB_REFUSED_REQUEST;
    }
    out->field_count = in->n_fields;
    return tb_local_read_values(in->fields, in->n_fields, arena, &out->fields);
}

static tb_refusal read_paper(const Tongbao__Local__Paper *in, tb_arena *arena, tb_local_paper *out)
{
    if (in->act == NULL || !tb_wire_party(in->on_behalf, &out->on_behalf) ||
        !tb_local_text(in->number, &out->number) || !tb_local_text(in->date, &out->date)) {
        return TB_REFUSED_REQUEST;
    }
    return read_act(in->act, arena, &out->act);
}

static bool read_export_bundle(const Tongbao__Local__ExportBundle *in, tb_local_export_bundle *out)
{
    return tb_wire_party(in->party, &out->party) &&
           tb_wire_blob(in->after, TB_LOCAL_BYTES_MAX, &out->after);
}

static bool read_write_letter(const Tongbao__Local__WriteLetter *in, tb_local_write_letter *out)
{
    return tb_wire_party(in->party, &out->party) &&
           tb_wire_text(in->document_no, TB_PAPER_NO_BYTES_MAX, &out->document_no);
}

static bool read_get_letter(const Tongbao__Local__GetLetter *in, tb_local_get_letter *out)
{
    return tb_wire_party(in->party, &out->party) && tb_wire_number(in->letter, &out->letter);
}

static bool read_list(const wire_list *in, tb_local_list *out)
{
    out->mine = in->mine != 0;
    out->stalled = in->stalled != 0;
    out->limit = in->limit;
    return tb_local_text(in->state, &out->state) && tb_local_text(in->case_type, &out->case_type) &&
           tb_wire_blob(in->after, TB_LOCAL_BYTES_MAX, &out->after) &&
           tb_local_text(in->field, &out->field) && tb_local_text(in->value, &out->value);
}

static bool read_list_duties(const Tongbao__Local__ListDuties *in, tb_local_list_duties *out)
{
    out->overdue = in->overdue != 0;
    out->mine = in->mine != 0;
    out->concerns = in->concerns != 0;
    out->limit = in->limit;
    return tb_wire_party_or_none(in->by, &out->by) &&
           tb_wire_blob(in->after, TB_LOCAL_BYTES_MAX, &out->after);
}

static bool read_install(const wire_install *in, tb_document *out)
{
    out->kind = (tb_document_kind)in->kind;
    out->version = in->version;
    return in->kind >= TB_DOCUMENT_DIRECTORY && in->kind <= TB_DOCUMENT_TABLE && in->version > 0 &&
           in->content.len > 0 && tb_wire_name(in->name, &out->name) &&
           tb_wire_blob(in->content, TB_DOCUMENT_BYTES_MAX, &out->content) &&
           tb_wire_fixed(in->signer_key, out->signer_key.bytes, sizeof out->signer_key) &&
           tb_wire_fixed(in->signature, out->signature, sizeof out->signature);
}

static bool read_get_document(const Tongbao__Local__GetDocument *in, tb_local_get_document *out)
{
    out->kind = (tb_document_kind)in->kind;
    out->version = in->version;
    return in->kind >= TB_DOCUMENT_DIRECTORY && in->kind <= TB_DOCUMENT_TABLE &&
           tb_wire_name(in->name, &out->name);
}

static bool read_list_notices(const Tongbao__Local__ListNotices *in, tb_local_list_notices *out)
{
    out->in = in->in != 0;
    out->out = in->out != 0;
    out->limit = in->limit;
    return tb_wire_blob(in->after, TB_LOCAL_BYTES_MAX, &out->after);
}

static bool read_case_id(tb_wire_bytes in, tb_case_id *out)
{
    return tb_wire_fixed(in, out->bytes, TB_CASE_ID_BYTES);
}

static tb_refusal read_body(const wire_request *in, tb_arena *arena, tb_local_request *out)
{
    switch (out->kind) {
    case TB_REQUEST_OPEN_CASE:
        return read_open(in->open_case, arena, &out->open);
    case TB_REQUEST_ACT:
        return read_act(in->act, arena, &out->act);
    case TB_REQUEST_GET_CASE:
        return verdict(read_case_id(in->get_case->case_id, &out->case_id));
    case TB_REQUEST_LIST_ACTS:
        return verdict(read_case_id(in->list_acts->case_id, &out->case_id));
    case TB_REQUEST_EXPORT:
        return verdict(read_case_id(in->export_case->case_id, &out->case_id));
    case TB_REQUEST_LIST_CASES:
        return verdict(read_list(in->list_cases, &out->list));
    case TB_REQUEST_TRACE:
        return verdict(tb_local_text(in->trace->id, &out->trace));
    case TB_REQUEST_LIST_NOTICES:
        return verdict(read_list_notices(in->list_notices, &out->notices));
    case TB_REQUEST_GET_REQUEST:
        return verdict(
            tb_wire_fixed(in->get_request->request_id, out->request.bytes, sizeof out->request));
    case TB_REQUEST_INSTALL:
        return verdict(read_install(in->install, &out->install));
    case TB_REQUEST_GET_DOCUMENT:
        return verdict(read_get_document(in->get_document, &out->document));
    case TB_REQUEST_PAPER:
        return read_paper(in->paper, arena, &out->paper);
    case TB_REQUEST_EXPORT_BUNDLE:
        return verdict(read_export_bundle(in->export_bundle, &out->export_bundle));
    case TB_REQUEST_IMPORT_BUNDLE:
        return verdict(
            tb_wire_blob(in->import_bundle->content, TB_LOCAL_BYTES_MAX, &out->import_bundle));
    case TB_REQUEST_WRITE_LETTER:
        return verdict(read_write_letter(in->write_letter, &out->write_letter));
    case TB_REQUEST_GET_LETTER:
        return verdict(read_get_letter(in->get_letter, &out->get_letter));
    case TB_REQUEST_LIST_REPORTS:
        return verdict(tb_local_read_list_reports(in->list_reports, &out->list_reports));
    case TB_REQUEST_GET_REPORT:
        return verdict(tb_local_read_get_report(in->get_report, &out->get_report));
    case TB_REQUEST_RECONCILE:
        return verdict(tb_local_read_reconcile(in->reconcile, &out->reconcile));
    case TB_REQUEST_GET_FIGURE:
        return verdict(tb_local_read_get_figure(in->get_figure, &out->get_figure));
    case TB_REQUEST_EXPORT_EVIDENCE:
        out->export_evidence.report = in->export_evidence->report != 0;
        out->export_evidence.after =
            tb_bytes_of(in->export_evidence->after.data, in->export_evidence->after.len);
        return verdict(
            tb_wire_fixed_or_zero(in->export_evidence->case_id,
                                  out->export_evidence.case_id.bytes, TB_CASE_ID_BYTES) &&
            tb_local_text(in->export_evidence->campaign, &out->export_evidence.campaign));
    case TB_REQUEST_VERIFY:
        out->verify.report = in->verify->report != 0;
        return verdict(
            tb_wire_fixed(in->verify->case_id, out->verify.case_id.bytes, TB_CASE_ID_BYTES));
    case TB_REQUEST_LIST_DUTIES:
        return verdict(read_list_duties(in->list_duties, &out->duties));
    case TB_REQUEST_CUT:
        out->final = in->cut->final != 0;
        return TB_ACCEPTED;
    case TB_REQUEST_LIST_QUARANTINE:
        return verdict(tb_local_read_quarantine_page(in->list_quarantine, &out->page));
    case TB_REQUEST_ACT_QUARANTINE:
        return verdict(tb_local_read_settle(in->act_quarantine, &out->settle));
    case TB_REQUEST_LIST_DEAD_LETTERS:
        return verdict(tb_local_read_letter_page(in->list_dead_letters, &out->page));
    case TB_REQUEST_RETRY_DEAD_LETTER:
        return verdict(tb_local_read_retry(in->retry_dead_letter, &out->retry));
    case TB_REQUEST_RECOVER:
        return verdict(
            tb_wire_text(in->recover->reason, TB_REASON_BYTES_MAX / 2, &out->recover.reason) &&
            tb_wire_fixed_or_zero(in->recover->release, out->recover.release.bytes,
                                  TB_CASE_ID_BYTES));
    case TB_REQUEST_SHOW_LIST:
        return verdict(tb_local_read_show_list(in->show_list, &out->show_list));
    case TB_REQUEST_CHECK_LIST:
        return tb_local_read_check_list(in->check_list, arena, &out->check_list);
    case TB_REQUEST_GET_FAMILY:
        return verdict(
            tb_wire_fixed(in->get_family->case_id, out->case_id.bytes, TB_CASE_ID_BYTES));
    case TB_REQUEST_CHANGE_ACCOUNT:
        return verdict(tb_local_read_change_account(in->change_account, &out->change_account));
    case TB_REQUEST_LIST_APPROVALS:
        return verdict(tb_local_read_list_approvals(in->list_approvals, &out->list_approvals));
    case TB_REQUEST_APPROVE:
        return verdict(tb_local_read_approve(in->approve, &out->approve));
    case TB_REQUEST_SET_SWITCH:
        return verdict(tb_local_read_switch(in->set_switch, &out->set_switch));
    case TB_REQUEST_UNANSWERED:
        return verdict(tb_local_read_get_unanswered(in->get_unanswered, &out->get_unanswered));
    case TB_REQUEST_SET_OFFICE:
        return verdict(tb_local_read_office(in->set_office, &out->set_office));
    case TB_REQUEST_EXPLAIN_DUTIES:
        return verdict(read_case_id(in->explain_duties->case_id, &out->case_id));
    case TB_REQUEST_GET_OFFICE:
    case TB_REQUEST_LIST_SWITCHES:
    case TB_REQUEST_LIST_ACCOUNTS:
    case TB_REQUEST_STATUS:
    case TB_REQUEST_WATCH:
    case TB_REQUEST_LIST_DIRECTORY:
    case TB_REQUEST_CHECK:
    case TB_REQUEST_LIST_CAMPAIGNS:
    case TB_REQUEST_LIST_LISTS:
    case TB_REQUEST_GET_RECOVERY:
        return TB_ACCEPTED;
    }
    return TB_REFUSED_REQUEST;
}

/* What changes something is kept under its id, so it must have one. */
static bool identified(const tb_local_request *request)
{
    static const tb_request_id none;

    bool changes =
        request->kind == TB_REQUEST_OPEN_CASE || request->kind == TB_REQUEST_ACT ||
        request->kind == TB_REQUEST_INSTALL || request->kind == TB_REQUEST_PAPER ||
        request->kind == TB_REQUEST_IMPORT_BUNDLE || request->kind == TB_REQUEST_WRITE_LETTER ||
        request->kind == TB_REQUEST_ACT_QUARANTINE || request->kind == TB_REQUEST_RECOVER ||
        request->kind == TB_REQUEST_CHANGE_ACCOUNT || request->kind == TB_REQUEST_APPROVE ||
        request->kind == TB_REQUEST_SET_SWITCH || request->kind == TB_REQUEST_SET_OFFICE;
    return !changes || memcmp(request->id.bytes, none.bytes, sizeof none) != 0;
}

static tb_refusal read_request(tb_bytes in, tb_arena *arena, tb_local_request *out)
{
    ProtobufCMessage *message = NULL;
    tb_refusal refusal = tb_wire_unpack(&tongbao__local__request__descriptor, in, arena, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal == TB_REFUSED_TOO_LARGE ? refusal : TB_REFUSED_REQUEST;
    }

    const wire_request *wire = (const wire_request *)message;
    out->kind = (tb_request_kind)wire->body_case;
    if (wire->body_case == TONGBAO__LOCAL__REQUEST__BODY__NOT_SET ||
        !tb_wire_fixed(wire->request_id, out->id.bytes, sizeof out->id) || !identified(out) ||
        !tb_wire_text(wire->account, TB_ACCOUNT_BYTES_MAX, &out->account) ||
        (wire->proof.len != 0 && wire->proof.len != TB_PROOF_BYTES) ||
        !tb_wire_time(wire->time_ms, &out->time)) {
        return TB_REFUSED_REQUEST;
    }
    out->named = wire->named != 0;
    return read_body(wire, arena, out);
}

tb_refusal tb_local_request_decode(tb_bytes in, tb_arena *arena, tb_local_request *out)
{
    out->id = (tb_request_id){0};
    if (in.size > TB_LOCAL_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    tb_local_request request = {0};
    tb_refusal refusal = read_request(in, arena, &request);
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        out->id = request.id;
        return refusal;
    }
    *out = request;
    return TB_ACCEPTED;
}

/* Every body message a request can have; the one in use is filled. */
typedef struct bodies {
    wire_open open;
    wire_act act;
    Tongbao__Local__GetCase get_case;
    wire_list list;
    Tongbao__Local__Trace trace;
    Tongbao__Local__GetStatus status;
    Tongbao__Local__ListNotices notices;
    Tongbao__Local__GetRequest get_request;
    wire_install install;
    Tongbao__Local__Watch watch;
    Tongbao__Local__ListDirectory list_directory;
    Tongbao__Local__GetDocument get_document;
    Tongbao__Local__Check check;
    Tongbao__Local__ListActs list_acts;
    Tongbao__Local__Export export_case;
    Tongbao__Local__Paper paper;
    Tongbao__Local__ExportBundle export_bundle;
    Tongbao__Local__ImportBundle import_bundle;
    Tongbao__Local__WriteLetter write_letter;
    Tongbao__Local__GetLetter get_letter;
    Tongbao__Local__ListLists list_lists;
    Tongbao__Local__GetFamily family;
    Tongbao__Local__ListDuties duties;
    Tongbao__Local__ListCampaigns campaigns;
    Tongbao__Local__GetCut cut;
    Tongbao__Local__ListQuarantine list_quarantine;
    Tongbao__Local__ActQuarantine act_quarantine;
    Tongbao__Local__ListDeadLetters list_dead_letters;
    Tongbao__Local__RetryDeadLetter retry_dead_letter;
    Tongbao__Local__ListReports list_reports;
    Tongbao__Local__GetReport get_report;
    Tongbao__Local__Verify verify;
    Tongbao__Local__ExportEvidence export_evidence;
    Tongbao__Local__Reconcile reconcile;
    Tongbao__Local__GetFigure get_figure;
    Tongbao__Local__Recover recover;
    Tongbao__Local__GetRecovery get_recovery;
    Tongbao__Local__ListAccounts list_accounts;
    Tongbao__Local__ChangeAccount change_account;
    Tongbao__Local__ListApprovals list_approvals;
    Tongbao__Local__Approve approve;
    Tongbao__Local__GetUnanswered get_unanswered;
    Tongbao__Local__ExplainDuties explain_duties;
    Tongbao__Local__ListSwitches list_switches;
    Tongbao__Local__Switch set_switch;
    Tongbao__Local__GetOffice get_office;
    Tongbao__Local__Office set_office;
} bodies;

static bool write_open(const tb_local_open *in, tb_arena *arena, wire_open *out)
{
    tongbao__local__open_case__init(out);
    out->campaign = tb_wire_of(in->campaign);
    out->case_type = tb_wire_of(in->case_type);
    out->action = tb_wire_of(in->action);
    out->lane = in->lane;
    out->n_fields = in->field_count;
    out->fields = tb_local_write_values(in->fields, in->field_count, arena);
    return out->fields != NULL;
}

static bool write_act(const tb_local_act *in, tb_arena *arena, wire_act *out)
{
    tongbao__local__act__init(out);
    out->case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->action = tb_wire_of(in->action);
    out->head = tb_wire_raw_or_none(in->head.bytes, TB_DIGEST_BYTES);
    out->n_fields = in->field_count;
    out->fields = tb_local_write_values(in->fields, in->field_count, arena);
    return out->fields != NULL;
}

static bool write_paper(const tb_local_paper *in, tb_arena *arena, bodies *b)
{
    tongbao__local__paper__init(&b->paper);
    b->paper.act = &b->act;
    b->paper.on_behalf = tb_wire_of_party(&in->on_behalf);
    b->paper.number = tb_wire_of(in->number);
    b->paper.date = tb_wire_of(in->date);
    return write_act(&in->act, arena, &b->act);
}

/* What goes between hubs and paper: bundles and letters. */
static void write_carried(const tb_local_request *in, bodies *b, wire_request *out)
{
    if (in->kind == TB_REQUEST_EXPORT_BUNDLE) {
        tongbao__local__export_bundle__init(&b->export_bundle);
        b->export_bundle.party = tb_wire_of_party(&in->export_bundle.party);
        b->export_bundle.after = tb_wire_of(in->export_bundle.after);
        out->export_bundle = &b->export_bundle;
    } else if (in->kind == TB_REQUEST_IMPORT_BUNDLE) {
        tongbao__local__import_bundle__init(&b->import_bundle);
        b->import_bundle.content = tb_wire_of(in->import_bundle);
        out->import_bundle = &b->import_bundle;
    } else if (in->kind == TB_REQUEST_WRITE_LETTER) {
        tongbao__local__write_letter__init(&b->write_letter);
        b->write_letter.party = tb_wire_of_party(&in->write_letter.party);
        b->write_letter.document_no = tb_wire_of(in->write_letter.document_no);
        out->write_letter = &b->write_letter;
    } else {
        TB_ASSERT(in->kind == TB_REQUEST_GET_LETTER);
        tongbao__local__get_letter__init(&b->get_letter);
        b->get_letter.party = tb_wire_of_party(&in->get_letter.party);
        b->get_letter.letter = in->get_letter.letter;
        out->get_letter = &b->get_letter;
    }
}

static void write_list(const tb_local_list *in, wire_list *out)
{
    tongbao__local__list_cases__init(out);
    out->state = tb_wire_of(in->state);
    out->mine = in->mine;
    out->stalled = in->stalled;
    out->after = tb_wire_of(in->after);
    out->limit = in->limit;
    out->field = tb_wire_of(in->field);
    out->value = tb_wire_of(in->value);
    out->case_type = tb_wire_of(in->case_type);
}

static void write_install(const tb_document *in, wire_install *out)
{
    tongbao__local__install__init(out);
    out->kind = (uint32_t)in->kind;
    out->name = tb_wire_of(in->name);
    out->version = in->version;
    out->content = tb_wire_of(in->content);
    out->signer_key = tb_wire_raw(in->signer_key.bytes, sizeof in->signer_key);
    out->signature = tb_wire_raw(in->signature, sizeof in->signature);
}

/* Requests that name something: a case, a page, an id, a document. */
static void write_question(const tb_local_request *in, bodies *b, wire_request *out)
{
    if (in->kind == TB_REQUEST_GET_CASE) {
        tongbao__local__get_case__init(&b->get_case);
        b->get_case.case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
        out->get_case = &b->get_case;
    } else if (in->kind == TB_REQUEST_LIST_ACTS) {
        tongbao__local__list_acts__init(&b->list_acts);
        b->list_acts.case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
        out->list_acts = &b->list_acts;
    } else if (in->kind == TB_REQUEST_EXPORT) {
        tongbao__local__export__init(&b->export_case);
        b->export_case.case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
        out->export_case = &b->export_case;
    } else if (in->kind == TB_REQUEST_TRACE) {
        tongbao__local__trace__init(&b->trace);
        b->trace.id = tb_wire_of(in->trace);
        out->trace = &b->trace;
    } else if (in->kind == TB_REQUEST_LIST_NOTICES) {
        tongbao__local__list_notices__init(&b->notices);
        b->notices.in = in->notices.in;
        b->notices.out = in->notices.out;
        b->notices.after = tb_wire_of(in->notices.after);
        b->notices.limit = in->notices.limit;
        out->list_notices = &b->notices;
    } else if (in->kind == TB_REQUEST_GET_REQUEST) {
        tongbao__local__get_request__init(&b->get_request);
        b->get_request.request_id = tb_wire_raw(in->request.bytes, sizeof in->request);
        out->get_request = &b->get_request;
    } else {
        TB_ASSERT(in->kind == TB_REQUEST_GET_DOCUMENT);
        tongbao__local__get_document__init(&b->get_document);
        b->get_document.kind = (uint32_t)in->document.kind;
        b->get_document.name = tb_wire_of(in->document.name);
        b->get_document.version = in->document.version;
        out->get_document = &b->get_document;
    }
}

static bool write_body(const tb_local_request *in, tb_arena *arena, bodies *b, wire_request *out)
{
    switch (in->kind) {
    case TB_REQUEST_OPEN_CASE:
        out->open_case = &b->open;
        return write_open(&in->open, arena, &b->open);
    case TB_REQUEST_ACT:
        out->act = &b->act;
        return write_act(&in->act, arena, &b->act);
    case TB_REQUEST_PAPER:
        out->paper = &b->paper;
        return write_paper(&in->paper, arena, b);
    case TB_REQUEST_EXPORT_BUNDLE:
    case TB_REQUEST_IMPORT_BUNDLE:
    case TB_REQUEST_WRITE_LETTER:
    case TB_REQUEST_GET_LETTER:
        write_carried(in, b, out);
        return true;
    case TB_REQUEST_LIST_CASES:
        write_list(&in->list, &b->list);
        out->list_cases = &b->list;
        return true;
    case TB_REQUEST_INSTALL:
        write_install(&in->install, &b->install);
        out->install = &b->install;
        return true;
    case TB_REQUEST_RECOVER:
        tongbao__local__recover__init(&b->recover);
        b->recover.reason = tb_wire_of(in->recover.reason);
        b->recover.release = tb_wire_raw_or_none(in->recover.release.bytes, TB_CASE_ID_BYTES);
        out->recover = &b->recover;
        return true;
    case TB_REQUEST_GET_RECOVERY:
        tongbao__local__get_recovery__init(&b->get_recovery);
        out->get_recovery = &b->get_recovery;
        return true;
    case TB_REQUEST_LIST_ACCOUNTS:
        tongbao__local__list_accounts__init(&b->list_accounts);
        out->list_accounts = &b->list_accounts;
        return true;
    case TB_REQUEST_UNANSWERED:
        tb_local_write_get_unanswered(&in->get_unanswered, &b->get_unanswered);
        out->get_unanswered = &b->get_unanswered;
        return true;
    case TB_REQUEST_EXPLAIN_DUTIES:
        tongbao__local__explain_duties__init(&b->explain_duties);
        b->explain_duties.case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
        out->explain_duties = &b->explain_duties;
        return true;
    case TB_REQUEST_GET_OFFICE:
        tongbao__local__get_office__init(&b->get_office);
        out->get_office = &b->get_office;
        return true;
    case TB_REQUEST_SET_OFFICE:
        tb_local_write_office(&in->set_office, &b->set_office);
        out->set_office = &b->set_office;
        return true;
    case TB_REQUEST_LIST_SWITCHES:
        tongbao__local__list_switches__init(&b->list_switches);
        out->list_switches = &b->list_switches;
        return true;
    case TB_REQUEST_SET_SWITCH:
        tb_local_write_switch(&in->set_switch, &b->set_switch);
        out->set_switch = &b->set_switch;
        return true;
    case TB_REQUEST_CHANGE_ACCOUNT:
        out->change_account = &b->change_account;
        return tb_local_write_change_account(&in->change_account, arena, &b->change_account);
    case TB_REQUEST_LIST_APPROVALS:
        tb_local_write_list_approvals(&in->list_approvals, &b->list_approvals);
        out->list_approvals = &b->list_approvals;
        return true;
    case TB_REQUEST_APPROVE:
        tb_local_write_approve(&in->approve, &b->approve);
        out->approve = &b->approve;
        return true;
    case TB_REQUEST_STATUS:
        tongbao__local__get_status__init(&b->status);
        out->status = &b->status;
        return true;
    case TB_REQUEST_WATCH:
        tongbao__local__watch__init(&b->watch);
        out->watch = &b->watch;
        return true;
    case TB_REQUEST_LIST_DIRECTORY:
        tongbao__local__list_directory__init(&b->list_directory);
        out->list_directory = &b->list_directory;
        return true;
    case TB_REQUEST_CHECK:
        tongbao__local__check__init(&b->check);
        out->check = &b->check;
        return true;
    case TB_REQUEST_LIST_REPORTS:
        tb_local_write_list_reports(&in->list_reports, &b->list_reports);
        out->list_reports = &b->list_reports;
        return true;
    case TB_REQUEST_GET_REPORT:
        tb_local_write_get_report(&in->get_report, &b->get_report);
        out->get_report = &b->get_report;
        return true;
    case TB_REQUEST_RECONCILE:
        tb_local_write_reconcile(&in->reconcile, &b->reconcile);
        out->reconcile = &b->reconcile;
        return true;
    case TB_REQUEST_GET_FIGURE:
        tb_local_write_get_figure(&in->get_figure, &b->get_figure);
        out->get_figure = &b->get_figure;
        return true;
    case TB_REQUEST_EXPORT_EVIDENCE:
        tongbao__local__export_evidence__init(&b->export_evidence);
        b->export_evidence.case_id =
            tb_wire_raw_or_none(in->export_evidence.case_id.bytes, TB_CASE_ID_BYTES);
        b->export_evidence.campaign = tb_wire_of(in->export_evidence.campaign);
        b->export_evidence.report = in->export_evidence.report;
        b->export_evidence.after = tb_wire_of(in->export_evidence.after);
        out->export_evidence = &b->export_evidence;
        return true;
    case TB_REQUEST_VERIFY:
        tongbao__local__verify__init(&b->verify);
        b->verify.case_id = tb_wire_raw(in->verify.case_id.bytes, TB_CASE_ID_BYTES);
        b->verify.report = in->verify.report;
        out->verify = &b->verify;
        return true;
    case TB_REQUEST_LIST_DUTIES:
        tongbao__local__list_duties__init(&b->duties);
        b->duties.overdue = in->duties.overdue;
        b->duties.mine = in->duties.mine;
        b->duties.concerns = in->duties.concerns;
        b->duties.by = tb_wire_of_party(&in->duties.by);
        b->duties.after = tb_wire_of(in->duties.after);
        b->duties.limit = in->duties.limit;
        out->list_duties = &b->duties;
        return true;
    case TB_REQUEST_LIST_CAMPAIGNS:
        tongbao__local__list_campaigns__init(&b->campaigns);
        out->list_campaigns = &b->campaigns;
        return true;
    case TB_REQUEST_LIST_LISTS:
        tongbao__local__list_lists__init(&b->list_lists);
        out->list_lists = &b->list_lists;
        return true;
    case TB_REQUEST_SHOW_LIST:
        out->show_list = tb_local_write_show_list(&in->show_list, arena);
        return out->show_list != NULL;
    case TB_REQUEST_CHECK_LIST:
        out->check_list = tb_local_write_check_list(&in->check_list, arena);
        return out->check_list != NULL;
    case TB_REQUEST_GET_FAMILY:
        tongbao__local__get_family__init(&b->family);
        b->family.case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
        out->get_family = &b->family;
        return true;
    case TB_REQUEST_CUT:
        tongbao__local__get_cut__init(&b->cut);
        b->cut.final = in->final;
        out->cut = &b->cut;
        return true;
    case TB_REQUEST_LIST_QUARANTINE:
        tb_local_write_quarantine_page(&in->page, &b->list_quarantine);
        out->list_quarantine = &b->list_quarantine;
        return true;
    case TB_REQUEST_ACT_QUARANTINE:
        tb_local_write_settle(&in->settle, &b->act_quarantine);
        out->act_quarantine = &b->act_quarantine;
        return true;
    case TB_REQUEST_LIST_DEAD_LETTERS:
        tb_local_write_letter_page(&in->page, &b->list_dead_letters);
        out->list_dead_letters = &b->list_dead_letters;
        return true;
    case TB_REQUEST_RETRY_DEAD_LETTER:
        tb_local_write_retry(&in->retry, &b->retry_dead_letter);
        out->retry_dead_letter = &b->retry_dead_letter;
        return true;
    case TB_REQUEST_GET_CASE:
    case TB_REQUEST_LIST_ACTS:
    case TB_REQUEST_EXPORT:
    case TB_REQUEST_TRACE:
    case TB_REQUEST_LIST_NOTICES:
    case TB_REQUEST_GET_REQUEST:
    case TB_REQUEST_GET_DOCUMENT:
        write_question(in, b, out);
        return true;
    }
    TB_UNREACHABLE();
}

tb_err tb_local_request_encode(const tb_local_request *request, tb_arena *arena, tb_bytes *out)
{
    size_t mark = tb_arena_mark(arena);
    bodies body;
    wire_request wire = TONGBAO__LOCAL__REQUEST__INIT;

    wire.request_id = tb_wire_raw(request->id.bytes, sizeof request->id);
    wire.account = tb_wire_of(request->account);
    wire.time_ms = request->time;
    wire.named = request->named;
    wire.body_case = (Tongbao__Local__Request__BodyCase)request->kind;
    if (!write_body(request, arena, &body, &wire)) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack_over(&wire.base, TB_LOCAL_BYTES_MAX, arena, mark, out);
}
