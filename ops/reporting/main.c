/* tongbao-bench-report - how fast a quarter's report is drafted, its figures are counted anew, and
 * its events are proved.
 *
 * Fills an agent's LMDB store with cases of one quarter through the agent's own local step, in bulk
 * turns, counting as it goes; then measures drafts (the whole request, from encoded question to
 * encoded answer), a plain recount over the rows that figures open to, which must give the drafted
 * figure, and proving every event: signature, place in the signed tree, commitment
 * (agents/prover.h). An exercise, so that every event is dated at once. Every case is copied to
 * headquarters, so its events are sealed and signed as they are in use; there is no hub, so nothing
 * leaves the outbox and no event has a stamp.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agents/agent.h"
#include "agents/campaign/load.h"
#include "agents/link.h"
#include "agents/measures.h"
#include "agents/prover.h"
#include "messages/local.h"

#define PAIRS_A_TURN 128
#define DRAFTS       101
#define RECOUNTS     5
#define QUOTA_BYTES  (6ull * 1024 * 1024 * 1024)
#define BEGAN        1420416000000 /* 2015-01-05T08:00:00+08:00 */
#define QUARTER_MS   (80ll * 24 * 3600 * 1000)

typedef struct bench {
    tb_store *store;
    tb_arena arena;
    tb_agent agent;
    tb_random random;
    tb_effects *effects;
    tb_directory directory;
    tb_directory_party parties[2];
    tb_directory_key keys[2][2];
    tb_sign_pair sign;
    tb_seal_pair seal;
    tb_campaign_loaded *loaded;
    const tb_campaign *campaign;
    tb_campaigns campaigns;
    uint64_t requests;
} bench;

static void fail(const char *what, tb_err err)
{
    (void)fprintf(stderr, "tongbao-bench-report: %s: %s\n", what, tb_err_text(err));
    exit(1);
}

static void check(const char *what, tb_err err)
{
    if (err != TB_OK) {
        fail(what, err);
    }
}

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- an agent ---- */

static void load(bench *b, const char *path)
{
    static char text[1 << 16];
    char error[256] = "";
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail(path, TB_ERR_IO);
    }
    size_t size = fread(text, 1, sizeof text, file);
    (void)fclose(file);
    if (tb_campaign_load(tb_bytes_of(text, size), &b->loaded, error, sizeof error) != TB_OK) {
        (void)fprintf(stderr, "%s: %s\n", path, error);
        exit(1);
    }
    b->campaign = tb_campaign_loaded_get(b->loaded);
    b->campaigns = (tb_campaigns){&b->campaign, 1};
}

static void
set_party(tb_directory_party *party, const char *id, const char *role, const char *place)
{
    *party = (tb_directory_party){.role = tb_bytes_str(role),
                                  .jurisdiction = tb_bytes_str(place),
                                  .name_zh = tb_bytes_str(id),
                                  .name_en = tb_bytes_str(id),
                                  .state = TB_PARTY_ACTIVE};
    if (!tb_party_parse(tb_bytes_str(id), &party->id)) {
        fail(id, TB_ERR_CORRUPT);
    }
}

static tb_directory_key key_of(tb_purpose purpose, const tb_public_key *public_key)
{
    return (tb_directory_key){
        .id = tb_key_id_of(purpose, public_key), .purpose = purpose, .key = *public_key};
}

/* The agent's own keys, and headquarters' to seal to. */
static void make_keys(bench *b)
{
    tb_sign_pair others_sign;
    tb_seal_pair others_seal;
    tb_sign_pair_make(&b->sign, &b->random);
    tb_seal_pair_make(&b->seal, &b->random);
    tb_sign_pair_make(&others_sign, &b->random);
    tb_seal_pair_make(&others_seal, &b->random);
    b->keys[0][0] = key_of(TB_PURPOSE_SIGN, &b->sign.public_key);
    b->keys[0][1] = key_of(TB_PURPOSE_SEAL, &b->seal.public_key);
    b->keys[1][0] = key_of(TB_PURPOSE_SIGN, &others_sign.public_key);
    b->keys[1][1] = key_of(TB_PURPOSE_SEAL, &others_seal.public_key);
    for (unsigned i = 0; i < 2; i++) {
        b->parties[i].keys = b->keys[i];
        b->parties[i].key_count = 2;
    }
}

