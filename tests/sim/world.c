/* world - who takes part: parties and their keys, the signed directory, the shipped campaign,
 * number segments, and the leads that will become cases. */
#include <stdlib.h>

#include "agents/rows_link.h"
#include "tests/sim/sim.h"

#define PAPER_BYTES   (24u * 1024 * 1024)
#define CAMPAIGN_MAX  (1u << 20)
#define PROVINCES_ALL 31
#define YEAR_MS       (365ll * 24 * 3600 * 1000)
#define REPEAT_EVERY  8 /* leads whose number came before */

static const char *const codes[PROVINCES_ALL] = {
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"};

static uint8_t *paper_block;
static tb_campaign_loaded *loaded;
static tb_bytes campaign_text; /* as a document carries it */

/* ---- what all seeds share ---- */

/* Figures of every kind, so that counters live through what the cases live through; the check of
 * tables compares them with a full recount after every crash and at the end. */
static const char measures[] =
    "\nmeasures:\n"
    "  - {id: sim_submitted, zh: 报送, en: submitted, unit: {zh: 件, en: cases}, case_type: "
    "notice,\n"
    "     counts: [submit]}\n"
    "  - {id: sim_forwarded, zh: 转出, en: forwarded, unit: {zh: 件, en: cases}, case_type: "
    "notice,\n"
    "     counts: [forward], at: discovery, by: [home_province]}\n"
    "  - {id: sim_numbers, zh: 号码, en: numbers, unit: {zh: 个, en: numbers}, case_type: notice,\n"
    "     counts: [forward, accept], at: discovery, distinct: number, by: [home_province]}\n"
    "  - {id: sim_time, zh: 用时, en: time, unit: {zh: 小时, en: hours}, case_type: notice,\n"
    "     hours: {from: order, to: result, stat: median}}\n";

static void load_campaign(void)
{
    char path[512];
    char error[256] = "";
    (void)snprintf(path, sizeof path, "%s/ops/campaigns/black-card.yaml", TB_SOURCE_DIR);
    FILE *file = fopen(path, "rb");
    TB_ASSERT(file != NULL);
    char *text = malloc(CAMPAIGN_MAX);
    TB_ASSERT(text != NULL);
    size_t size = fread(text, 1, CAMPAIGN_MAX, file);
    (void)fclose(file);
    TB_ASSERT(size + sizeof measures < CAMPAIGN_MAX);
    text[size] = '\0';
    if (strstr(text, "\nmeasures:") == NULL) { /* a campaign with its own is taken as it is */
        memcpy(text + size, measures, sizeof measures - 1);
        size += sizeof measures - 1;
    }
    if (tb_campaign_load(tb_bytes_of(text, size), &loaded, error, sizeof error) != TB_OK) {
        fprintf(stderr, "%s: %s\n", path, error);
        abort();
    }
    campaign_text = tb_bytes_of(text, size);
}

static void share(sim *s)
{
    if (loaded == NULL) {
        load_campaign();
        paper_block = malloc(PAPER_BYTES);
        TB_ASSERT(paper_block != NULL);
    }
    tb_arena_init(&s->paper, paper_block, PAPER_BYTES);
    s->campaign = tb_campaign_loaded_get(loaded);
    s->campaigns = (tb_campaigns){&s->campaign, 1};
}

static void *room(sim *s, size_t count, size_t each)
{
    void *memory = tb_arena_array(&s->paper, count, each);
    TB_ASSERT(memory != NULL);
    return memory;
}

/* ---- parties ---- */

/* Nodes are large: their order is made before they are. */
typedef struct seat {
    sim_role role;
    tb_party id;
    const char *province;
    tb_sign_pair sign;
    tb_seal_pair seal, transport;
} seat;

typedef struct seats {
    seat list[SIM_NODES_MAX];
    size_t count;
} seats;

static void add(sim *s, seats *all, sim_role role, const char *prefix, const char *province)
{
    char id[TB_PARTY_BYTES];
    TB_ASSERT(all->count < SIM_NODES_MAX);
    (void)snprintf(id, sizeof id, "%s%s", prefix, province);
    seat *one = &all->list[all->count++];
    one->role = role;
    one->province = role == SIM_RESALE ? "" : province;
    TB_ASSERT(tb_party_parse(tb_bytes_str(id), &one->id));
    tb_sign_pair_make(&one->sign, &s->keys);
    tb_seal_pair_make(&one->seal, &s->keys);
    tb_seal_pair_make(&one->transport, &s->keys);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const seat *)a)->id.text, ((const seat *)b)->id.text);
}

