#include "agents/freshness.h"

#include "agents/rows_link.h"
#include "base/pack.h"

#define DAY_MS (24ll * 3600 * 1000)

/* META */
#define SEEN_VERSION "directory seen"          /* the next version a header named */
#define SEEN_SINCE   "directory seen since"    /* real time it was first named */
#define SEEN_ALARM   "directory seen alarm"    /* the version the hub was named for */
#define OTHER_ALARM  "directory differs alarm" /* our version, when a header differed from it */
#define WARNED       "directory warned"        /* version and stage */
#define KEY_WARNED   "key warned"              /* end in s and stage */

/* Stages of a warning: none yet, then one behind each of these, then the end itself. */
static const int days_before[] = {60, 30, 7, 0};
#define STAGES (sizeof days_before / sizeof days_before[0])

/* ---- ends ---- */

bool tb_directory_stale(const tb_directory *directory, tb_time now)
{
    return directory->fresh_until != 0 && now > directory->fresh_until;
}

/* How many stages of an end lie behind us. */
static uint64_t stage_of(tb_time end, tb_time now)
{
    uint64_t stage = 0;
    while (stage < STAGES && now > end - days_before[stage] * DAY_MS) {
        stage++;
    }
    return stage;
}

/* The earliest planned end of this party's current keys; 0: none. */
static tb_time key_end(const tb_agent *agent)
{
    tb_time end = 0;
    const tb_directory_party *self = tb_directory_find(agent->directory, &agent->self);
    for (uint32_t p = TB_PURPOSE_SIGN; self != NULL && p <= TB_PURPOSE_TRANSPORT; p++) {
        const tb_directory_key *key = tb_directory_current(self, (tb_purpose)p);
        if (key != NULL && key->not_after != 0 && (end == 0 || key->not_after < end)) {
            end = key->not_after;
        }
    }
    return end;
}

/* One thing that ends: what it is called in META, and which it is. */
typedef struct ending {
    const char *name;
    uint64_t which;
    tb_time end; /* 0: never */
    tb_refusal before;
    tb_refusal after;
} ending;

static void endings(const tb_agent *agent, ending out[2])
{
    tb_time key = key_end(agent);
    out[0] = (ending){WARNED, agent->directory->version, agent->directory->fresh_until,
                      TB_REFUSED_DIRECTORY_ENDING, TB_REFUSED_DIRECTORY_STALE};
    out[1] = (ending){KEY_WARNED, (uint64_t)key / 1000, key, TB_REFUSED_KEY_ENDING,
                      TB_REFUSED_KEY_ENDING};
}

/* The stage that was warned of. */
static tb_err warned(tb_txn *txn, const ending *e, uint64_t *out)
{
    uint64_t kept;
    tb_err err = tb_meta_number(txn, e->name, &kept);
    if (err == TB_OK) {
        *out = kept >> 3 == e->which ? kept & 7 : 0;
    }
    return err;
}

static tb_err alarm(tb_step *step, tb_refusal code, const tb_party *about, uint64_t number)
{
    tb_alarm_row row = {.code = code,
                        .at = step->now.real,
                        .party = *about,
                        .number = number,
                        .stream = {.lane = TB_LANE_NORMAL},
                        .text = tb_bytes_str(tb_refusal_en(code))};
    return tb_alarm_raise(step->agent, step->txn, &row, step->effects);
}

static tb_err warn(tb_step *step, const ending *e)
{
    uint64_t before;
    if (e->end == 0) {
        return TB_OK;
    }
    uint64_t stage = stage_of(e->end, step->now.real);
    tb_err err = warned(step->txn, e, &before);
    if (err != TB_OK || stage <= before) {
        return err;
    }
    tb_refusal code = stage == STAGES ? e->after : e->before;
    tb_effects_note(step->effects, step->arena, TB_LEVEL_WARN, "event=%s days=%u",
                    tb_refusal_key(code), (uint64_t)days_before[stage - 1]);
    if (stage == STAGES) {
        err = alarm(step, code, &step->agent->self, step->agent->directory->version);
    }
    return err == TB_OK ? tb_meta_number_put(step->txn, e->name, e->which << 3 | stage) : err;
}

