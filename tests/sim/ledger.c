#include "tests/sim/ledger.h"

#include <sodium.h>
#include <stdlib.h>

#include "agents/rows_link.h"

#define FIRST_PLACES  4096
#define SCRATCH_BYTES (32u * 1024 * 1024)
static const char canary[] = "CANARY";

static uint8_t *scratch_block;

static void *own(size_t count, size_t each)
{
    void *memory = calloc(count, each);
    TB_ASSERT(memory != NULL);
    return memory;
}

void sim_ledger_make(sim *s)
{
    sim_ledger *l = own(1, sizeof *l);
    l->header_places = FIRST_PLACES;
    l->headers = own(l->header_places, sizeof *l->headers);
    l->stream_places = FIRST_PLACES;
    l->stream_index = own(l->stream_places, sizeof *l->stream_index);
    l->stream_capacity = 256;
    l->streams = own(l->stream_capacity, sizeof *l->streams);
    l->accepted_capacity = 256;
    l->accepted = own(l->accepted_capacity, sizeof *l->accepted);
    s->ledger = l;
    if (scratch_block == NULL) {
        scratch_block = malloc(SCRATCH_BYTES);
        TB_ASSERT(scratch_block != NULL);
    }
}

void sim_ledger_free(sim *s)
{
    free(s->ledger->headers);
    free(s->ledger->streams);
    free(s->ledger->stream_index);
    free(s->ledger->accepted);
    free(s->ledger->drafted);
    free(s->ledger);
}

/* ---- finding ---- */

static sim_name name_of(const tb_stream *stream, uint64_t number)
{
    sim_name out;
    uint8_t bytes[24 + 16 + 24 + 1 + 8];
    memcpy(bytes, stream->sender.text, 24);
    memcpy(bytes + 24, &stream->incarnation.counter, 8);
    memcpy(bytes + 32, stream->incarnation.random, 8);
    memcpy(bytes + 40, stream->recipient.text, 24);
    bytes[64] = (uint8_t)stream->lane;
    memcpy(bytes + 65, &number, 8);
    crypto_generichash(out.bytes, sizeof out.bytes, bytes, sizeof bytes, NULL, 0);
    return out;
}

static size_t place_of(const sim_name *name, size_t places)
{
    uint64_t word;
    memcpy(&word, name->bytes, 8);
    return (size_t)(word & (places - 1));
}

static void grow_headers(sim_ledger *l)
{
    sim_header *old = l->headers;
    size_t count = l->header_places;
    l->header_places *= 2;
    l->headers = own(l->header_places, sizeof *l->headers);
    for (size_t i = 0; i < count; i++) {
        if (old[i].number == 0) {
            continue;
        }
        size_t at = place_of(&old[i].name, l->header_places);
        while (l->headers[at].number != 0) {
            at = (at + 1) & (l->header_places - 1);
        }
        l->headers[at] = old[i];
    }
    free(old);
}

sim_header *sim_header_of(sim_ledger *l, const tb_stream *stream, uint64_t number, bool make)
{
    sim_name name = name_of(stream, number);
    if (make && 2 * l->header_count >= l->header_places) {
        grow_headers(l);
    }
    size_t at = place_of(&name, l->header_places);
    while (l->headers[at].number != 0) {
        if (memcmp(&l->headers[at].name, &name, sizeof name) == 0) {
            return &l->headers[at];
        }
        at = (at + 1) & (l->header_places - 1);
    }
    if (!make) {
        return NULL;
    }
    l->header_count++;
    l->headers[at] = (sim_header){.name = name, .stream = *stream, .number = number};
    return &l->headers[at];
}

