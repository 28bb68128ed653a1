/* verify_file - proving exported evidence without an agent: its pages go into a store in memory,
 * by the rules by which an agent takes what is passed on, and are proved there (agents/evidence.h).
 */
#include "agents/cli/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/apply.h"
#include "agents/campaign/figures.h"
#include "agents/cli/checking.h"
#include "agents/cli/cli.h"
#include "agents/cli/files.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"
#include "agents/measures.h"
#include "agents/verify.h"

#define FILE_BYTES_MAX (1024u * 1024 * 1024)
#define KEEP_BYTES     (128u * 1024 * 1024)
#define PAGE_BYTES     (16u * 1024 * 1024)
#define QUOTA_BYTES    (4096ull * 1024 * 1024)
#define SHOWN_MAX      64 /* bytes of a value that is shown in a fault */
#define EVENTS_A_TURN  64
#define SETTLE_TURNS   10000000u

static const char *sentence(tb_refusal code)
{
    return tb_say_chinese() ? tb_refusal_zh(code) : tb_refusal_en(code);
}

/* ---- the store of nobody's ---- */

typedef tb_err turn_fn(tb_checking *c, tb_step *step, const void *input);

static bool turn(tb_checking *c, turn_fn *run, const void *input)
{
    tb_txn *txn = NULL;
    tb_step step;
    const tb_now now = {.real = c->first.made, .civil = c->first.made};
    tb_arena_reset(&c->turn);
    tb_effects_reset(c->effects);
    tb_err err = tb_store_begin(c->store, &c->turn, &txn);
    if (err == TB_OK) {
        tb_agent_forget(c->agent);
        step = (tb_step){.agent = c->agent,
                         .txn = txn,
                         .arena = &c->turn,
                         .now = now,
                         .random = &c->random,
                         .effects = c->effects};
        err = run(c, &step, input);
        if (err == TB_OK) {
            err = tb_store_commit(txn);
        } else {
            tb_store_abort(txn);
        }
    }
    if (err != TB_OK) {
        tb_say_error(_("%s cannot be checked to its end: %s"), c->path, tb_err_text(err));
    }
    return err == TB_OK;
}

static tb_err put_documents(tb_checking *c, tb_step *step, const void *input)
{
    (void)input;
    tb_refusal refused;
    tb_err err = tb_agent_start(c->agent, step->txn, step->random, &refused);
    for (size_t i = 0; err == TB_OK && i < c->directory_count; i++) {
        err = tb_document_keep(step->txn, &c->directory_documents[i]);
    }
    for (size_t i = 0; err == TB_OK && i < c->other_count; i++) {
        const tb_document *document = &c->others[i];
        tb_refusal code = tb_directory_accept_document(c->agent->directory, document);
        if (code == TB_ACCEPTED) {
            err = tb_document_keep(step->txn, document);
        } else {
            tb_checking_fault(c, _("document %.*s, version %u: %s"), (int)document->name.size,
                              (const char *)document->name.data, (unsigned)document->version,
                              sentence(code));
        }
    }
    return err;
}

static bool open_store(tb_checking *c)
{
    static const uint8_t seed[32]; /* nothing here is secret, and all of it is thrown away */
    const tb_store_options options = {QUOTA_BYTES, TB_STORE_AGENT};
    tb_random_seed(&c->random, seed);
    if (tb_store_open("", &options, &c->store) != TB_OK) {
        return false;
    }
    c->agent->self = c->first.maker;
    c->agent->hub = c->first.hub;
    c->agent->directory = &c->directories[c->directory_count - 1];
    if (!turn(c, put_documents, NULL) || tb_documents_load(c->store, &c->documents) != TB_OK) {
        return false;
    }
    tb_documents_use(c->documents, c->agent);
    return true;
}

/* ---- what is inside ---- */

