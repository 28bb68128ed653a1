/* enrol - parties and keys that come into the next directory, and keys that are cut. */
#include <stdlib.h>

#include "keyfile/authority.h"

static int by_id(const void *a, const void *b)
{
    return memcmp(((const tb_enrolment *)a)->id.text, ((const tb_enrolment *)b)->id.text,
                  TB_PARTY_BYTES);
}

static bool no_memory(tb_problem *problem)
{
    return tb_problem_set(problem, "There is not enough memory for this directory.",
                          "内存不足,无法处理该名录。");
}

static bool party_is(const tb_party *party, const char *text)
{
    return tb_bytes_equal(tb_party_bytes(party), tb_bytes_str(text));
}

/* 1 to 32 of [a-z0-9._-]: what a directory takes as role, jurisdiction and name of an attribute. */
static bool is_name(tb_bytes name)
{
    if (name.size == 0 || name.size > TB_NAME_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        bool fits =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        if (!fits) {
            return false;
        }
    }
    return true;
}

static int by_name(const void *a, const void *b)
{
    tb_bytes x = ((const tb_attribute *)a)->name;
    tb_bytes y = ((const tb_attribute *)b)->name;
    int order = memcmp(x.data, y.data, x.size < y.size ? x.size : y.size);
    return order != 0 ? order : (x.size > y.size) - (x.size < y.size);
}

static bool
not_a_name(const tb_enrolment *row, const char *what, tb_bytes name, tb_problem *problem)
{
    return tb_problem_set(
        problem,
        "Party %s: the %s \"%.*s\" must be 1 to 32 of a-z, 0-9, dot, dash and underscore, "
        "and stand once.",
        "单位 %s:%s “%.*s” 须为 1 至 32 个小写字母、数字、点、横线或下划线,且不得重复。",
        row->id.text, what, (int)name.size, name.size > 0 ? (const char *)name.data : "");
}

static bool check_names(const tb_enrolment *row, tb_problem *problem)
{
    if (row->role.size > 0 && !is_name(row->role)) {
        return not_a_name(row, "role", row->role, problem);
    }
    if (row->jurisdiction.size > 0 && !is_name(row->jurisdiction)) {
        return not_a_name(row, "jurisdiction", row->jurisdiction, problem);
    }
    for (size_t i = 0; i < row->attribute_count; i++) {
        tb_bytes name = row->attributes[i].name;
        if (!is_name(name) || (i > 0 && tb_bytes_equal(name, row->attributes[i - 1].name))) {
            return not_a_name(row, "attribute", name, problem);
        }
    }
    return true;
}

static bool check_row(const tb_enrolment *row, tb_problem *problem)
{
    if (party_is(&row->id, TB_HUB_PARTY) || party_is(&row->id, TB_AUTHORITY_PARTY)) {
        return tb_problem_set(problem, "%s is reserved; a party needs another id.",
                              "%s 为保留名称,请为单位另选标识。", row->id.text);
    }
    if (row->has_request && !tb_party_equal(&row->request.party, &row->id)) {
        return tb_problem_set(problem,
                              "The request is of party %s, not of %s; ask %s for its own request.",
                              "该申请由 %s 提出,不属于 %s;请向 %s 索取其本单位的申请。",
                              row->request.party.text, row->id.text, row->id.text);
    }
    if (row->attribute_count > 0) {
        qsort(row->attributes, row->attribute_count, sizeof(*row->attributes), by_name);
    }
    return check_names(row, problem);
}

static bool check_list(tb_enrolment *list, size_t count, tb_problem *problem)
{
    qsort(list, count, sizeof(*list), by_id);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && tb_party_equal(&list[i].id, &list[i - 1].id)) {
            return tb_problem_set(problem, "Party %s stands in the list twice; leave one.",
                                  "单位 %s 在清单中出现两次,请保留一条。", list[i].id.text);
        }
        if (!check_row(&list[i], problem)) {
            return false;
        }
    }
    return true;
}

static void keep_unless_empty(tb_bytes *value, tb_bytes given)
{
    if (given.size > 0) {
        *value = given;
    }
}