sim_stream *sim_stream_of(sim_ledger *l, const tb_stream *stream)
{
    sim_name name = name_of(stream, 0);
    size_t at = place_of(&name, l->stream_places);
    while (l->stream_index[at] != 0) {
        sim_stream *found = &l->streams[l->stream_index[at] - 1];
        if (memcmp(&found->name, &name, sizeof name) == 0) {
            return found;
        }
        at = (at + 1) & (l->stream_places - 1);
    }
    if (l->stream_count == l->stream_capacity) {
        l->stream_capacity *= 2;
        l->streams = realloc(l->streams, l->stream_capacity * sizeof *l->streams);
        TB_ASSERT(l->streams != NULL && 2 * l->stream_capacity <= 2 * l->stream_places);
    }
    sim_stream *made = &l->streams[l->stream_count++];
    l->stream_index[at] = (uint32_t)l->stream_count;
    *made = (sim_stream){.name = name, .stream = *stream};
    return made;
}

/* ---- frames that leave ---- */

static bool decode(tb_bytes bytes, tb_frame *out)
{
    tb_arena arena;
    tb_arena_init(&arena, scratch_block, SCRATCH_BYTES);
    return tb_frame_decode(bytes, &arena, out) == TB_ACCEPTED;
}

/* Promise 5: what is sealed is never to be read on the way. */
static void search(sim *s, const sim_node *n, tb_bytes bytes)
{
    const uint8_t *at = bytes.data;
    size_t left = bytes.size;
    while (left >= sizeof canary - 1) {
        const uint8_t *hit = memchr(at, canary[0], left);
        if (hit == NULL) {
            return;
        }
        left -= (size_t)(hit - at);
        at = hit;
        if (left >= sizeof canary - 1 && memcmp(at, canary, sizeof canary - 1) == 0) {
            sim_fail(s, "I5 the text of a sealed field leaves %s in the open", n->id.text);
            return;
        }
        at++;
        left--;
    }
}

/* What the hub will count for the group. */
static uint64_t bytes_of(const tb_carry *carry, const tb_group *group)
{
    uint64_t bytes = 4096; /* proof and packing */
    for (size_t i = 0; i < group->item_count; i++) {
        const tb_item *item = &group->items[i];
        bytes += item->header_bytes.size + item->body.size;
        for (size_t k = 0; k < carry->body_count; k++) {
            bytes +=
                carry->bodies[k].notice == item->header.notice ? carry->bodies[k].body.size : 0;
        }
    }
    return bytes;
}

/* Its officer's word is kept in the store with a new incarnation, whoever heard the answer. */
static bool recovered(sim *s, const sim_node *n)
{
    tb_incarnation incarnation = {.counter = 0};
    tb_txn *txn = sim_look(s, n);
    (void)!tb_meta_incarnation(txn, &incarnation);
    tb_store_abort(txn);
    return incarnation.counter > n->lost_counter;
}

/* Sent out of a store that is lost, and gone with its connection: the hub never had it, and who has
 * an older copy of that store cannot know. */
static bool reached_nobody(const sim_header *header, const sim_node *n)
{
    return header->stamped_life == 0 && header->applied == 0 && header->sent_life != n->life;
}

static void note_sent(sim *s, const sim_node *n, const tb_item *item, sim_header *header)
{
    header->sent = s->now;
    header->sent_life = n->life;
    header->notice = item->header.notice;
    header->digest = item->digest;
}

static void submitted(sim *s, sim_node *n, const tb_group *group)
{
    n->lost = n->lost && !recovered(s, n);
    if (n->lost) {
        sim_fail(s, "I6 %s lost something and signs all the same", n->id.text);
    }
    tb_stream stream = tb_group_stream(group);
    sim_stream *known = sim_stream_of(s->ledger, &stream);
    for (size_t i = 0; i < group->item_count; i++) {
        const tb_item *item = &group->items[i];
        uint64_t number = tb_group_number(group, i);
        sim_header *header = sim_header_of(s->ledger, &stream, number, true);
        bool other = header->sent != 0 && !tb_digest_equal(&header->digest, &item->digest);
        if (header->sent == 0 || (other && reached_nobody(header, n))) {
            s->stats.notices += header->sent == 0 ? 1 : 0;
            note_sent(s, n, item, header);
        } else if (other && !n->doubled) {
            sim_fail(s, "I6 %s used number %llu of its stream to %s for two notices", n->id.text,
                     (unsigned long long)number, stream.recipient.text);
        }
        header->filler = header->filler || item->refusal != NULL;
        known->sent = number > known->sent ? number : known->sent;
        known->sender_life = n->life;
    }
}