static tb_txn *begin(bench *b)
{
    tb_txn *txn = NULL;
    tb_arena_reset(&b->arena);
    tb_effects_reset(b->effects);
    check("begin", tb_store_begin(b->store, &b->arena, &txn));
    return txn;
}

static void start(bench *b, const char *folder)
{
    static const uint8_t seed[32] = {7};
    tb_store_options options = {.quota_bytes = QUOTA_BYTES, .kind = TB_STORE_AGENT};
    tb_refusal refused;
    check("open", tb_store_open(folder, &options, &b->store));
    void *block = malloc(TB_AGENT_ARENA_BYTES);
    b->effects = calloc(1, sizeof *b->effects);
    if (block == NULL || b->effects == NULL) {
        fail("memory", TB_ERR_LIMIT);
    }
    tb_arena_init(&b->arena, block, TB_AGENT_ARENA_BYTES);
    tb_random_seed(&b->random, seed);
    set_party(&b->parties[0], "bureau.33", "bureau", "33");
    set_party(&b->parties[1], "hq", "headquarters", "");
    make_keys(b);
    b->directory = (tb_directory){
        .hub = {{7}}, .version = 1, .exercise = true, .parties = b->parties, .party_count = 2};
    b->agent = (tb_agent){.self = b->parties[0].id,
                          .hub = {{7}},
                          .directory = &b->directory,
                          .campaigns = &b->campaigns};
    b->agent.keys.sign = &b->sign;
    b->agent.keys.sign_id = b->keys[0][0].id;
    b->agent.keys.seal[0] = &b->seal;
    b->agent.keys.seal_id[0] = b->keys[0][1].id;
    b->agent.keys.seal_count = 1;
    tb_txn *txn = begin(b);
    tb_link_row link = {.state = TB_LINK_CONFIRMED, .since = BEGAN};
    check("start", tb_agent_start(&b->agent, txn, &b->random, &refused));
    check("link", tb_link_put(txn, &link));
    check("commit", tb_store_commit(txn));
}

/* One local request in a turn; the answer must be accepted. */
static tb_local_answer ask(bench *b, tb_txn *txn, tb_local_request *request)
{
    tb_local_answer answer;
    tb_bytes encoded;
    uint64_t number = ++b->requests;
    memcpy(request->id.bytes, &number, sizeof number);
    request->account = tb_bytes_str("bench");
    tb_effects_reset(b->effects);
    check("encode", tb_local_request_encode(request, &b->arena, &encoded));
    tb_time at = request->time != 0 ? request->time : BEGAN;
    tb_input input = {.kind = TB_INPUT_LOCAL, .now = {at, at}, .peer = 1, .bytes = encoded};
    check("step", tb_agent_step(&b->agent, txn, &input, &b->random, b->effects));
    for (size_t i = 0; i < b->effects->count; i++) {
        if (b->effects->list[i].kind != TB_EFFECT_ANSWER) {
            continue;
        }
        if (tb_local_answer_decode(b->effects->list[i].bytes, &b->arena, &answer) != TB_ACCEPTED ||
            answer.code != TB_ACCEPTED) {
            (void)fprintf(stderr, "refused: %s\n", tb_refusal_key(answer.code));
            exit(1);
        }
        return answer;
    }
    fail("no answer", TB_ERR_NOT_FOUND);
    return (tb_local_answer){.code = TB_ACCEPTED};
}

/* ---- the quarter ---- */

