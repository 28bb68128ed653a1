/* bundle_import - a bundle that was brought here (bundle.h): all of it is checked, then it is
 * taken. */
#include "agents/bundle.h"
#include "agents/inbox.h"
#include "agents/marks.h"

/* What decoding a bundle may need of the arena. */
#define ROOM_FACTOR 16

typedef struct importing {
    tb_step *step;
    tb_bundle bundle;
    tb_refusal refused;
    tb_taken *streams; /* where each stream would stand after the groups looked at so far */
    size_t stream_count;
    bool hub_lags;  /* a mark covers what the hub never stored */
    bool contested; /* a mark is above our own numbers */
    tb_local_counts counts;
} importing;

static bool refuse(importing *m, tb_refusal code)
{
    m->refused = code;
    return false;
}

/* ---- whose bundle it is ---- */

static bool check_bundle(importing *m)
{
    const tb_agent *agent = m->step->agent;
    const tb_bundle *b = &m->bundle;
    if (!tb_digest_equal(&b->hub, &agent->hub)) {
        return refuse(m, TB_REFUSED_WRONG_HUB);
    }
    if (!tb_party_equal(&b->recipient, &agent->self)) {
        return refuse(m, TB_REFUSED_BUNDLE_FOREIGN);
    }
    if (tb_directory_find(agent->directory, &b->sender) == NULL ||
        tb_party_equal(&b->sender, &agent->self)) {
        return refuse(m, TB_REFUSED_UNKNOWN_PARTY);
    }
    const tb_directory_key *key = tb_directory_signing_key(agent->directory, &b->sender, &b->key);
    if (key == NULL) {
        return refuse(m, TB_REFUSED_UNKNOWN_KEY);
    }
    if (tb_directory_cut(agent->directory, &b->sender, &b->key) != NULL) {
        return refuse(m, TB_REFUSED_KEY_REVOKED);
    }
    m->refused = tb_bundle_verify(b, &key->key) ? TB_ACCEPTED : TB_REFUSED_BUNDLE_CORRUPT;
    return m->refused == TB_ACCEPTED;
}

/* ---- notices ---- */

static tb_err stream_of(importing *m, const tb_stream *stream, tb_taken **out)
{
    for (size_t i = 0; i < m->stream_count; i++) {
        if (tb_stream_equal(&m->streams[i].stream, stream)) {
            *out = &m->streams[i];
            return TB_OK;
        }
    }
    tb_taken *fresh = &m->streams[m->stream_count];
    *fresh = (tb_taken){.stream = *stream};
    tb_err err = tb_stream_in_get(m->step->txn, stream, &fresh->row);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    m->stream_count++;
    *out = fresh;
    return TB_OK;
}

static tb_err raise_fork(importing *m, const tb_group *group, const tb_item *item, tb_bytes other)
{
    tb_alarm_row alarm = {
        .code = TB_REFUSED_FORK,
        .at = m->step->now.real,
        .party = group->root.signer,
        .stream = tb_group_stream(group),
        .number = tb_group_number(group, (size_t)(item - group->items)),
        .digest = item->digest,
        .evidence = {item->header_bytes, other},
    };
    (void)refuse(m, TB_REFUSED_FORK);
    return tb_alarm_raise(m->step->agent, m->step->txn, &alarm, m->step->effects);
}

static void count_group(importing *m, const tb_group *group, tb_taken *stream)
{
    for (size_t i = 0; i < group->item_count; i++) {
        uint64_t number = tb_group_number(group, i);
        if (number <= stream->row.number) {
            m->counts.repeated++;
            continue;
        }
        m->counts.notices++;
        stream->row.number = number;
        stream->row.digest = group->items[i].digest;
    }
}

static tb_err check_group(importing *m, tb_group *group)
{
    tb_step *step = m->step;
    tb_taken *stream;
    const tb_item *forked = NULL;
    tb_bytes other = {NULL, 0};
    tb_refusal code = tb_party_equal(&group->recipient, &step->agent->self)
                          ? tb_inbox_check_group(step, &m->bundle.carry, group, true)
                          : TB_REFUSED_BUNDLE_FOREIGN;
    if (code == TB_ACCEPTED && !tb_party_equal(&group->root.signer, &m->bundle.sender)) {
        code = TB_REFUSED_NOT_SPEAKER;
    }
    if (code == TB_ACCEPTED && tb_inbox_beyond_cut(step, group)) {
        code = TB_REFUSED_KEY_REVOKED;
    }
    if (code != TB_ACCEPTED) {
        (void)refuse(m, code);
        return TB_OK;
    }
    tb_stream named = tb_group_stream(group);
    tb_err err = stream_of(m, &named, &stream);
    if (err != TB_OK) {
        return err;
    }
    if (tb_group_number(group, 0) > stream->row.number + 1) {
        (void)refuse(m, TB_REFUSED_BUNDLE_PARTIAL);
        return TB_OK;
    }
    err = tb_inbox_find_fork(step, stream, group, &forked, &other);
    if (err != TB_OK || forked != NULL) {
        return err == TB_OK ? raise_fork(m, group, forked, other) : err;
    }
    count_group(m, group, stream);
    return TB_OK;
}