static void taken(sim *s, sim_node *n, const tb_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        const tb_line *line = &lines->lines[i].line;
        if (line->kind == TB_LINE_ARRIVED && tb_party_equal(&line->stream.recipient, &n->id)) {
            sim_stream *known = sim_stream_of(s->ledger, &line->stream);
            known->arrived = line->to > known->arrived ? line->to : known->arrived;
            known->recipient_life = n->life;
        }
    }
}

/* The signed word of a recipient, or of the hub, that a notice will not be applied. */
static void refused(sim *s, const sim_node *n, const tb_signed_line *said)
{
    const tb_line *line = &said->line;
    if (line->kind == TB_LINE_REFUSED &&
        (n->index == SIM_HUB || tb_party_equal(&line->stream.recipient, &n->id))) {
        sim_header *header = sim_header_of(s->ledger, &line->stream, line->from, false);
        if (header != NULL) {
            header->refused = true;
        }
    }
}

/* Likewise, in the place of a notice. */
static void filled(sim *s, const sim_node *n, const tb_carry *carry)
{
    for (size_t i = 0; i < carry->group_count; i++) {
        for (size_t k = 0; k < carry->groups[i].item_count; k++) {
            const tb_signed_line *why = carry->groups[i].items[k].refusal;
            if (why != NULL && tb_party_equal(&why->root.signer, &n->id)) {
                refused(s, n, why);
            }
        }
    }
}

/* What a turn refuses stands with its commit, whether or not the frame that says so leaves; what it
 * applied behind it is looked at next. */
void sim_ledger_refusals(sim *s, const sim_node *n, const tb_effects *effects)
{
    for (size_t i = 0; i < effects->count && !n->was_hostile; i++) {
        tb_frame frame;
        const tb_effect *effect = &effects->list[i];
        if (effect->kind == TB_EFFECT_SEND && decode(effect->bytes, &frame) &&
            frame.kind == TB_FRAME_REFUSED && frame.refused.has_line) {
            refused(s, n, &frame.refused.line);
        }
    }
}

void sim_ledger_agent_said(sim *s, sim_node *n, tb_bytes bytes)
{
    tb_frame frame;
    bool reads = decode(bytes, &frame);
    for (size_t i = 0; reads && frame.kind == TB_FRAME_SUBMIT && i < frame.carry.group_count; i++) {
        uint64_t size = bytes_of(&frame.carry, &frame.carry.groups[i]);
        s->ledger->largest = size > s->ledger->largest ? size : s->ledger->largest;
    }
    if (n->was_hostile) {
        return;
    }
    search(s, n, bytes);
    if (!reads) {
        sim_fail(s, "%s sent a frame that does not decode", n->id.text);
        return;
    }
    if (frame.kind == TB_FRAME_SUBMIT) {
        for (size_t i = 0; i < frame.carry.group_count; i++) {
            submitted(s, n, &frame.carry.groups[i]);
        }
    } else if (frame.kind == TB_FRAME_TAKEN) {
        taken(s, n, &frame.lines);
    } else if (frame.kind == TB_FRAME_REFUSED && frame.refused.has_line) {
        refused(s, n, &frame.refused.line);
    }
}

