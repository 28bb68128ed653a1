/* position_every - positions of many parties: every party of a role, nation-wide or of the place an
 * open field names, and all that a look-up names. Who they are follows from the directory an event names, so a party that is
 * enrolled later stands there from then on.
 */
#include "agents/campaign/lookup.h"
#include "agents/campaign/scene.h"

/* A look-up that names more: the first. */
#define LOOKED_UP_MAX 16

static bool
stands_in(const tb_case_view *view, const tb_position *position, const tb_directory_party *party)
{
    if (!tb_bytes_equal(party->role, tb_bytes_str(position->role))) {
        return false;
    }
    if (position->field == NULL || position->kind == TB_POSITION_ROLE) {
        return true;
    }
    tb_bytes place = tb_case_view_field(view, tb_bytes_str(position->field));
    return place.size > 0 && tb_bytes_equal(party->jurisdiction, place);
}

static bool is_many(const tb_position *position)
{
    return position != NULL && position->kind == TB_POSITION_EVERY && position->role != NULL;
}

bool tb_position_many(const tb_case_type *type, const char *position)
{
    return is_many(tb_case_type_position(type, tb_bytes_str(position)));
}

/* Of a role, nation-wide or in one place: whose own entry does not say so need not be looked for
 * among all parties. */
static bool is_of_role(const tb_position *position)
{
    return is_many(position) || position->kind == TB_POSITION_ROLE ||
           position->kind == TB_POSITION_ROLE_OF_FIELD;
}

bool tb_position_stands(const tb_case_view *view,
                        const tb_directory *directory,
                        const tb_position *p,
                        const tb_party *party)
{
    if (is_of_role(p)) {
        const tb_directory_party *found = tb_directory_find(directory, party);
        bool fits = found != NULL && stands_in(view, p, found);
        if (!fits || is_many(p)) {
            return fits;
        }
    }
    tb_party list[LOOKED_UP_MAX];
    size_t count = p->kind == TB_POSITION_LOOKED_UP
                       ? tb_lookup_parties(view, directory, p, list, LOOKED_UP_MAX)
                       : tb_position_party(view, directory, p->id, list);
    for (size_t i = 0; i < count; i++) {
        if (tb_party_equal(&list[i], party)) {
            return true;
        }
    }
    return false;
}

bool tb_position_holds(const tb_case_view *view,
                       const tb_directory *directory,
                       const char *position,
                       const tb_party *party)
{
    const tb_position *p = tb_case_type_position(view->type, tb_bytes_str(position));
    return p != NULL && tb_position_stands(view, directory, p, party);
}

bool tb_position_next(const tb_case_view *view,
                      const tb_directory *directory,
                      const char *position,
                      size_t *at,
                      tb_party *out)
{
    const tb_position *p = tb_case_type_position(view->type, tb_bytes_str(position));
    if (p != NULL && p->kind == TB_POSITION_LOOKED_UP) {
        tb_party list[LOOKED_UP_MAX];
        size_t count = tb_lookup_parties(view, directory, p, list, LOOKED_UP_MAX);
        if (*at >= count) {
            return false;
        }
        *out = list[(*at)++];
        return true;
    }
    if (!is_many(p)) {
        return (*at)++ == 0 && tb_position_party(view, directory, position, out);
    }
    while (*at < directory->party_count) {
        const tb_directory_party *party = &directory->parties[(*at)++];
        if (stands_in(view, p, party)) {
            *out = party->id;
            return true;
        }
    }
    return false;
}
