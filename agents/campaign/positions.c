/* positions - who stands where in a case, from its opener, its open fields and the directory alone.
 */
#include "agents/campaign/lookup.h"

bool tb_names_hold(const char *const *names, unsigned count, tb_bytes name)
{
    for (unsigned i = 0; i < count; i++) {
        if (tb_bytes_equal(tb_bytes_str(names[i]), name)) {
            return true;
        }
    }
    return false;
}

tb_bytes tb_case_view_field(const tb_case_view *view, tb_bytes id)
{
    for (size_t i = 0; i < view->field_count; i++) {
        if (tb_bytes_equal(view->fields[i].id, id)) {
            return view->fields[i].value;
        }
    }
    return (tb_bytes){0};
}

uint32_t tb_case_view_count(const tb_case_view *view, const char *action)
{
    for (size_t i = 0; i < view->count_count; i++) {
        if (tb_bytes_equal(view->counts[i].action, tb_bytes_str(action))) {
            return view->counts[i].count;
        }
    }
    return 0;
}

bool tb_party_of_role(const tb_directory *directory,
                      const char *role,
                      const tb_bytes *jurisdiction,
                      tb_party *out)
{
    tb_bytes wanted = tb_bytes_str(role);
    const tb_directory_party *found = NULL;
    for (size_t i = 0; i < directory->party_count; i++) {
        const tb_directory_party *party = &directory->parties[i];
        bool fits = tb_bytes_equal(party->role, wanted) &&
                    (jurisdiction == NULL || tb_bytes_equal(party->jurisdiction, *jurisdiction));
        if (fits && party->state == TB_PARTY_ACTIVE) {
            *out = party->id;
            return true;
        }
        if (fits && found == NULL) {
            found = party;
        }
    }
    if (found == NULL) {
        return false;
    }
    *out = found->id;
    return true;
}

static bool opener_of_role(const tb_case_view *view,
                           const tb_directory *directory,
                           const char *role,
                           tb_party *out)
{
    const tb_directory_party *opener = tb_directory_find(directory, &view->opener);
    if (opener == NULL || (role != NULL && !tb_bytes_equal(opener->role, tb_bytes_str(role)))) {
        return false;
    }
    *out = opener->id;
    return true;
}

static bool last_actor_of(const tb_case_view *view, const char *action, tb_party *out)
{
    for (size_t i = 0; i < view->count_count; i++) {
        if (tb_bytes_equal(view->counts[i].action, tb_bytes_str(action))) {
            *out = view->counts[i].last_actor;
            return true;
        }
    }
    return false;
}

bool tb_position_party(const tb_case_view *view,
                       const tb_directory *directory,
                       const char *position,
                       tb_party *out)
{
    const tb_position *p = tb_case_type_position(view->type, tb_bytes_str(position));
    if (p == NULL) {
        return false;
    }
    tb_bytes value = {0};
    tb_party named;
    switch (p->kind) {
    case TB_POSITION_OPENER:
        return opener_of_role(view, directory, p->role, out);
    case TB_POSITION_ROLE_OF_FIELD:
        value = tb_case_view_field(view, tb_bytes_str(p->field));
        return value.size > 0 && tb_party_of_role(directory, p->role, &value, out);
    case TB_POSITION_FIELD:
        value = tb_case_view_field(view, tb_bytes_str(p->field));
        if (!tb_party_parse(value, &named) || tb_directory_find(directory, &named) == NULL) {
            return false;
        }
        *out = named;
        return true;
    case TB_POSITION_ROLE:
        return tb_party_of_role(directory, p->role, NULL, out);
    case TB_POSITION_ACTOR_OF:
        return last_actor_of(view, p->field, out);
    case TB_POSITION_EVERY:
        return false; /* many: position_every.c */
    case TB_POSITION_LOOKED_UP:
        return tb_lookup_parties(view, directory, p, out, 1) == 1;
    }
    TB_UNREACHABLE();
}

bool tb_may_read(const tb_case_view *view,
                 const tb_directory *directory,
                 tb_bytes group,
                 const tb_party *party)
{
    const tb_field_group *g = tb_case_type_group(view->type, group);
    for (unsigned i = 0; g != NULL && i < g->reader_count; i++) {
        if (tb_position_holds(view, directory, g->readers[i], party)) {
            return true;
        }
    }
    return false;
}