/* A hub of our own logic says only what it holds; what a hostile one makes of it comes after. */
void sim_ledger_hub_said(sim *s, sim_node *to, tb_bytes bytes)
{
    tb_frame frame;
    sim_node *hub = &s->nodes[SIM_HUB];
    search(s, hub, bytes);
    if (!decode(bytes, &frame)) {
        sim_fail(s, "the hub sent a frame that does not decode");
        return;
    }
    if (frame.kind == TB_FRAME_BYE && frame.bye.code == TB_REFUSED_TWO_COPIES) {
        to->told_two_copies = true;
    }
    if (frame.kind == TB_FRAME_REFUSED && frame.refused.has_line &&
        tb_party_equal(&frame.refused.line.root.signer, &hub->id)) {
        refused(s, hub, &frame.refused.line);
    }
    if (frame.kind == TB_FRAME_DELIVER) {
        filled(s, hub, &frame.carry);
    }
    const tb_lines *lines = &frame.lines;
    for (size_t i = 0; frame.kind == TB_FRAME_STORED && i < lines->count; i++) {
        const tb_line *line = &lines->lines[i].line;
        if (line->kind == TB_LINE_STORED && tb_party_equal(&line->stream.sender, &to->id)) {
            sim_stream *known = sim_stream_of(s->ledger, &line->stream);
            known->stored = line->to > known->stored ? line->to : known->stored;
            known->hub_life = hub->life;
            for (uint64_t k = line->from; k > 0 && k <= line->to; k++) {
                sim_header_of(s->ledger, &line->stream, k, true)->stamped_life = hub->life + 1;
            }
        }
    }
}

/* ---- acts, and what is applied ---- */

void sim_ledger_accepted(sim *s, sim_node *n, const tb_local_answer *answer, size_t lead)
{
    sim_ledger *l = s->ledger;
    if (n->was_hostile || n->doubled) {
        return;
    }
    for (size_t i = 0; i < l->accepted_count; i++) {
        const sim_accepted *other = &l->accepted[i];
        bool same_event = tb_digest_equal(&other->event, &answer->acted.event);
        /* Who lost its store may make the same event again: it has one effect all the same. */
        bool same_store = other->node == n->index && other->life == n->life;
        if (same_event && same_store && !tb_digest_zero(&other->event)) {
            sim_fail(s, "I2 %s answered two requests with one event", n->id.text);
        }
    }
    if (l->accepted_count == l->accepted_capacity) {
        l->accepted_capacity *= 2;
        l->accepted = realloc(l->accepted, l->accepted_capacity * sizeof *l->accepted);
        TB_ASSERT(l->accepted != NULL);
    }
    l->accepted[l->accepted_count++] = (sim_accepted){.node = n->index,
                                                      .life = n->life,
                                                      .lead = lead,
                                                      .case_id = answer->acted.case_id,
                                                      .event = answer->acted.event,
                                                      .number = answer->acted.number};
}

void sim_ledger_drafted(sim *s, const sim_node *n, const tb_request_id *request, size_t lead)
{
    sim_ledger *l = s->ledger;
    if (n->was_hostile || n->doubled) {
        return;
    }
    if (l->drafted_count == l->drafted_capacity) {
        l->drafted_capacity = 2 * l->drafted_capacity + 64;
        l->drafted = realloc(l->drafted, l->drafted_capacity * sizeof *l->drafted);
        TB_ASSERT(l->drafted != NULL);
    }
    l->drafted[l->drafted_count++] = (sim_drafted){n->index, n->life, lead, *request};
}

void sim_ledger_replaced(sim *s, sim_node *n)
{
    n->life++;
    n->store_replaced = true;
    for (size_t i = 0; n->index == SIM_HUB && i < s->ledger->stream_count; i++) {
        s->ledger->streams[i].stored = 0;
    }
    for (size_t i = 0; n->index != SIM_HUB && i < s->ledger->stream_count; i++) {
        sim_stream *known = &s->ledger->streams[i];
        if (tb_party_equal(&known->stream.recipient, &n->id)) {
            known->arrived = 0;
            known->applied = 0;
        }
        if (tb_party_equal(&known->stream.sender, &n->id)) {
            known->sent = 0;
        }
    }
}