static void check_page(tb_checking *c, const tb_evidence_page *page)
{
    const tb_directory_party *maker = tb_directory_find(c->agent->directory, &page->maker);
    const tb_directory_key *key = maker == NULL ? NULL : tb_directory_key_of(maker, &page->key);
    if (key == NULL || key->purpose != TB_PURPOSE_SIGN ||
        !tb_evidence_page_verify(page, &key->key)) {
        tb_checking_fault(c, _("page %u: not signed by %s"), (unsigned)page->number,
                          page->maker.text);
    } else if (!tb_directory_line_counts(c->agent->directory, &page->maker, &page->key,
                                         page->made)) {
        tb_checking_fault(c, _("page %u: %s"), (unsigned)page->number,
                          sentence(TB_REFUSED_KEY_REVOKED));
    }
}

typedef struct slice {
    const tb_evidence_page *page;
    size_t from;
    size_t to;
} slice;

/* "real_name_rate=9/10@2015-03-31, remark": short values as they are shown, of long ones the name.
 */
static void list_fields(const tb_field *fields, size_t count, char out[TB_CHECKED_FAULT_BYTES])
{
    size_t size = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count && size + 1 < TB_CHECKED_FAULT_BYTES; i++) {
        bool brief = fields[i].value.size <= SHOWN_MAX &&
                     memchr(fields[i].value.data, '\n', fields[i].value.size) == NULL;
        int more =
            snprintf(out + size, TB_CHECKED_FAULT_BYTES - size, "%s%.*s%s%.*s", i > 0 ? ", " : "",
                     (int)fields[i].id.size, (const char *)fields[i].id.data, brief ? "=" : "",
                     brief ? (int)fields[i].value.size : 0, (const char *)fields[i].value.data);
        size += more > 0 ? (size_t)more : 0;
    }
}

/* A field group that shows something else than was signed; what figures it claims is held against
 * the events all the same. */
static tb_err
tell_bent(tb_checking *c, tb_step *step, const tb_evidence_taken *taken, const tb_opening *bent)
{
    char hex[2 * TB_DIGEST_BYTES + 1];
    char shown[TB_CHECKED_FAULT_BYTES];
    tb_field *fields = NULL;
    size_t count = 0;
    if (tb_group_fields_decode(bent->content, step->arena, &fields, &count) != TB_ACCEPTED) {
        count = 0;
    }
    list_fields(fields, count, shown);
    tb_hex(taken->event.bytes, TB_DIGEST_BYTES, hex);
    tb_checking_fault(
        c, _("event %s: field group %.*s is not what was signed; do not rely on what it shows: %s"),
        hex, (int)bent->group.size, (const char *)bent->group.data, shown);
    for (size_t i = 0; i < count && tb_case_equal(&taken->case_id, &c->first.subject); i++) {
        if (tb_figures_well_formed(fields[i].value)) {
            return tb_arena_copy(&c->keep, fields[i].value, &c->shown);
        }
    }
    return TB_OK;
}

static tb_err take_events(tb_checking *c, tb_step *step, const void *input)
{
    const slice *s = input;
    tb_err err = TB_OK;
    for (size_t i = s->from; err == TB_OK && i < s->to; i++) {
        char hex[2 * TB_DIGEST_BYTES + 1];
        tb_evidence_taken taken;
        err = tb_evidence_take(step, &c->first.maker, c->marked, c->marked_count,
                               s->page->passed[i], &taken);
        tb_hex(taken.event.bytes, TB_DIGEST_BYTES, hex);
        if (err == TB_OK && taken.refused != TB_ACCEPTED) {
            tb_checking_fault(c, _("event %s: %s"), hex, sentence(taken.refused));
        }
        if (err == TB_OK && taken.twice) {
            tb_checking_fault(c, _("event %s stands in the file twice"), hex);
        } else if (err == TB_OK && taken.early) {
            tb_checking_fault(c, _("event %s does not stand behind the one it builds on"), hex);
        }
        if (err == TB_OK && taken.other_mark) {
            tb_checking_fault(c, _("event %s: %s"), hex,
                              _("an arrived mark over it is of another notice"));
        }
        for (size_t b = 0; err == TB_OK && b < taken.bent_count; b++) {
            err = tell_bent(c, step, &taken, &taken.bent[b]);
        }
    }
    return err;
}

/* ---- marks: which hold is known before the notices that stand under them ---- */