tb_err tb_freshness_warnings(
    const tb_agent *agent, tb_time now, tb_arena *arena, tb_local_warning **out, size_t *out_count)
{
    ending all[2];
    size_t count = 0;
    tb_local_warning *list = tb_arena_array(arena, 2, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    endings(agent, all);
    for (size_t i = 0; i < 2; i++) {
        uint64_t stage = all[i].end == 0 ? 0 : stage_of(all[i].end, now);
        if (stage > 0) {
            list[count++] =
                (tb_local_warning){stage == STAGES ? all[i].after : all[i].before, all[i].end};
        }
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

/* ---- first-time recipients ---- */

tb_err tb_first_time(tb_txn *txn, const tb_party *recipient, bool *out)
{
    tb_bytes cursor = {NULL, 0};
    tb_stream stream;
    size_t mark = tb_arena_mark(tb_txn_arena(txn));
    tb_stream_out_row *row = tb_arena_alloc(tb_txn_arena(txn), sizeof *row);
    if (row == NULL) {
        return TB_ERR_LIMIT;
    }
    *out = true;
    tb_err err = TB_OK;
    while (err == TB_OK && *out) {
        err = tb_stream_out_next(txn, &cursor, &stream, row);
        *out = err != TB_OK || !tb_party_equal(&stream.recipient, recipient);
    }
    tb_arena_release(tb_txn_arena(txn), mark);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- what others' headers say ---- */

static tb_err differs(tb_step *step, const tb_header *header)
{
    uint64_t told;
    tb_err err = tb_meta_number(step->txn, OTHER_ALARM, &told);
    if (err != TB_OK || told == header->directory_version) {
        return err;
    }
    err = tb_meta_number_put(step->txn, OTHER_ALARM, header->directory_version);
    return err == TB_OK ? alarm(step, TB_REFUSED_DIRECTORY_OLD, &header->sender, header->notice)
                        : err;
}

tb_err tb_freshness_seen(tb_step *step, const tb_header *header)
{
    const tb_directory *ours = step->agent->directory;
    if (header->directory_version < ours->version) {
        return TB_OK;
    }
    if (header->directory_version == ours->version) {
        return tb_digest_equal(&header->directory_digest, &ours->digest) ? TB_OK
                                                                         : differs(step, header);
    }
    uint64_t seen;
    tb_err err = tb_meta_number(step->txn, SEEN_VERSION, &seen);
    /* The lowest that is newer than ours: one that nobody made must not hide the next. */
    if (err != TB_OK || (seen > ours->version && seen <= header->directory_version)) {
        return err;
    }
    err = tb_meta_number_put(step->txn, SEEN_VERSION, header->directory_version);
    if (err == TB_OK) {
        err = tb_meta_number_put(step->txn, SEEN_SINCE, (uint64_t)step->now.real);
    }
    return err;
}

/* The version that is waited for, and until when; TB_ERR_NOT_FOUND: none, or the alarm was raised.
 */
static tb_err awaited(const tb_agent *agent, tb_txn *txn, uint64_t *out_version, tb_time *out_until)
{
    uint64_t since;
    uint64_t told;
    tb_err err = tb_meta_number(txn, SEEN_VERSION, out_version);
    if (err == TB_OK && *out_version <= agent->directory->version) {
        return TB_ERR_NOT_FOUND;
    }
    if (err == TB_OK) {
        err = tb_meta_number(txn, SEEN_ALARM, &told);
    }
    if (err == TB_OK) {
        err = tb_meta_number(txn, SEEN_SINCE, &since);
    }
    if (err != TB_OK) {
        return err;
    }
    *out_until = (tb_time)since + TB_DIRECTORY_WAIT_MS;
    return told == *out_version ? TB_ERR_NOT_FOUND : TB_OK;
}

static tb_err name_the_hub(tb_step *step)
{
    static const tb_party hub = {TB_HUB_PARTY};
    uint64_t version;
    tb_time until;
    tb_err err = awaited(step->agent, step->txn, &version, &until);
    if (err != TB_OK || step->now.real <= until) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    err = tb_meta_number_put(step->txn, SEEN_ALARM, version);
    return err == TB_OK ? alarm(step, TB_REFUSED_DIRECTORY_WITHHELD, &hub, version) : err;
}

/* ---- time ---- */

tb_err tb_freshness_tick(tb_step *step)
{
    ending all[2];
    endings(step->agent, all);
    tb_err err = warn(step, &all[0]);
    if (err == TB_OK) {
        err = warn(step, &all[1]);
    }
    return err == TB_OK ? name_the_hub(step) : err;
}

tb_err tb_freshness_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    ending all[2];
    bool any = false;
    uint64_t version;
    tb_time at;
    endings(agent, all);
    for (size_t i = 0; i < 2; i++) {
        uint64_t stage = STAGES;
        tb_err err = all[i].end == 0 ? TB_OK : warned(txn, &all[i], &stage);
        if (err != TB_OK) {
            return err;
        }
        if (stage < STAGES) {
            at = all[i].end - days_before[stage] * DAY_MS + 1;
            *out = !any || at < *out ? at : *out;
            any = true;
        }
    }
    tb_err err = awaited(agent, txn, &version, &at);
    if (err == TB_OK) {
        *out = !any || at + 1 < *out ? at + 1 : *out;
        any = true;
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    return any ? TB_OK : TB_ERR_NOT_FOUND;
}