static void one_pair(bench *b, tb_txn *txn, uint64_t serial, uint64_t pairs)
{
    char number[24];
    tb_field fields[2] = {{tb_bytes_str("kind"), tb_bytes_str(serial % 3 == 0 ? "online" : "shop")},
                          {tb_bytes_str("serial"), tb_bytes_of(NULL, 0)}};
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)serial);
    fields[1].value = tb_bytes_str(number);
    tb_local_request open = {.kind = TB_REQUEST_OPEN_CASE};
    open.open.campaign = tb_bytes_str("counting");
    open.open.case_type = tb_bytes_str("check");
    open.open.fields = fields;
    open.open.field_count = 2;
    open.time = BEGAN + (tb_time)((double)QUARTER_MS * (double)serial / (double)pairs);
    tb_local_answer answer = ask(b, txn, &open);
    tb_local_request act = {.kind = TB_REQUEST_ACT};
    act.act.case_id = answer.acted.case_id;
    act.act.action = tb_bytes_str("finish");
    tb_field note = {tb_bytes_str("note"), tb_bytes_str("店内公示了登记须知")};
    act.act.fields = &note;
    act.act.field_count = 1;
    act.time = open.time;
    (void)ask(b, txn, &act);
}

static double fill(bench *b, uint64_t events)
{
    double from = now_s();
    uint64_t pairs = events / 2;
    for (uint64_t done = 0; done < pairs;) {
        tb_txn *txn = begin(b);
        for (unsigned i = 0; i < PAIRS_A_TURN && done < pairs; i++, done++) {
            one_pair(b, txn, done, pairs);
        }
        tb_now at = {BEGAN, BEGAN};
        tb_effects_reset(b->effects);
        check("close", tb_agent_close(&b->agent, txn, at, &b->random, b->effects));
        check("settle", tb_measures_settle(&b->agent, txn, PAIRS_A_TURN));
        check("commit", tb_store_commit(txn));
    }
    bool more = true;
    while (more) {
        tb_time at;
        tb_txn *txn = begin(b);
        check("tick", tb_measures_tick(&b->agent, txn));
        more = tb_measures_due(&b->agent, txn, &at) == TB_OK;
        check("commit", tb_store_commit(txn));
    }
    return now_s() - from;
}

/* ---- measuring ---- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The text ends where it ends: no zero byte stands behind it. */
static uint64_t number_of(tb_bytes text)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.size && text.data[i] >= '0' && text.data[i] <= '9'; i++) {
        number = number * 10 + (uint64_t)(text.data[i] - '0');
    }
    return number;
}

static double draft_ms(bench *b, uint64_t *out_begun)
{
    double taken[DRAFTS];
    for (unsigned i = 0; i < DRAFTS; i++) {
        tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
        request.get_report.report = tb_bytes_str("quarterly");
        request.get_report.period = tb_bytes_str("2015-Q1");
        tb_txn *txn = begin(b);
        double from = now_s();
        tb_local_answer answer = ask(b, txn, &request);
        taken[i] = (now_s() - from) * 1000;
        *out_begun = number_of(answer.report.figures[0].period);
        tb_store_abort(txn);
    }
    qsort(taken, DRAFTS, sizeof *taken, ascending);
    return taken[DRAFTS / 2];
}

static uint64_t recount(bench *b, tb_txn *txn, const char *measure)
{
    tb_bytes campaign = tb_bytes_str("counting");
    tb_bytes cursor;
    tb_period quarter;
    uint64_t sum = 0;
    uint8_t at[TB_KEY_BYTES_MAX];
    if (!tb_period_parse(tb_bytes_str("2015-Q1"), &quarter)) {
        fail("period", TB_ERR_CORRUPT);
    }
    check("from",
          tb_measured_in_from(txn, campaign, tb_bytes_str(measure), quarter.first, &cursor));
    for (;;) {
        tb_measured_place place;
        size_t mark = tb_arena_mark(&b->arena);
        tb_err err = tb_measured_in_next(txn, campaign, tb_bytes_str(measure), quarter.last,
                                         &cursor, &place);
        if (err == TB_ERR_NOT_FOUND) {
            return sum;
        }
        check("recount", err);
        sum += place.amount;
        memcpy(at, cursor.data, cursor.size);
        cursor = tb_bytes_of(at, cursor.size);
        tb_arena_release(&b->arena, mark);
    }
}