static void make_parties(sim *s, unsigned provinces)
{
    seats all = {.count = 0};
    add(s, &all, SIM_BROKER, TB_HUB_PARTY, "");
    add(s, &all, SIM_HEADQUARTERS, "hq", "");
    for (unsigned i = 0; i < provinces; i++) {
        add(s, &all, SIM_BUREAU, "bureau.", codes[i]);
        add(s, &all, SIM_OPERATOR, "cm.", codes[i]);
        add(s, &all, SIM_POLICE, "police.", codes[i]);
    }
    for (int i = 1; i <= 3; i++) {
        char which[2] = {(char)('0' + i), 0};
        add(s, &all, SIM_RESALE, "resale.", which);
    }
    qsort(all.list + 1, all.count - 1, sizeof all.list[0], by_id);
    s->node_count = all.count;
    for (size_t i = 0; i < all.count; i++) {
        const seat *one = &all.list[i];
        sim_node *n = &s->nodes[i];
        n->index = i;
        n->role = one->role;
        n->id = one->id;
        n->province = one->province;
        n->sign = one->sign;
        n->seal = one->seal;
        n->transport = one->transport;
    }
}

sim_node *sim_party(sim *s, const tb_party *id)
{
    for (size_t i = 1; i < s->node_count; i++) {
        if (tb_party_equal(&s->nodes[i].id, id)) {
            return &s->nodes[i];
        }
    }
    return NULL;
}

sim_node *sim_find(sim *s, const char *id)
{
    tb_party party;
    return tb_party_parse(tb_bytes_str(id), &party) ? sim_party(s, &party) : NULL;
}

/* ---- documents ---- */

static tb_directory_key key_of(tb_purpose purpose, const tb_public_key *key)
{
    tb_directory_key made = {.purpose = purpose, .key = *key, .id = tb_key_id_of(purpose, key)};
    return made;
}

static const char *role_text(sim_role role)
{
    static const char *const texts[] = {"hub",      "headquarters", "bureau",
                                        "operator", "police",       "resale"};
    return texts[role];
}

static void describe(sim *s, const sim_node *n, tb_directory_party *out)
{
    *out = (tb_directory_party){
        .id = n->id,
        .role = tb_bytes_str(role_text(n->role)),
        .jurisdiction = tb_bytes_str(n->province),
        .name_zh = tb_bytes_str("某单位"),
        .name_en = tb_party_bytes(&n->id),
        .state = TB_PARTY_ACTIVE,
        .key_count = 3,
    };
    out->keys = room(s, 3, sizeof *out->keys);
    out->keys[0] = key_of(TB_PURPOSE_SIGN, &n->sign.public_key);
    out->keys[1] = key_of(TB_PURPOSE_SEAL, &n->seal.public_key);
    out->keys[2] = key_of(TB_PURPOSE_TRANSPORT, &n->transport.public_key);
}

static void sign_directory(sim *s, tb_directory *directory)
{
    size_t at = s->directory_count++;
    tb_document *document = &s->directory_documents[at];
    *document = (tb_document){
        .kind = TB_DOCUMENT_DIRECTORY,
        .name = tb_bytes_str("directory"),
        .version = directory->version,
        .signer_key = tb_key_id_of(TB_PURPOSE_AUTHORITY, &s->authority.public_key),
    };
    tb_err err = tb_directory_encode(directory, &s->paper, &document->content);
    TB_ASSERT(err == TB_OK);
    tb_refusal refused = tb_directory_decode(document->content, &s->paper, &s->directories[at]);
    TB_ASSERT(refused == TB_ACCEPTED);
    tb_document_sign(document, &s->directories[at].hub, &s->authority);
}

