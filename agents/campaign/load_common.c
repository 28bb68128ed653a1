/* load_common - what several case types have alike, put into each that uses it. */
#include "agents/campaign/load_common.h"

const tb_common_part *tb_common_find(const tb_campaign *campaign, const char *id)
{
    for (unsigned i = 0; i < campaign->common_count; i++) {
        if (strcmp(campaign->common[i].id, id) == 0) {
            return &campaign->common[i];
        }
    }
    return NULL;
}

static void copy(const tb_settling *s, void *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    if (s->copied != NULL) {
        s->copied(s->context, from, to, size);
    }
}

void *
tb_settle_list(const tb_settling *s, const void *list, unsigned count, unsigned more, size_t each)
{
    uint8_t *out = tb_pool_alloc(s->pool, (size_t)count + more, each);
    if (out != NULL && count > 0) {
        copy(s, out, list, count * each);
    }
    return out;
}

static const char *id_at(const void *list, size_t at, size_t each)
{
    return *(const char *const *)(const void *)((const uint8_t *)list + at * each);
}

static bool declares(const void *list, unsigned count, size_t each, const char *id)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(id_at(list, i, each), id) == 0) {
            return true;
        }
    }
    return false;
}

/* One list: the type's own entries, then those of the common part under other ids. */
static void *join(const tb_settling *s,
                  void *own,
                  unsigned *count,
                  const void *common,
                  unsigned common_count,
                  size_t each)
{
    uint8_t *list = tb_settle_list(s, own, *count, common_count, each);
    if (list == NULL) {
        return own;
    }
    unsigned joined = *count;
    for (unsigned i = 0; i < common_count; i++) {
        if (!declares(own, *count, each, id_at(common, i, each))) {
            copy(s, list + joined * each, (const uint8_t *)common + i * each, each);
            joined++;
        }
    }
    *count = joined;
    return list;
}

/* ---- positions that exist here ---- */

static void
keep_positions(const tb_settling *s, const tb_case_type *type, const char ***names, unsigned *count)
{
    const char **kept = *count > 0 ? tb_pool_alloc(s->pool, *count, sizeof *kept) : NULL;
    unsigned used = 0;
    if (kept == NULL) {
        return;
    }
    for (unsigned i = 0; i < *count; i++) {
        if (tb_case_type_position(type, tb_bytes_str((*names)[i])) != NULL) {
            copy(s, &kept[used], &(*names)[i], sizeof *kept);
            used++;
        }
    }
    *names = kept;
    *count = used;
}

/* ---- what is said of duties ---- */

/* A limit that leaves no time before the reminder has none. */
static bool room_to_remind(const tb_duty_def *duty, const tb_duty_notice *remind)
{
    unsigned limit = duty->hours + 24 * (duty->days + duty->working_days);
    unsigned before = remind->hours + 24 * (remind->days + remind->working_days);
    return limit == 0 || limit > before; /* 0: a day is named */
}

static void unless(const tb_settling *s, const char **own, const char *const *common)
{
    if (*own == NULL && *common != NULL) {
        copy(s, own, common, sizeof *own);
    }
}

static void
unless_said(const tb_settling *s, tb_duty_notice *own, const tb_duty_notice *common, bool fits)
{
    if (own->act == NULL && common->act != NULL && fits) {
        copy(s, own, common, sizeof *own);
    }
}

static void put_words(const tb_settling *s, tb_duty_def *duty, const tb_duty_words *words)
{
    unless(s, &duty->lapse, &words->lapse);
    unless(s, &duty->withdraw_lapse, &words->withdraw_lapse);
    if (duty->working_days > 0) {
        unless(s, &duty->redate, &words->redate);
    }
    unless_said(s, &duty->remind, &words->remind, room_to_remind(duty, &words->remind));
    unless_said(s, &duty->escalate, &words->escalate, true);
    if (duty->escalate.act != NULL) {
        unless(s, &duty->settle, &words->settle);
    }
}

/* ---- one case type ---- */

static void use(const tb_settling *s, tb_case_type *type, const tb_common_part *common)
{
    unsigned own_groups = type->group_count;
    unsigned own_actions = type->action_count;
    type->fields = join(s, type->fields, &type->field_count, common->fields, common->field_count,
                        sizeof *type->fields);
    type->groups = join(s, type->groups, &type->group_count, common->groups, common->group_count,
                        sizeof *type->groups);
    type->positions = join(s, type->positions, &type->position_count, common->positions,
                           common->position_count, sizeof *type->positions);
    type->actions = join(s, type->actions, &type->action_count, common->actions,
                         common->action_count, sizeof *type->actions);
    type->duties = join(s, type->duties, &type->duty_count, common->duties, common->duty_count,
                        sizeof *type->duties);
    for (unsigned i = own_groups; i < type->group_count; i++) {
        keep_positions(s, type, &type->groups[i].readers, &type->groups[i].reader_count);
    }
    for (unsigned i = own_actions; i < type->action_count; i++) {
        tb_action *action = &type->actions[i];
        keep_positions(s, type, &action->by, &action->by_count);
        keep_positions(s, type, &action->copies, &action->copy_count);
        keep_positions(s, type, &action->supervises, &action->supervises_count);
    }
}

/* When all duties are there: those of one part may be said by the words of another. */
static void put_words_of(const tb_settling *s, tb_case_type *type, const tb_common_part *common)
{
    for (unsigned i = 0; i < type->duty_count; i++) {
        put_words(s, &type->duties[i], &common->words);
    }
}

static void each_used(const tb_settling *s, tb_case_type *type, bool words)
{
    for (unsigned i = 0; i < type->use_count; i++) {
        const tb_common_part *common = tb_common_find(s->campaign, type->uses[i]);
        if (common != NULL && words) {
            put_words_of(s, type, common);
        } else if (common != NULL) {
            use(s, type, common);
        }
    }
}

void tb_common_settle(const tb_settling *s)
{
    for (unsigned t = 0; t < s->campaign->case_type_count; t++) {
        each_used(s, &s->campaign->case_types[t], false);
        each_used(s, &s->campaign->case_types[t], true);
    }
}