static double recount_per_s(bench *b, uint64_t events, uint64_t begun)
{
    double best = 0;
    for (unsigned i = 0; i < RECOUNTS; i++) {
        tb_txn *txn = begin(b);
        double from = now_s();
        uint64_t sum = recount(b, txn, "begun");
        uint64_t finished = recount(b, txn, "finished");
        double taken = now_s() - from;
        tb_store_abort(txn);
        if (sum != begun || sum + finished != events) {
            (void)fprintf(stderr, "the recount gives %llu, the draft says %llu\n",
                          (unsigned long long)sum, (unsigned long long)begun);
            exit(1);
        }
        best = (double)events / taken > best ? (double)events / taken : best;
    }
    return best;
}

/* One event behind a key, which moves; false past the last. */
static bool prove_next(tb_prover *prover, uint8_t at[TB_KEY_BYTES_MAX], size_t *size)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_event_key event;
    tb_event_row row;
    tb_proven proven;
    tb_step *step = prover->step;
    tb_err err = *size == 0 ? tb_store_seek(step->txn, TB_TABLE_EVENT, all, all, &key, &value)
                            : tb_store_next(step->txn, TB_TABLE_EVENT, all, tb_bytes_of(at, *size),
                                            &key, &value);
    if (err == TB_ERR_NOT_FOUND) {
        return false;
    }
    check("event", err);
    memcpy(at, key.data, key.size);
    *size = key.size;
    check("key", tb_event_key_decode(key, &event));
    check("row", tb_event_row_decode(value, &row));
    check("verify", tb_prove_event(prover, &event, &row, &proven));
    if (proven.refused != TB_ACCEPTED || !proven.is_signed) {
        (void)fprintf(stderr, "an event does not verify: %s\n",
                      proven.is_signed ? tb_refusal_key(proven.refused) : "not signed");
        exit(1);
    }
    return true;
}

/* Every event in the store; the cache of roots is empty at first, as after a start. */
static double verified_per_s(bench *b, uint64_t events)
{
    uint8_t at[TB_KEY_BYTES_MAX];
    size_t size = 0;
    uint64_t proved = 0;
    static tb_prover prover;
    tb_step step;
    tb_txn *txn = begin(b);
    memset(&b->agent.roots, 0, sizeof b->agent.roots);
    check("step",
          tb_step_make(&b->agent, txn, (tb_now){BEGAN, BEGAN}, &b->random, b->effects, &step));
    double from = now_s();
    check("prover", tb_prover_init(&step, &prover));
    bool more = true;
    while (more) {
        size_t mark = tb_arena_mark(&b->arena);
        more = prove_next(&prover, at, &size);
        proved += more;
        tb_arena_release(&b->arena, mark);
    }
    double taken = now_s() - from;
    tb_store_abort(txn);
    if (proved != events) {
        fail("events", TB_ERR_CORRUPT);
    }
    return (double)proved / taken;
}

int main(int argc, char **argv)
{
    static bench b;
    bool json = argc > 4 && strcmp(argv[4], "--json") == 0;
    if (argc < 4) {
        (void)fprintf(stderr, "usage: tongbao-bench-report CAMPAIGN FOLDER EVENTS [--json]\n");
        return 2;
    }
    uint64_t events = strtoull(argv[3], NULL, 10) / 2 * 2;
    uint64_t begun = 0;
    load(&b, argv[1]);
    start(&b, argv[2]);
    double filled = fill(&b, events);
    double draft = draft_ms(&b, &begun);
    double per_s = recount_per_s(&b, events, begun);
    double verified = verified_per_s(&b, events);
    tb_store_close(b.store);
    if (json) {
        json_t *o = json_pack("{s:I,s:f,s:f,s:f,s:f}", "events", (json_int_t)events, "draft_ms",
                              draft, "recount_events_per_s", per_s, "verified_events_per_s",
                              verified, "filled_events_per_s", (double)events / filled);
        char *text = json_dumps(o, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
        (void)printf("%s\n", text);
        free(text);
        json_decref(o);
    } else {
        (void)printf("%llu events, filled at %.0f a second\ndraft of the quarter: %.3f ms\n"
                     "plain recount: %.0f events a second\nproved: %.0f events a second\n",
                     (unsigned long long)events, (double)events / filled, draft, per_s, verified);
    }
    return 0;
}