static void make_directory(sim *s)
{
    const sim_node *hub = &s->nodes[SIM_HUB];
    tb_directory directory = {
        .version = 1,
        .made = s->begin,
        .fresh_until = s->begin + YEAR_MS,
        .authority = key_of(TB_PURPOSE_AUTHORITY, &s->authority.public_key),
        .hub_keys = {key_of(TB_PURPOSE_SIGN, &hub->sign.public_key),
                     key_of(TB_PURPOSE_TRANSPORT, &hub->transport.public_key)},
        .party_count = s->node_count - 1,
        .title_zh = tb_bytes_str("单位名录"),
        .title_en = tb_bytes_str("Directory"),
    };
    directory.parties = room(s, directory.party_count, sizeof *directory.parties);
    for (size_t i = 1; i < s->node_count; i++) {
        describe(s, &s->nodes[i], &directory.parties[i - 1]);
    }
    sign_directory(s, &directory);
}

const tb_document *sim_directory_next(sim *s)
{
    TB_ASSERT(s->directory_count < sizeof s->directories / sizeof s->directories[0]);
    const tb_directory *last = &s->directories[s->directory_count - 1];
    tb_directory next = *last;
    next.version++;
    next.predecessor = last->digest;
    next.made = s->now;
    next.fresh_until = s->now + YEAR_MS;
    sign_directory(s, &next);
    return &s->directory_documents[s->directory_count - 1];
}

static void cut_here(sim *s, const sim_node *n, tb_cut *cut)
{
    tb_bytes cursor = {NULL, 0};
    tb_stream stream;
    tb_stream_out_row row;
    tb_txn *txn = sim_look(s, n);
    cut->marks = room(s, TB_CUT_MARKS_MAX, sizeof *cut->marks);
    while (tb_stream_out_next(txn, &cursor, &stream, &row) == TB_OK) {
        cut->marks[cut->mark_count++] = (tb_cut_mark){stream.incarnation, stream.recipient,
                                                      stream.lane, row.number, row.digest};
    }
    tb_store_abort(txn);
}

void sim_directory_rotate(sim *s, sim_node *n)
{
    const tb_directory *last = &s->directories[s->directory_count - 1];
    tb_directory next = *last;
    next.version++;
    next.predecessor = last->digest;
    next.made = s->now;
    next.parties = room(s, next.party_count, sizeof *next.parties);
    memcpy(next.parties, last->parties, next.party_count * sizeof *next.parties);
    next.cuts = room(s, next.cut_count + 1, sizeof *next.cuts);
    if (next.cut_count > 0) {
        memcpy(next.cuts, last->cuts, next.cut_count * sizeof *next.cuts);
    }
    n->old_sign = n->sign;
    n->rotated = true;
    tb_sign_pair_make(&n->sign, &s->keys);
    for (size_t i = 0; i < next.party_count; i++) {
        tb_directory_party *party = &next.parties[i];
        if (tb_party_equal(&party->id, &n->id)) {
            tb_directory_key *keys = room(s, party->key_count + 1, sizeof *keys);
            memcpy(keys, party->keys, party->key_count * sizeof *keys);
            keys[party->key_count++] = key_of(TB_PURPOSE_SIGN, &n->sign.public_key);
            party->keys = keys;
        }
    }
    tb_cut *cut = &next.cuts[next.cut_count++];
    *cut = (tb_cut){.party = n->id,
                    .key = tb_key_id_of(TB_PURPOSE_SIGN, &n->old_sign.public_key),
                    .at = s->now,
                    .reason = TB_CUT_ROTATION};
    cut_here(s, n, cut);
    sign_directory(s, &next);
    n->directory_given = s->directory_count - 1;
}

static void sign_campaign(sim *s)
{
    s->campaign_document = (tb_document){
        .kind = TB_DOCUMENT_CAMPAIGN,
        .name = tb_bytes_str("black-card"),
        .version = s->campaign->version,
        .content = campaign_text,
        .signer_key = tb_key_id_of(TB_PURPOSE_AUTHORITY, &s->authority.public_key),
    };
    tb_document_sign(&s->campaign_document, &s->directories[0].hub, &s->authority);
}

