#include "agents/casework.h"

#include "agents/campaign/scene.h"
#include "agents/lost.h"
#include "base/pack.h"

/* Longer values are not looked up by anybody; the bound keeps the key within the store's. */
#define INDEX_VALUE_MAX 128
#define INDEX_KEY_MAX   (2 * (TB_NAME_BYTES_MAX + 1) + INDEX_VALUE_MAX + 1 + TB_CASE_ID_BYTES)
/* Watchers are told nothing more in a turn that already has this many effects. */
#define CHANGED_EFFECTS_MAX (TB_EFFECTS_MAX / 2)

static void find_campaign(const tb_agent *agent, tb_case_row *row)
{
    row->view.campaign = tb_campaigns_find(agent->campaigns, row->campaign, row->campaign_version);
    row->view.type = NULL;
    if (row->view.campaign != NULL) {
        row->view.type = tb_campaign_case_type(row->view.campaign, row->case_type);
    }
}

tb_err tb_case_load(const tb_agent *agent, tb_txn *txn, const tb_case_id *id, tb_case_row *out)
{
    tb_case_row row;
    tb_err err = tb_case_get(txn, id, &row);
    if (err != TB_OK) {
        return err;
    }
    find_campaign(agent, &row);
    row.view.frozen = row.frozen;
    *out = row;
    return TB_OK;
}

/* ---- what a party may read ---- */

uint32_t tb_case_group_bit(const tb_case_view *view, tb_bytes group)
{
    for (unsigned i = 0; view->type != NULL && i < view->type->group_count; i++) {
        if (tb_bytes_equal(group, tb_bytes_str(view->type->groups[i].id))) {
            return 1u << i;
        }
    }
    return 0;
}

uint32_t tb_case_readable(const tb_agent *agent, const tb_case_view *view, const tb_party *party)
{
    uint32_t bits = 0;
    const tb_case_type *type = view->type;
    for (unsigned p = 0; type != NULL && p < type->position_count; p++) {
        if (!tb_position_stands(view, agent->directory, &type->positions[p], party)) {
            continue;
        }
        for (unsigned i = 0; i < type->group_count; i++) {
            const tb_field_group *group = &type->groups[i];
            bool reads = tb_names_hold((const char *const *)group->readers, group->reader_count,
                                       tb_bytes_str(type->positions[p].id));
            bits |= reads ? 1u << i : 0;
        }
    }
    return bits;
}

/* ---- folding an event into a row ---- */

static tb_err copy_view(tb_arena *arena, tb_case_view *view)
{
    tb_field *fields = tb_arena_array(arena, view->field_count + 1, sizeof *fields);
    tb_action_count *counts = tb_arena_array(arena, view->count_count + 1, sizeof *counts);
    if (fields == NULL || counts == NULL) {
        return TB_ERR_LIMIT;
    }
    if (view->field_count > 0) {
        memcpy(fields, view->fields, view->field_count * sizeof *fields);
    }
    if (view->count_count > 0) {
        memcpy(counts, view->counts, view->count_count * sizeof *counts);
    }
    view->fields = fields;
    view->counts = counts;
    return TB_OK;
}

tb_knower tb_case_knower(const tb_case_row *row, const tb_party *party)
{
    for (size_t i = 0; i < row->knower_count; i++) {
        if (tb_party_equal(&row->knowers[i].party, party)) {
            return row->knowers[i];
        }
    }
    tb_knower nobody = {.party = *party};
    return nobody;
}

static tb_knower *knower_of(tb_case_row *row, const tb_party *party)
{
    for (size_t i = 0; i < row->knower_count; i++) {
        if (tb_party_equal(&row->knowers[i].party, party)) {
            return &row->knowers[i];
        }
    }
    row->knowers[row->knower_count].party = *party;
    return &row->knowers[row->knower_count++];
}

static uint32_t regroup(uint32_t groups, const tb_case_type *from, const tb_case_view *to)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < from->group_count; i++) {
        if ((groups & 1u << i) != 0) {
            bits |= tb_case_group_bit(to, tb_bytes_str(from->groups[i].id));
        }
    }
    return bits;
}