/* Numbers left out between two applied ones must be fillers. */
static void check_order(sim *s, sim_node *n, sim_stream *known, uint64_t number)
{
    if (number <= known->applied) {
        sim_fail(s, "I3 %s applied number %llu of the stream of %s after number %llu", n->id.text,
                 (unsigned long long)number, known->stream.sender.text,
                 (unsigned long long)known->applied);
        return;
    }
    for (uint64_t k = known->applied + 1; k < number && known->applied > 0; k++) {
        const sim_header *skipped = sim_header_of(s->ledger, &known->stream, k, false);
        if (skipped != NULL && !skipped->filler && !skipped->refused && skipped->applied == 0) {
            sim_fail(s, "I3 %s applied number %llu of the stream of %s without number %llu",
                     n->id.text, (unsigned long long)number, known->stream.sender.text,
                     (unsigned long long)k);
        }
    }
}

/* Beyond a cut that the recipient knew of nothing counts, whoever signed it. */
static void check_cut(sim *s, const sim_node *n, const tb_header *header, const tb_entry *entry)
{
    const tb_directory *directory = n->agent.directory;
    for (size_t i = 0; i < directory->cut_count; i++) {
        const tb_cut *cut = &directory->cuts[i];
        if (!tb_party_equal(&cut->party, &header->sender) ||
            !tb_key_id_equal(&cut->key, &header->signing_key)) {
            continue;
        }
        uint64_t good = 0;
        for (size_t k = 0; k < cut->mark_count; k++) {
            const tb_cut_mark *mark = &cut->marks[k];
            bool same = tb_party_equal(&mark->recipient, &n->id) && mark->lane == header->lane &&
                        tb_incarnation_compare(&mark->incarnation, &header->incarnation) == 0;
            good = same ? mark->number : good;
        }
        if (entry->number > good) {
            sim_fail(s, "I4 %s applied number %llu of %s, signed beyond the cut at %llu",
                     n->id.text, (unsigned long long)entry->number, header->sender.text,
                     (unsigned long long)good);
        }
    }
}

void sim_ledger_applied(
    sim *s, sim_node *n, const tb_header *header, const tb_digest *digest, tb_refusal refused)
{
    const tb_entry *entry = tb_header_entry(header, &n->id);
    sim_node *sender = sim_party(s, &header->sender);
    s->stats.applied++;
    if (n->was_hostile || n->doubled) {
        return;
    }
    if (entry == NULL || sender == NULL) {
        sim_fail(s, "I4 %s applied a notice that is not for it", n->id.text);
        return;
    }
    check_cut(s, n, header, entry);
    tb_stream of = {header->sender, header->incarnation, n->id, header->lane};
    sim_stream *linked = sim_stream_of(s->ledger, &of);
    if (linked->applied > 0 && entry->number == linked->applied + 1 &&
        !tb_digest_equal(&entry->previous, &linked->applied_digest)) {
        sim_fail(s, "I6 %s applied number %llu of %s, which does not follow what it applied before",
                 n->id.text, (unsigned long long)entry->number, sender->id.text);
    }
    linked->applied_digest = *digest;
    if (sender->was_hostile || sender->doubled) {
        linked->applied = entry->number;
        return;
    }
    tb_stream stream = {header->sender, header->incarnation, n->id, header->lane};
    sim_header *known = sim_header_of(s->ledger, &stream, entry->number, false);
    if (known == NULL || !tb_digest_equal(&known->digest, digest)) {
        sim_fail(s, "I4 %s applied a notice that %s never sent", n->id.text, sender->id.text);
        return;
    }
    if (known->applied > 0 && known->applied_life == n->life) {
        sim_fail(s, "I2 %s applied number %llu of the stream of %s twice", n->id.text,
                 (unsigned long long)entry->number, sender->id.text);
        return;
    }
    sim_stream *row = sim_stream_of(s->ledger, &stream);
    check_order(s, n, row, entry->number);
    row->applied = entry->number;
    known->applied++;
    known->applied_life = n->life;
    known->refused = refused != TB_ACCEPTED;
    sim_trace(s, "applied %s %s %llu %s", n->id.text, sender->id.text,
              (unsigned long long)entry->number, tb_refusal_key(refused));
}