static bool is_here(const tb_checking *c, const tb_line *line)
{
    for (size_t i = 0; i < c->marked_count; i++) {
        const tb_line *known = &c->marked[i].line;
        if (tb_stream_equal(&known->stream, &line->stream) && known->to == line->to &&
            tb_digest_equal(&known->digest, &line->digest)) {
            return true;
        }
    }
    return false;
}

static tb_err take_marks(tb_checking *c, tb_step *step, const void *input)
{
    const tb_evidence_page *page = input;
    for (size_t i = 0; i < page->line_count; i++) {
        tb_line line;
        tb_refusal refused = tb_evidence_mark(step, page->lines[i], &line);
        if (refused != TB_ACCEPTED) {
            tb_checking_fault(c, _("page %u: an arrived mark does not hold: %s"),
                              (unsigned)page->number, sentence(refused));
        } else if (!is_here(c, &line) && c->marked_count < TB_CHECKED_MARKS_MAX) {
            c->marked[c->marked_count++] = (tb_evidence_marked){line, page->number, false};
        }
    }
    return TB_OK;
}

static bool take_all_marks(tb_checking *c)
{
    size_t at = TB_EVIDENCE_MAGIC_BYTES;
    tb_evidence_page page;
    bool fine = true;
    c->marked = tb_arena_array(&c->keep, TB_CHECKED_MARKS_MAX, sizeof *c->marked);
    while (fine && c->marked != NULL && tb_checking_next(c, &at, &page)) {
        fine = turn(c, take_marks, &page);
    }
    return fine && c->marked != NULL;
}

/* A mark of the maker's other streams, or from before, would only look as if it proved something.
 */
static void tell_idle_marks(tb_checking *c)
{
    for (size_t i = 0; i < c->marked_count; i++) {
        if (!c->marked[i].covers) {
            tb_checking_fault(c, _("page %u: an arrived mark is over no notice in the file"),
                              (unsigned)c->marked[i].page);
        }
    }
}

static bool take_all(tb_checking *c)
{
    size_t at = TB_EVIDENCE_MAGIC_BYTES;
    tb_evidence_page page;
    bool fine = take_all_marks(c);
    while (fine && tb_checking_next(c, &at, &page)) {
        check_page(c, &page);
        for (size_t i = 0; fine && i < page.passed_count; i += EVENTS_A_TURN) {
            size_t to =
                i + EVENTS_A_TURN < page.passed_count ? i + EVENTS_A_TURN : page.passed_count;
            const slice s = {&page, i, to};
            fine = turn(c, take_events, &s);
        }
    }
    tell_idle_marks(c);
    return fine;
}