tb_err
tb_case_regroup(tb_arena *arena, tb_case_row *row, const tb_case_type *from, const tb_case_type *to)
{
    tb_knower *list = tb_arena_array(arena, row->knower_count + 1, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_case_view in = {.type = to};
    for (size_t i = 0; i < row->knower_count; i++) {
        list[i] = row->knowers[i];
        list[i].groups = regroup(list[i].groups, from, &in);
    }
    row->knowers = list;
    return TB_OK;
}

/* Everybody addressed has been given all that came before; so has, by definition, who acted. */
static tb_err
fold_knowers(const tb_agent *agent, tb_arena *arena, tb_case_row *row, const tb_event *event)
{
    size_t room = row->knower_count + event->addressee_count + 1;
    tb_knower *list = tb_arena_array(arena, room, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    if (row->knower_count > 0) {
        memcpy(list, row->knowers, row->knower_count * sizeof *list);
    }
    row->knowers = list;
    tb_knower *actor = knower_of(row, &event->actor);
    actor->upto = event->number;
    if (event->number == 1) {
        actor->groups = tb_case_readable(agent, &row->view, &event->actor);
    }
    for (size_t i = 0; i < event->addressee_count; i++) {
        tb_knower *knower = knower_of(row, &event->addressees[i]);
        knower->upto = event->number;
        knower->groups |= tb_case_readable(agent, &row->view, &event->addressees[i]);
        if (tb_party_equal(&event->holder, &event->addressees[i])) {
            knower->handed = event->number;
        }
    }
    return TB_OK;
}

static tb_err fold_seen(tb_arena *arena, tb_case_row *row, const tb_event *event)
{
    if (event->seen_count == 0 || row->unseen_count == 0) {
        return TB_OK;
    }
    tb_digest *left = tb_arena_array(arena, row->unseen_count, sizeof *left);
    if (left == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t count = 0;
    for (size_t i = 0; i < row->unseen_count; i++) {
        bool seen = false;
        for (size_t j = 0; j < event->seen_count && !seen; j++) {
            seen = tb_digest_equal(&row->unseen[i], &event->seen[j]);
        }
        if (!seen) {
            left[count++] = row->unseen[i];
        }
    }
    row->unseen = left;
    row->unseen_count = count;
    return TB_OK;
}

tb_err tb_case_fold_view(const tb_agent *agent,
                         tb_arena *arena,
                         tb_case_row *row,
                         const tb_event *event,
                         const tb_digest *id)
{
    if (event->number == 1) {
        row->id = tb_event_case(event, id);
        row->case_type = event->case_type;
        row->opened = event->at;
        row->campaign = event->campaign;
        row->campaign_version = event->campaign_version;
        find_campaign(agent, row);
    }
    if (row->view.campaign == NULL || row->view.type == NULL) {
        return TB_ERR_CORRUPT; /* what was applied by a version names another now */
    }
    tb_err err = copy_view(arena, &row->view);
    if (err != TB_OK) {
        return err;
    }
    const tb_campaign *campaign = row->view.campaign;
    const tb_case_type *type = row->view.type;
    if (event->kind == TB_EVENT_VERSION) {
        campaign = tb_campaigns_find(agent->campaigns, event->campaign, event->campaign_version);
        TB_ASSERT(campaign != NULL);
    }
    err = tb_case_view_apply(&row->view, campaign, event, id, arena);
    if (err == TB_OK && event->kind == TB_EVENT_VERSION) {
        row->campaign_version = event->campaign_version;
        err = tb_case_regroup(arena, row, type, row->view.type);
    }
    if (err != TB_OK) {
        return err;
    }
    TB_ASSERT(row->view.number == event->number);

    row->at = event->at;
    row->action = event->action;
    const tb_state *state = tb_case_type_state(row->view.type, row->view.state);
    row->closed = state != NULL && state->closed;
    return TB_OK;
}

tb_err tb_case_fold(const tb_agent *agent,
                    tb_arena *arena,
                    tb_case_row *row,
                    const tb_event *event,
                    const tb_digest *id)
{
    tb_err err = tb_case_fold_view(agent, arena, row, event, id);
    if (err == TB_OK) {
        err = fold_knowers(agent, arena, row, event);
    }
    return err == TB_OK ? fold_seen(arena, row, event) : err;
}

/* ---- FIELD_INDEX ---- */

tb_err tb_case_index_prefix(
    tb_arena *arena, tb_bytes campaign, tb_bytes field, tb_bytes value, tb_bytes *out)
{
    if (value.size == 0 || value.size > INDEX_VALUE_MAX) {
        *out = tb_bytes_of(NULL, 0);
        return TB_OK;
    }
    tb_writer w;
    tb_writer_arena(&w, arena, INDEX_KEY_MAX);
    tb_put_raw(&w, campaign.data, campaign.size);
    tb_put_u8(&w, 0);
    tb_put_raw(&w, field.data, field.size);
    tb_put_u8(&w, 0);
    tb_put_raw(&w, value.data, value.size);
    tb_put_u8(&w, 0);
    return tb_writer_bytes(&w, out);
}

static tb_err
index_key(tb_arena *arena, const tb_case_row *row, tb_bytes field, tb_bytes value, tb_bytes *out)
{
    tb_bytes prefix;
    tb_err err = tb_case_index_prefix(arena, row->campaign, field, value, &prefix);
    if (err != TB_OK || prefix.size == 0) {
        *out = tb_bytes_of(NULL, 0);
        return err;
    }
    tb_writer w;
    tb_writer_arena(&w, arena, prefix.size + TB_CASE_ID_BYTES);
    tb_put_raw(&w, prefix.data, prefix.size);
    tb_put_raw(&w, row->id.bytes, TB_CASE_ID_BYTES);
    return tb_writer_bytes(&w, out);
}

static tb_err index_remove(tb_txn *txn, const tb_case_row *row, const tb_indexed *old)
{
    tb_bytes key;
    tb_err err = index_key(tb_txn_arena(txn), row, old->field, old->value, &key);
    if (err != TB_OK || key.size == 0) {
        return err;
    }
    err = tb_store_del(txn, TB_TABLE_FIELD_INDEX, key);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err index_value(tb_txn *txn, tb_case_row *row, const tb_field *field, uint64_t number)
{
    const tb_field_def *def = tb_case_type_field(row->view.type, field->id);
    if (def == NULL || !def->index) {
        return TB_OK;
    }
    tb_arena *arena = tb_txn_arena(txn);
    tb_indexed *list = tb_arena_array(arena, row->indexed_count + 1, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    if (row->indexed_count > 0) {
        memcpy(list, row->indexed, row->indexed_count * sizeof *list);
    }
    size_t at = 0;
    while (at < row->indexed_count && !tb_bytes_equal(list[at].field, field->id)) {
        at++;
    }
    if (at < row->indexed_count) {
        if (list[at].number > number) {
            return TB_OK; /* a newer event set it */
        }
        tb_err err = index_remove(txn, row, &list[at]);
        if (err != TB_OK) {
            return err;
        }
    } else {
        row->indexed_count++;
    }
    list[at].field = field->id;
    list[at].value = field->value;
    list[at].number = number;
    row->indexed = list;

    tb_bytes key;
    tb_err err = index_key(arena, row, field->id, field->value, &key);
    if (err != TB_OK || key.size == 0) {
        return err;
    }
    return tb_store_put(txn, TB_TABLE_FIELD_INDEX, key, tb_bytes_of(NULL, 0));
}

/* Most events set no indexed field; their openings need not be read. */
static bool commits_indexed(const tb_case_type *type, const tb_event *event)
{
    for (unsigned i = 0; event->commitment_count > 0 && i < type->field_count; i++) {
        const tb_field_def *def = &type->fields[i];
        for (size_t c = 0; def->index && def->group != NULL && c < event->commitment_count; c++) {
            if (tb_bytes_equal(tb_bytes_str(def->group), event->commitments[c].group)) {
                return true;
            }
        }
    }
    return false;
}

tb_err tb_case_index(tb_txn *txn, tb_case_row *row, const tb_event *event, const tb_digest *id)
{
    for (size_t i = 0; i < event->field_count; i++) {
        tb_err err = index_value(txn, row, &event->fields[i], event->number);
        if (err != TB_OK) {
            return err;
        }
    }
    if (!commits_indexed(row->view.type, event)) {
        return TB_OK;
    }
    tb_opening *openings;
    size_t count;
    tb_event_key key = tb_event_key_of(event, id);
    tb_err err = tb_openings_of(txn, &key, &openings, &count);
    if (err != TB_OK) {
        return err;
    }
    for (size_t i = 0; i < count; i++) {
        tb_field *fields;
        size_t field_count;
        if (tb_group_fields_decode(openings[i].content, tb_txn_arena(txn), &fields, &field_count) !=
            TB_ACCEPTED) {
            return TB_ERR_CORRUPT;
        }
        for (size_t j = 0; j < field_count; j++) {
            err = index_value(txn, row, &fields[j], event->number);
            if (err != TB_OK) {
                return err;
            }
        }
    }
    return TB_OK;
}

tb_err tb_case_unindex(tb_txn *txn, tb_case_row *row)
{
    for (size_t i = 0; i < row->indexed_count; i++) {
        tb_err err = index_remove(txn, row, &row->indexed[i]);
        if (err != TB_OK) {
            return err;
        }
    }
    row->indexed_count = 0;
    return TB_OK;
}

/* ---- what people see ---- */

/* Sets a value, or keeps the newer one that is there: events are walked newest first. */
static void keep_newest(tb_field *fields, size_t *count, const tb_field *field)
{
    for (size_t i = 0; i < *count; i++) {
        if (tb_bytes_equal(fields[i].id, field->id)) {
            return;
        }
    }
    if (*count < TB_FIELDS_MAX) {
        fields[(*count)++] = *field;
    }
}

static tb_err add_openings(tb_txn *txn, const tb_event_key *event, tb_field *fields, size_t *count)
{
    tb_opening *openings;
    size_t opening_count;
    tb_err err = tb_openings_of(txn, event, &openings, &opening_count);
    for (size_t i = 0; err == TB_OK && i < opening_count; i++) {
        tb_field *inside;
        size_t inside_count;
        if (tb_group_fields_decode(openings[i].content, tb_txn_arena(txn), &inside,
                                   &inside_count) != TB_ACCEPTED) {
            return TB_ERR_CORRUPT;
        }
        for (size_t j = 0; j < inside_count; j++) {
            keep_newest(fields, count, &inside[j]);
        }
    }
    return err;
}

/* Fields of the chain's openings, newest event first, after the open ones. */
static tb_err read_fields(tb_txn *txn, const tb_case_row *row, tb_field *fields, size_t *count)
{
    for (size_t i = 0; i < row->view.field_count; i++) {
        keep_newest(fields, count, &row->view.fields[i]);
    }
    if (row->view.number > tb_store_rows(txn, TB_TABLE_EVENT)) {
        return TB_ERR_CORRUPT; /* no chain here is that long */
    }
    tb_event_key *chain =
        tb_arena_array(tb_txn_arena(txn), (size_t)row->view.number + 1, sizeof *chain);
    if (chain == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t length = 0;
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row event;
    tb_err err = tb_event_first(txn, &row->id, TB_CLASS_CHAIN, &walk, &key, &event);
    while (err == TB_OK) {
        if (event.standing == TB_STANDING_EFFECTIVE && length <= row->view.number) {
            chain[length++] = key;
        }
        err = tb_event_next(txn, &walk, &key, &event);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    while (length > 0) {
        err = add_openings(txn, &chain[--length], fields, count);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

static tb_err count_held(tb_txn *txn, const tb_case_id *id, uint32_t *out)
{
    *out = 0;
    if (tb_store_rows(txn, TB_TABLE_HELD) == 0) {
        return TB_OK;
    }
    for (uint8_t class = TB_CLASS_CHAIN; class <= TB_CLASS_SIDE; class ++) {
        tb_event_walk walk;
        tb_event_key key;
        tb_event_row event;
        tb_err err = tb_event_first(txn, id, class, &walk, &key, &event);
        while (err == TB_OK) {
            if (event.standing == TB_STANDING_HELD_BACK) {
                (*out)++;
            }
            err = tb_event_next(txn, &walk, &key, &event);
        }
        if (err != TB_ERR_NOT_FOUND) {
            return err;
        }
    }
    return TB_OK;
}

static bool has_field(const tb_local_summary *summary, tb_bytes id)
{
    for (size_t i = 0; i < summary->field_count; i++) {
        if (tb_bytes_equal(summary->fields[i].id, id)) {
            return true;
        }
    }
    for (size_t i = 0; i < summary->lost_count; i++) {
        if (tb_bytes_equal(summary->lost_fields[i], id)) {
            return true;
        }
    }
    return false;
}

/* Fields that some event of the chain set in a group that is lost, and no other says. */
static tb_err
add_lost(const tb_agent *agent, tb_txn *txn, const tb_case_row *row, tb_local_summary *summary)
{
    bool possible;
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row stored;
    tb_err err = tb_lost_possible(txn, &possible);
    if (err != TB_OK || !possible) {
        return err;
    }
    summary->lost_fields =
        tb_arena_array(tb_txn_arena(txn), TB_FIELDS_MAX, sizeof *summary->lost_fields);
    if (summary->lost_fields == NULL) {
        return TB_ERR_LIMIT;
    }
    err = tb_event_first(txn, &row->id, TB_CLASS_CHAIN, &walk, &key, &stored);
    while (err == TB_OK) {
        tb_event event;
        tb_bytes *fields = NULL;
        size_t count = 0;
        uint32_t groups;
        if (tb_event_decode(stored.event, tb_txn_arena(txn), &event) != TB_ACCEPTED) {
            return TB_ERR_CORRUPT;
        }
        if (stored.standing == TB_STANDING_EFFECTIVE) {
            err = tb_lost_fields(agent, txn, row, &event, &key, &groups, &fields, &count);
        }
        for (size_t i = 0; err == TB_OK && i < count; i++) {
            if (!has_field(summary, fields[i]) && summary->lost_count < TB_FIELDS_MAX) {
                summary->lost_fields[summary->lost_count++] = fields[i];
            }
        }
        if (err == TB_OK) {
            err = tb_event_next(txn, &walk, &key, &stored);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err
tb_case_summary(const tb_agent *agent, tb_txn *txn, const tb_case_row *row, tb_local_summary *out)
{
    tb_local_summary summary = {
        .case_id = row->id,
        .campaign = row->campaign,
        .case_type = row->case_type,
        .state = row->view.state,
        .holder = row->view.holder,
        .number = row->view.number,
        .head = row->view.head,
        .frozen = row->frozen,
        .mine = !row->closed && tb_party_equal(&row->view.holder, &agent->self),
        .at = row->at,
        .term = row->view.term,
        .opener = row->view.opener,
        .action = row->action,
        .campaign_version = row->campaign_version,
    };
    summary.fields = tb_arena_array(tb_txn_arena(txn), TB_FIELDS_MAX, sizeof *summary.fields);
    if (summary.fields == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = read_fields(txn, row, summary.fields, &summary.field_count);
    if (err != TB_OK) {
        return err;
    }
    err = add_lost(agent, txn, row, &summary);
    if (err != TB_OK) {
        return err;
    }
    err = count_held(txn, &row->id, &summary.held_back);
    if (err != TB_OK) {
        return err;
    }
    *out = summary;
    return TB_OK;
}

tb_err
tb_case_changed(const tb_agent *agent, tb_txn *txn, const tb_case_row *row, tb_effects *effects)
{
    if (!agent->watched || effects->count >= CHANGED_EFFECTS_MAX) {
        return TB_OK;
    }
    tb_local_answer answer = {.kind = TB_ANSWER_CHANGED};
    tb_err err = tb_case_summary(agent, txn, row, &answer.changed);
    if (err != TB_OK) {
        return err;
    }
    tb_effect effect = {.kind = TB_EFFECT_CHANGED};
    err = tb_local_answer_encode(&answer, tb_txn_arena(txn), &effect.bytes);
    if (err != TB_OK) {
        return err;
    }
    return tb_effects_add(effects, &effect);
}