/* Earlier signing keys stay, because what they signed stays true; of the others one is in use. */
static bool set_keys(tb_directory_party *party,
                     const tb_key_request *request,
                     tb_time now,
                     tb_time until,
                     tb_arena *arena,
                     tb_problem *problem)
{
    const tb_public_key *publics[] = {&request->sign, &request->seal, &request->transport};
    tb_directory_key *keys = tb_arena_array(arena, party->key_count + 3, sizeof(*keys));
    if (keys == NULL) {
        return no_memory(problem);
    }

    tb_key_id new_sign = tb_key_id_of(TB_PURPOSE_SIGN, &request->sign);
    size_t count = 0;
    for (size_t i = 0; i < party->key_count; i++) {
        if (party->keys[i].purpose == TB_PURPOSE_SIGN &&
            !tb_key_id_equal(&party->keys[i].id, &new_sign)) {
            keys[count++] = party->keys[i];
        }
    }
    if (count + 3 > TB_PARTY_KEYS_MAX) {
        return tb_problem_set(
            problem, "Party %s has had %u keys, the most there may be; enrol it under a new id.",
            "单位 %s 的密钥数已达上限 %u,请以新标识登记。", party->id.text,
            (unsigned)TB_PARTY_KEYS_MAX);
    }
    for (uint32_t i = 0; i < 3; i++) {
        tb_purpose purpose = (tb_purpose)(TB_PURPOSE_SIGN + i);
        keys[count++] = (tb_directory_key){.purpose = purpose,
                                           .key = *publics[i],
                                           .id = tb_key_id_of(purpose, publics[i]),
                                           .not_before = now,
                                           .not_after = until};
    }
    party->keys = keys;
    party->key_count = count;
    return true;
}

static bool apply(const tb_enrolment *row,
                  tb_time now,
                  tb_arena *arena,
                  tb_directory_party *party,
                  tb_problem *problem)
{
    party->id = row->id;
    keep_unless_empty(&party->role, row->role);
    keep_unless_empty(&party->jurisdiction, row->jurisdiction);
    keep_unless_empty(&party->name_zh, row->name_zh);
    keep_unless_empty(&party->name_en, row->name_en);
    if (!tb_party_empty(&row->parent)) {
        party->parent = row->parent;
    }
    if (row->attribute_count > 0) {
        party->attributes = row->attributes;
        party->attribute_count = row->attribute_count;
    }
    party->state = row->state;
    if (row->has_request && !set_keys(party, &row->request, now, row->keys_until, arena, problem)) {
        return false;
    }
    if (row->keys_until != 0 && row->keys_until <= now) {
        return tb_problem_set(problem, "Party %s: the planned end of its keys is past already.",
                              "单位 %s:密钥的计划停用日期已过。", row->id.text);
    }
    if (party->role.size == 0 || party->name_zh.size == 0 || party->name_en.size == 0) {
        return tb_problem_set(problem, "Party %s needs a role and names in both languages.",
                              "单位 %s 须填写角色和中英文名称。", row->id.text);
    }
    if (party->state == TB_PARTY_ACTIVE && party->key_count == 0) {
        return tb_problem_set(
            problem,
            "Party %s has no keys: give its request with --request, or enrol it --off-line.",
            "单位 %s 没有密钥:请用 --request 提供其申请,或以 --off-line 登记为线下单位。",
            row->id.text);
    }
    return true;
}

static bool key_is_cut(const tb_directory *next, const tb_party *party, const tb_key_id *key)
{
    for (size_t i = 0; i < next->cut_count; i++) {
        if (tb_party_equal(&next->cuts[i].party, party) &&
            tb_key_id_equal(&next->cuts[i].key, key)) {
            return true;
        }
    }
    return false;
}

static bool check_parent(const tb_directory *next, const tb_enrolment *row, tb_problem *problem)
{
    const tb_directory_party *parent = tb_directory_find(next, &row->parent);
    if (tb_party_empty(&row->parent) ||
        (parent != NULL && !tb_party_equal(&row->parent, &row->id))) {
        return true;
    }
    return tb_problem_set(
        problem, "Party %s: the directory has no other party %s to stand under; enrol that first.",
        "单位 %s:名录中没有上级单位 %s,请先登记上级单位。", row->id.text, row->parent.text);
}

