/* supervision - 督办: whom a party may call upon to report back. Whoever has a jurisdiction, those
 * within it that take part in the case; who has none, all of them; nobody himself. */
#include "agents/campaign/scene.h"

static bool takes_part(const tb_scene *scene, const tb_party *party)
{
    const tb_action *action = scene->action;
    for (unsigned i = 0; i < action->supervises_count; i++) {
        if (tb_position_holds(scene->before, scene->directory, action->supervises[i], party)) {
            return true;
        }
    }
    return false;
}

tb_refusal tb_scene_supervises(tb_scene *scene)
{
    if (scene->action->supervises_count == 0) {
        return TB_ACCEPTED;
    }
    tb_party party;
    tb_bytes named = tb_case_view_field(&scene->after, tb_bytes_str(TB_SUPERVISED));
    const tb_directory_party *of =
        tb_party_parse(named, &party) ? tb_directory_find(scene->directory, &party) : NULL;
    tb_bytes place = scene->actor->jurisdiction;
    bool may = of != NULL && !tb_party_equal(&party, &scene->actor->id) &&
               (place.size == 0 || tb_bytes_equal(of->jurisdiction, place)) &&
               takes_part(scene, &party);
    return may ? TB_ACCEPTED : tb_scene_object_text(scene, TB_REFUSED_NOT_SUPERVISED, named);
}