static tb_err check_groups(importing *m)
{
    tb_err err = TB_OK;
    m->streams =
        tb_arena_array(m->step->arena, m->bundle.carry.group_count + 1, sizeof *m->streams);
    if (m->streams == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; err == TB_OK && m->refused == TB_ACCEPTED; i++) {
        if (i == m->bundle.carry.group_count) {
            break;
        }
        err = check_group(m, &m->bundle.carry.groups[i]);
    }
    return err;
}

/* ---- lines ---- */

/* A mark or refusal of the bundle's maker about a stream we send to it. */
static bool speaks_of_ours(importing *m, const tb_signed_line *line)
{
    const tb_stream *stream = &line->line.stream;
    if (!tb_party_equal(&stream->sender, &m->step->agent->self) ||
        !tb_party_equal(&stream->recipient, &m->bundle.sender)) {
        return refuse(m, TB_REFUSED_NOT_SPEAKER);
    }
    m->refused = tb_marks_by_party(m->step, line, &m->bundle.sender);
    return m->refused == TB_ACCEPTED;
}

/* A mark above what we sent is the sender's word alone: it is not news to be taken, but raises an
 * alarm, and the hub is asked to show its marks (tb_marks_line). */
static tb_err check_mark(importing *m, const tb_signed_line *line)
{
    tb_stream_out_row row;
    if (!speaks_of_ours(m, line)) {
        return TB_OK;
    }
    tb_err err = tb_stream_out_get(m->step->txn, &line->line.stream, &row);
    if (err == TB_ERR_NOT_FOUND) {
        memset(&row, 0, sizeof row);
        err = TB_OK;
    }
    if (err == TB_OK && line->line.to > row.arrived) {
        bool ours_now =
            tb_incarnation_compare(&line->line.stream.incarnation, &m->step->incarnation) == 0;
        bool above = ours_now && line->line.to > row.number;
        m->contested = m->contested || above;
        m->counts.marks += !above;
        m->hub_lags = m->hub_lags || line->line.to > row.stored;
    }
    return err;
}