static tb_err settle(tb_checking *c, tb_step *step, const void *input)
{
    tb_time due;
    bool *out_more = *(bool *const *)input;
    tb_err err = tb_measures_tick(c->agent, step->txn);
    if (err == TB_OK) {
        err = tb_measures_due(c->agent, step->txn, &due);
        *out_more = err == TB_OK;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static bool settle_all(tb_checking *c)
{
    bool more = true;
    bool *place = &more;
    bool fine = true;
    for (unsigned turns = 0; fine && more && turns < SETTLE_TURNS; turns++) {
        fine = turn(c, settle, &place);
    }
    return fine && !more;
}

/* ---- the verdict ---- */

static void say_whose(const tb_checking *c, bool compared)
{
    char at[TB_TIME_TEXT];
    char printed[TB_FINGERPRINT_TEXT];
    const tb_directory *newest = &c->directories[c->directory_count - 1];
    tb_time_print(c->first.made, at);
    tb_checking_fingerprint(newest, printed);
    (void)printf(_("exported by %s at %s; directory version %u\n"), c->first.maker.text, at,
                 (unsigned)newest->version);
    if (newest->exercise) {
        (void)printf("%s\n", _("exercise data, not for statistics"));
    }
    if (c->archive) {
        (void)printf(_("archive of a campaign: %llu cases\n"), (unsigned long long)c->cases);
    }
    (void)printf(_("%llu arrived marks of recipients\n"), (unsigned long long)c->marked_count);
    if (!compared) {
        (void)printf(_("the authority's key has the fingerprint\n  %s\n"
                       "what follows holds if the authority tells you the same (or use "
                       "--directory or --authority)\n"),
                     printed);
    }
}

/* What was found while taking stands before what was found in the store. */
static tb_err merge(tb_checking *c, tb_step *step, tb_local_verified *verified)
{
    tb_bytes *all =
        tb_arena_array(step->arena, c->fault_count + verified->fault_count + 1, sizeof *all);
    if (all == NULL) {
        return TB_ERR_LIMIT;
    }
    memcpy(all, c->faults, c->fault_count * sizeof *all);
    if (verified->fault_count > 0) {
        memcpy(all + c->fault_count, verified->faults, verified->fault_count * sizeof *all);
    }
    verified->faults = all;
    verified->fault_count += c->fault_count;
    verified->wrong += c->wrong;
    return TB_OK;
}

/* The next case of an archive. */
static tb_err verify_next(tb_checking *c, tb_step *step, const void *input)
{
    (void)input;
    tb_local_answer answer = {.code = TB_ACCEPTED};
    tb_case_id next;
    tb_err err = tb_case_after(step->txn, &c->at, false, &next);
    if (err == TB_ERR_NOT_FOUND) {
        c->end = true;
        return TB_OK;
    }
    if (err == TB_OK) {
        c->at = next;
        static const tb_verify_with with = {.alone = true}; /* what is open is not in it */
        err = tb_verify_case(step, &next, &with, &answer);
    }
    if (err != TB_OK || answer.kind != TB_ANSWER_VERIFIED) {
        return err;
    }
    const tb_local_verified *one = &answer.verified;
    c->cases++;
    c->sum.events += one->events;
    c->sum.signatures += one->signatures;
    c->sum.stamps += one->stamps;
    c->sum.openings += one->openings;
    c->sum.attested = c->sum.attested || one->attested;
    for (size_t i = 0; i < one->fault_count; i++) {
        tb_checking_fault(c, "%.*s", (int)one->faults[i].size, (const char *)one->faults[i].data);
    }
    return TB_OK;
}

/* What is true of other cases proves nothing here, and is not to look as if it did. */
static tb_err tell_strangers(tb_checking *c, tb_step *step)
{
    tb_case_id list[TB_CHECKED_FAULTS_MAX];
    size_t count;
    tb_err err = tb_evidence_strangers(step, &c->first.subject, c->first.report, list,
                                       TB_CHECKED_FAULTS_MAX, &count);
    for (size_t i = 0; err == TB_OK && i < count && i < TB_CHECKED_FAULTS_MAX; i++) {
        char hex[2 * TB_CASE_ID_BYTES + 1];
        tb_hex(list[i].bytes, TB_CASE_ID_BYTES, hex);
        tb_checking_fault(c,
                          c->first.report
                              ? _("the file holds events of case %s; nothing of it counts in a "
                                  "figure of the report")
                              : _("the file holds events of another case, %s"),
                          hex);
    }
    return err;
}

typedef struct verdict {
    bool json;
    bool compared;
} verdict;

static tb_err verify(tb_checking *c, tb_step *step, const void *input)
{
    const verdict *v = input;
    tb_local_answer answer = {.code = TB_ACCEPTED};
    uint64_t held = tb_store_rows(step->txn, TB_TABLE_HELD);
    tb_err err = TB_OK;
    if (c->archive) {
        answer.kind = TB_ANSWER_VERIFIED;
        answer.verified = c->sum;
    } else {
        const tb_verify_with with = {.recounts = true, .alone = true, .shown = c->shown};
        err = c->first.report ? tb_verify_report(step, &c->first.subject, &with, &answer)
                              : tb_verify_case(step, &c->first.subject, &with, &answer);
    }
    if (err != TB_OK) {
        return err;
    }
    err = c->archive ? TB_OK : tell_strangers(c, step);
    if (err != TB_OK) {
        return err;
    }
    if (held > 0) {
        tb_checking_fault(c, _("events whose predecessors or campaign are not in the file: %llu"),
                          (unsigned long long)held);
    }
    if (answer.kind != TB_ANSWER_VERIFIED) {
        answer.verified = (tb_local_verified){.case_id = c->first.subject};
        tb_checking_fault(c, _("what the file is about is not in it: %s"), sentence(answer.code));
    }
    err = merge(c, step, &answer.verified);
    c->wrong = answer.verified.wrong;
    if (err == TB_OK && v->json) {
        json_t *o = tb_json_verified(&answer.verified);
        char printed[TB_FINGERPRINT_TEXT];
        tb_checking_fingerprint(&c->directories[c->directory_count - 1], printed);
        (void)json_object_set_new(o, "maker", json_string(c->first.maker.text));
        (void)json_object_set_new(o, "cases", json_integer(c->archive ? (json_int_t)c->cases : 1));
        (void)json_object_set_new(o, "marks", json_integer((json_int_t)c->marked_count));
        (void)json_object_set_new(o, "authority", json_string(printed));
        (void)json_object_set_new(o, "exercise",
                                  json_boolean(c->directories[c->directory_count - 1].exercise));
        (void)json_object_set_new(o, "authority_compared", json_boolean(v->compared));
        tb_json_print(o);
    } else if (err == TB_OK) {
        say_whose(c, v->compared);
        tb_show_verified(&answer.verified);
    }
    return err;
}

/* Nothing could be taken: what is wrong is all there is to say. */
static int say_nothing(tb_checking *c, bool json)
{
    tb_local_verified nothing = {.case_id = c->first.subject,
                                 .wrong = c->wrong,
                                 .faults = c->faults,
                                 .fault_count = c->fault_count};
    if (json) {
        tb_json_print(tb_json_verified(&nothing));
    } else {
        tb_show_verified(&nothing);
    }
    return TB_EXIT_REFUSED;
}

static int check(tb_checking *c, const char *trusted, const char *authority, bool json)
{
    const verdict v = {json, trusted != NULL || authority != NULL};
    if (!tb_checking_scan(c)) {
        return say_nothing(c, json);
    }
    if (trusted != NULL && c->directory_count > 0) {
        tb_checking_trust_directory(c, trusted);
    }
    if (!tb_checking_bind(c)) {
        return say_nothing(c, json);
    }
    if (authority != NULL) {
        tb_checking_trust_fingerprint(c, authority);
    }
    c->archive = tb_case_zero(&c->first.subject);
    bool fine = open_store(c) && take_all(c);
    while (fine && c->archive && !c->end) {
        fine = turn(c, verify_next, NULL);
    }
    fine = fine && (c->archive || settle_all(c)) && turn(c, verify, &v);
    if (!fine) {
        return TB_EXIT_INTERNAL;
    }
    return c->wrong > 0 ? TB_EXIT_REFUSED : TB_EXIT_DONE;
}

static bool begin(tb_checking *c)
{
    if (!tb_files_load(c->path, FILE_BYTES_MAX, &c->file, &c->size)) {
        return false;
    }
    if (c->size < TB_EVIDENCE_MAGIC_BYTES ||
        memcmp(c->file, TB_EVIDENCE_MAGIC, TB_EVIDENCE_MAGIC_BYTES) != 0) {
        tb_say_error(_("%s is no exported evidence; make it with: tongbao case export, or tongbao "
                       "report export --signed"),
                     c->path);
        return false;
    }
    c->agent = calloc(1, sizeof *c->agent);
    c->effects = calloc(1, sizeof *c->effects);
    return c->agent != NULL && c->effects != NULL && tb_block_map(KEEP_BYTES, &c->keep) &&
           tb_block_map(PAGE_BYTES, &c->pages) && tb_block_map(TB_AGENT_ARENA_BYTES, &c->turn);
}

int tb_evidence_verify(const char *path, const char *trusted, const char *authority, bool json)
{
    tb_checking *c = calloc(1, sizeof *c);
    int code = TB_EXIT_INTERNAL;
    if (c == NULL) {
        return code;
    }
    c->path = path;
    if (begin(c)) {
        code = check(c, trusted, authority, json);
    }
    if (c->store != NULL) {
        tb_store_close(c->store);
    }
    tb_documents_free(c->documents);
    tb_block_unmap(&c->keep);
    tb_block_unmap(&c->pages);
    tb_block_unmap(&c->turn);
    free(c->agent);
    free(c->effects);
    free(c->file);
    free(c);
    return code;
}