/* Every province has a run of its own, and one for resale numbers. */
static void make_segments(sim *s, unsigned provinces)
{
    static tb_bytes city;
    tb_segment_run *runs = room(s, 2 * provinces, sizeof *runs);
    city = tb_bytes_str("某市");
    for (unsigned i = 0; i < 2 * provinces; i++) {
        unsigned province = i % provinces;
        bool resale = i >= provinces;
        runs[i] = (tb_segment_run){
            .first = (resale ? 1700000 : 1380000) + province * 100,
            .count = 100,
            .province = (uint8_t)atoi(codes[province]),
            .operator_code = 'M',
            .mvno = resale,
        };
    }
    s->segments = (tb_segments){
        .version = 1, .runs = runs, .run_count = 2 * provinces, .cities = &city, .city_count = 1};
}

/* ---- leads ---- */

static void make_number(sim *s, sim_lead *lead, size_t at, unsigned home)
{
    sim_random *r = &s->people;
    lead->mvno = sim_below(r, 5) == 0;
    (void)snprintf(lead->number, sizeof lead->number, "%u%02u%02u%02u%02u",
                   lead->mvno ? 170u : 138u, home, (unsigned)(at % 100),
                   (unsigned)sim_below(r, 100), (unsigned)sim_below(r, 100));
}

static void make_lead(sim *s, size_t at, unsigned provinces)
{
    sim_random *r = &s->people;
    sim_lead *lead = &s->leads[at];
    unsigned found = (unsigned)sim_below(r, provinces);
    unsigned home = (unsigned)sim_below(r, provinces);
    bool repeats = at > 2 && at % REPEAT_EVERY == 0;
    if (repeats) {
        sim_lead *earlier = &s->leads[at - 3];
        lead->other = at - 2;
        earlier->other = at + 1;
        lead->mvno = earlier->mvno;
        memcpy(lead->number, earlier->number, sizeof lead->number);
        memcpy(lead->home, earlier->home, sizeof lead->home);
    } else {
        make_number(s, lead, at, home);
        (void)snprintf(lead->home, sizeof lead->home, "%s", codes[home]);
    }
    (void)snprintf(lead->found, sizeof lead->found, "%s", codes[found]);
    static const char *const who[] = {"police.", "police.", "bureau.", "cm."};
    char id[TB_PARTY_BYTES];
    (void)snprintf(id, sizeof id, "%s%s", who[sim_below(r, 4)], codes[found]);
    lead->submitter = sim_find(s, id)->index;
    lead->return_first = sim_below(r, 8) == 0;
    lead->refuse_home = strcmp(lead->found, lead->home) != 0 && !repeats && sim_below(r, 8) == 0;
    lead->at = s->begin + 1000 + sim_between(r, 0, 5 * 60 * 1000);
}

void sim_world_make(sim *s)
{
    share(s);
    unsigned provinces = s->options.provinces;
    unsigned cases = s->options.cases;
    uint64_t size = sim_below(&s->people, 4);
    uint64_t more = sim_below(&s->people, 8);
    if (provinces == 0) {
        provinces = size < 2 ? 11 : 2 + (unsigned)more; /* half the seeds play 37 agents */
    }
    if (cases == 0) {
        cases = 16 + (unsigned)more; /* a dozen notices each, and more under faults */
    }
    tb_sign_pair_make(&s->authority, &s->keys);
    make_parties(s, provinces);
    make_directory(s);
    sign_campaign(s);
    make_segments(s, provinces);
    s->lead_count = cases < SIM_CASES_MAX ? cases : SIM_CASES_MAX;
    for (size_t i = 0; i < s->lead_count; i++) {
        make_lead(s, i, provinces);
    }
}

void sim_world_free(sim *s)
{
    for (size_t i = 0; i < s->node_count; i++) {
        sim_node *n = &s->nodes[i];
        tb_store_close(n->store);
        tb_store_close(n->old_copy);
        for (size_t k = 0; k < n->inbox_count; k++) {
            free(n->inbox[k].bytes.data);
        }
        free(n->inbox);
        for (size_t k = 0; k < SIM_ASKS_MAX; k++) {
            free(n->asks[k].bytes.data);
        }
    }
    for (size_t i = 0; i < s->heard_count; i++) {
        free(s->heard[i].data);
    }
}