/* Whether our number is known as refused already, by looking where the mark would have it. */
static tb_err check_refusal(importing *m, const tb_signed_line *line)
{
    tb_bytes cursor = {NULL, 0};
    tb_refusal_row row;
    bool known = false;
    if (!speaks_of_ours(m, line)) {
        return TB_OK;
    }
    tb_err err = TB_OK;
    while (err == TB_OK && !known) {
        err =
            tb_refusal_next(m->step->txn, &m->step->agent->self, &m->bundle.sender, &cursor, &row);
        tb_signed_line kept;
        if (err == TB_OK && row.number == line->line.from && row.lane == line->line.stream.lane) {
            known = tb_signed_line_decode(row.line, m->step->arena, &kept) == TB_ACCEPTED &&
                    tb_digest_equal(&kept.line.digest, &line->line.digest);
        }
    }
    m->counts.refusals += !known;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* The stamp of a notice we hold, or shall hold with this bundle. */
static tb_err check_stamp(importing *m, const tb_signed_line *line)
{
    const tb_stream *stream = &line->line.stream;
    tb_signed_line kept;
    tb_bytes packed;
    if (!tb_party_equal(&stream->sender, &m->bundle.sender) ||
        !tb_party_equal(&stream->recipient, &m->step->agent->self)) {
        (void)refuse(m, TB_REFUSED_NOT_SPEAKER);
        return TB_OK;
    }
    m->refused = tb_marks_by_hub(m->step, line);
    if (m->refused != TB_ACCEPTED) {
        return TB_OK;
    }
    tb_stream_in_row row;
    tb_err err = tb_stream_in_get(m->step->txn, stream, &row);
    bool held = err == TB_OK && line->line.to <= row.number;
    if (held) {
        err = tb_stamp_get(m->step->txn, stream, line->line.to, &kept, &packed);
        m->counts.stamps += err == TB_ERR_NOT_FOUND;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

typedef tb_err look_fn(importing *m, const tb_signed_line *line);

static tb_err check_lines(importing *m, const tb_signed_line *lines, size_t count, look_fn *look)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && m->refused == TB_ACCEPTED && i < count; i++) {
        err = look(m, &lines[i]);
    }
    return err;
}

static tb_err check_all(importing *m)
{
    const tb_bundle *b = &m->bundle;
    if (!check_bundle(m)) {
        return TB_OK;
    }
    tb_err err = check_groups(m);
    if (err == TB_OK) {
        err = check_lines(m, b->marks, b->mark_count, check_mark);
    }
    if (err == TB_OK) {
        err = check_lines(m, b->refusals, b->refusal_count, check_refusal);
    }
    if (err == TB_OK) {
        err = check_lines(m, b->stamps, b->stamp_count, check_stamp);
    }
    const tb_local_counts *c = &m->counts;
    bool news = m->contested || c->notices + c->marks + c->refusals + c->stamps > 0;
    if (m->refused == TB_ACCEPTED && !news) {
        (void)refuse(m, TB_REFUSED_BUNDLE_KNOWN);
    }
    return err;
}

/* ---- taking ---- */

static tb_err take_stamp(importing *m, const tb_signed_line *line)
{
    tb_stream_in_row row;
    tb_err err = tb_stream_in_get(m->step->txn, &line->line.stream, &row);
    if (err != TB_OK || line->line.to > row.number) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return tb_stamp_put(m->step->txn, line);
}

/* Refusals before marks: a mark takes away what says which notice a number was. */
static tb_err take_all(importing *m)
{
    const tb_bundle *b = &m->bundle;
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < b->carry.group_count; i++) {
        err = tb_inbox_take_group(m->step, &b->carry.groups[i]);
    }
    for (size_t i = 0; err == TB_OK && i < b->refusal_count; i++) {
        tb_refused refused = {
            .has_line = true, .line = b->refusals[i], .code = b->refusals[i].line.code};
        err = tb_marks_refused(m->step, &refused);
    }
    for (size_t i = 0; err == TB_OK && i < b->mark_count; i++) {
        err = tb_marks_line(m->step, &b->marks[i]);
    }
    for (size_t i = 0; err == TB_OK && i < b->stamp_count; i++) {
        err = take_stamp(m, &b->stamps[i]);
    }
    return err;
}

/* What arrived without the hub is its base only once it is shown, and Hello shows it. */
static tb_err tell_hub(importing *m)
{
    bool may_sign = false;
    tb_err err = tb_link_may_sign(m->step->txn, &may_sign);
    return err == TB_OK && may_sign && m->hub_lags ? tb_link_greet(m->step) : err;
}

static tb_err import(importing *m, tb_local_answer *answer)
{
    tb_err err = check_all(m);
    if (err != TB_OK || m->refused != TB_ACCEPTED) {
        answer->code = m->refused;
        return err;
    }
    err = take_all(m); /* one party's word fences nobody (tb_marks_line) */
    if (err == TB_OK) {
        err = tell_hub(m);
    }
    if (err != TB_OK) {
        return err;
    }
    answer->kind = TB_ANSWER_IMPORTED;
    answer->imported = (tb_local_imported){m->bundle.sender, m->counts};
    tb_effects_note(m->step->effects, m->step->arena, TB_LEVEL_INFO,
                    "event=bundle_imported sender=%p notices=%u marks=%u", &m->bundle.sender,
                    (uint64_t)m->counts.notices, (uint64_t)m->counts.marks);
    return TB_OK;
}

tb_err tb_bundle_import(tb_step *step, tb_bytes file, tb_local_answer *answer)
{
    bool fenced = false;
    tb_err err = tb_link_fenced(step->txn, &fenced);
    if (err != TB_OK) {
        return err;
    }
    if (fenced || tb_store_above_watermark(step->txn)) {
        answer->code = fenced ? TB_REFUSED_FENCED : TB_REFUSED_STORE_FULL;
        return TB_OK;
    }
    /* Want of memory in a crowded turn is not the bundle's fault: it is played again alone. */
    if (step->arena->size - step->arena->used < file.size * ROOM_FACTOR) {
        return TB_ERR_LIMIT;
    }
    importing *m = tb_arena_alloc(step->arena, sizeof *m);
    if (m == NULL) {
        return TB_ERR_LIMIT;
    }
    *m = (importing){.step = step, .refused = TB_ACCEPTED};
    m->refused = tb_bundle_decode(file, step->arena, &m->bundle);
    if (m->refused != TB_ACCEPTED) {
        answer->code = m->refused;
        return TB_OK;
    }
    return import(m, answer);
}