/* A key speaks for one party, and not again once it was cut. */
static bool check_keys(const tb_directory *next, const tb_enrolment *row, tb_problem *problem)
{
    const tb_public_key *publics[] = {&row->request.sign, &row->request.seal,
                                      &row->request.transport};
    for (uint32_t k = 0; k < 3; k++) {
        tb_key_id id = tb_key_id_of((tb_purpose)(TB_PURPOSE_SIGN + k), publics[k]);
        if (key_is_cut(next, &row->id, &id)) {
            return tb_problem_refused(problem, row->id.text, TB_REFUSED_KEY_REVOKED);
        }
        for (size_t i = 0; i < next->party_count; i++) {
            const tb_directory_party *other = &next->parties[i];
            if (!tb_party_equal(&other->id, &row->id) && tb_directory_key_of(other, &id) != NULL) {
                return tb_problem_set(
                    problem, "A key in the request of %s is already that of %s; ask for new keys.",
                    "%s 申请中的密钥已属于 %s,请重新生成密钥。", row->id.text, other->id.text);
            }
        }
    }
    return true;
}

/* Merges two rows of parties that both ascend by id. */
static bool merge(const tb_directory *next,
                  const tb_enrolment *list,
                  size_t count,
                  tb_directory_party *merged,
                  size_t *out_count,
                  tb_arena *arena,
                  tb_problem *problem)
{
    size_t old = 0;
    size_t row = 0;
    size_t made = 0;
    while (old < next->party_count || row < count) {
        int order = old == next->party_count ? 1
                    : row == count
                        ? -1
                        : memcmp(next->parties[old].id.text, list[row].id.text, TB_PARTY_BYTES);
        memset(&merged[made], 0, sizeof(merged[made]));
        if (order <= 0) {
            merged[made] = next->parties[old++];
        }
        if (order >= 0 && !apply(&list[row++], next->made, arena, &merged[made], problem)) {
            return false;
        }
        made++;
    }
    *out_count = made;
    return true;
}

bool tb_authority_enrol(
    tb_directory *next, tb_enrolment *list, size_t count, tb_arena *arena, tb_problem *problem)
{
    if (!check_list(list, count, problem)) {
        return false;
    }
    tb_directory changed = *next;
    changed.parties = tb_arena_array(arena, next->party_count + count, sizeof(*changed.parties));
    if (changed.parties == NULL) {
        return no_memory(problem);
    }
    if (!merge(next, list, count, changed.parties, &changed.party_count, arena, problem)) {
        return false;
    }
    if (changed.party_count > TB_PARTIES_MAX) {
        return tb_problem_refused(problem, "directory", TB_REFUSED_TOO_LARGE);
    }
    for (size_t i = 0; i < count; i++) {
        if (!check_parent(&changed, &list[i], problem) ||
            (list[i].has_request && !check_keys(&changed, &list[i], problem))) {
            return false;
        }
    }
    *next = changed;
    return true;
}

bool tb_authority_revoke(tb_directory *next,
                         const tb_cut *cut,
                         tb_arena *arena,
                         tb_problem *problem)
{
    const tb_directory_party *party = tb_directory_find(next, &cut->party);
    if (party == NULL) {
        return tb_problem_refused(problem, cut->party.text, TB_REFUSED_UNKNOWN_PARTY);
    }
    if (tb_directory_key_of(party, &cut->key) == NULL) {
        return tb_problem_refused(problem, cut->party.text, TB_REFUSED_UNKNOWN_KEY);
    }
    if (key_is_cut(next, &cut->party, &cut->key)) {
        return tb_problem_refused(problem, cut->party.text, TB_REFUSED_KEY_REVOKED);
    }
    tb_cut *cuts = tb_arena_array(arena, next->cut_count + 1, sizeof(*cuts));
    if (cuts == NULL || next->cut_count == TB_CUTS_MAX) {
        return tb_problem_refused(problem, "directory", TB_REFUSED_TOO_LARGE);
    }

    if (next->cut_count > 0) {
        memcpy(cuts, next->cuts, next->cut_count * sizeof(*cuts));
    }
    cuts[next->cut_count] = *cut;
    next->cuts = cuts;
    next->cut_count++;
    return true;
}
