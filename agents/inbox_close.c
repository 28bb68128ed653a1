/* inbox_close - the end of a turn for what arrived: marks and refusals as one tree, then their
 * frames. */
#include "agents/clock.h"
#include "agents/inbox.h"
#include "agents/untold.h"

/* Lines in one Taken frame: a frame holds them even when none shares its proof. */
#define TAKEN_LINES_MAX 512

static tb_line arrived_line(const tb_step *step, const tb_taken *taken, tb_time civil)
{
    tb_line line = {
        .kind = TB_LINE_ARRIVED,
        .stream = taken->stream,
        .from = 0,
        .to = taken->row.number,
        .digest = taken->row.digest,
        .at = step->now.real,
        .civil = civil,
    };
    return line;
}

static size_t count_moved(const tb_work *work)
{
    size_t moved = 0;
    for (size_t i = 0; i < work->taken_count; i++) {
        moved += work->taken[i].moved ? 1 : 0;
    }
    return moved;
}

/* Signs moved marks first, then refusals, in their order. */
static tb_err sign_lines(tb_step *step, const tb_work *work, tb_signed_line **out)
{
    tb_time civil = 0;
    size_t count = 0;
    size_t total = count_moved(work) + work->refusing_count;
    tb_line *lines = tb_arena_array(step->arena, total, sizeof *lines);
    if (lines == NULL || total > TB_LEAVES_MAX) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_clock_shown(step->agent, step->txn, &civil);
    if (err != TB_OK) {
        return err;
    }

    for (size_t i = 0; i < work->taken_count; i++) {
        if (work->taken[i].moved) {
            lines[count++] = arrived_line(step, &work->taken[i], civil);
        }
    }
    for (size_t i = 0; i < work->refusing_count; i++) {
        lines[count++] = work->refusing[i].line;
    }
    tb_root root = {
        .suite = TB_SUITE_1,
        .tree = TB_TREE_LINES,
        .signer = step->agent->self,
        .key = step->agent->keys.sign_id,
        .incarnation = step->incarnation,
    };
    return tb_lines_sign(lines, count, &root, &step->agent->hub, step->agent->keys.sign,
                         step->arena, out);
}

/* Keeps the new marks with their streams. */
static tb_err keep_marks(tb_step *step, tb_work *work, const tb_signed_line *signed_lines)
{
    size_t next = 0;
    for (size_t i = 0; i < work->taken_count; i++) {
        tb_taken *taken = &work->taken[i];
        if (!taken->moved) {
            continue;
        }
        tb_err err = tb_signed_line_encode(&signed_lines[next++], step->arena, &taken->row.line);
        if (err == TB_OK) {
            err = tb_stream_in_put(step->txn, &taken->stream, &taken->row);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* How many of the lines go in one frame: the hub looks at no more. */
static size_t frame_reach(const tb_signed_line *lines, size_t count)
{
    size_t reach = 0;
    size_t roots = 0;
    while (reach < count && reach < TAKEN_LINES_MAX) {
        bool same = reach > 0 && tb_signed_line_same_root(&lines[reach - 1], &lines[reach]);
        roots += same ? 0 : 1;
        if (roots > TB_FRAME_ROOTS_MAX) {
            break;
        }
        reach++;
    }
    return reach;
}

static tb_err send_taken(tb_step *step, tb_signed_line *lines, size_t count, bool again)
{
    bool may_sign = false;
    tb_err linked = tb_link_may_sign(step->txn, &may_sign);
    if (linked != TB_OK || !may_sign) {
        return linked; /* taken from a bundle while there is no link: Hello will say so */
    }
    size_t sent = 0;
    tb_err err = TB_OK;
    while (err == TB_OK && (sent < count || again)) {
        tb_frame frame = {.kind = TB_FRAME_TAKEN};
        frame.lines.lines = lines + sent;
        frame.lines.count = frame_reach(lines + sent, count - sent);
        frame.lines.again = again;
        sent += frame.lines.count;
        again = again && sent < count;
        err = tb_link_send(step, &frame);
    }
    return err;
}

/* The marks to show: new ones as signed now, under one root, then others as they were. */
static tb_err show_marks(tb_step *step, const tb_work *work, const tb_signed_line *signed_lines)
{
    size_t count = count_moved(work);
    tb_signed_line *lines = tb_arena_array(step->arena, work->taken_count + 1, sizeof *lines);
    if (lines == NULL) {
        return TB_ERR_LIMIT;
    }

    for (size_t i = 0; i < count; i++) {
        lines[i] = signed_lines[i];
    }
    for (size_t i = 0; i < work->taken_count; i++) {
        const tb_taken *taken = &work->taken[i];
        bool old = !taken->moved && taken->shown && taken->row.line.size > 0;
        if (old &&
            tb_signed_line_decode(taken->row.line, step->arena, &lines[count++]) != TB_ACCEPTED) {
            return TB_ERR_CORRUPT;
        }
    }
    return send_taken(step, lines, count, work->again);
}

static tb_err
tell_refusal(tb_step *step, const tb_refusing *refusing, const tb_signed_line *signed_line)
{
    if (refusing->keep) {
        tb_refusal_row row = {
            .code = refusing->line.code,
            .lane = refusing->line.stream.lane,
            .number = refusing->line.from,
            .at = refusing->line.at,
            .event = refusing->line.event,
        };
        tb_err err = tb_signed_line_encode(signed_line, step->arena, &row.line);
        if (err == TB_OK) {
            err = tb_refusal_put(step->txn, &refusing->line.stream, refusing->notice, &row);
        }
        if (err == TB_OK && !refusing->own) {
            err = tb_untold_note(step, refusing);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    if (refusing->own) {
        return TB_OK;
    }

    bool may_sign = false;
    tb_err linked = tb_link_may_sign(step->txn, &may_sign);
    if (linked != TB_OK || !may_sign) {
        return linked;
    }
    tb_frame frame = {.kind = TB_FRAME_REFUSED};
    frame.refused = (tb_refused){
        .has_line = true,
        .line = *signed_line,
        .code = refusing->line.code,
        .header = refusing->header,
    };
    return tb_link_send(step, &frame);
}

tb_err tb_inbox_close(tb_step *step)
{
    tb_work *work = step->agent->work;
    tb_signed_line *signed_lines = NULL;
    tb_err err = TB_OK;
    if (work == NULL || (work->taken_count == 0 && work->refusing_count == 0)) {
        return TB_OK;
    }
    size_t moved = count_moved(work);
    if (moved + work->refusing_count > 0) {
        err = sign_lines(step, work, &signed_lines);
    }
    if (err == TB_OK) {
        err = keep_marks(step, work, signed_lines);
    }
    if (err == TB_OK) {
        err = show_marks(step, work, signed_lines);
    }
    for (size_t i = 0; err == TB_OK && i < work->refusing_count; i++) {
        err = tell_refusal(step, &work->refusing[i], &signed_lines[moved + i]);
    }
    return err;
}
