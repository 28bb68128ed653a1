/* judge_opens - whether an act opens the other case its action may open. */
#include "agents/campaign/judge.h"
#include "agents/campaign/scene.h"

tb_err tb_judge_opens(const tb_case_view *view,
                      const tb_directory *directory,
                      const tb_party *actor,
                      const tb_ruling *ruling,
                      const tb_opens *opens,
                      const tb_local_knowledge *known,
                      tb_arena *arena,
                      bool *out)
{
    static const tb_local_knowledge nothing = {0};
    tb_scene scene = {.before = view,
                      .after = *view,
                      .directory = directory,
                      .actor = tb_directory_find(directory, actor),
                      .action = ruling->action,
                      .acting = true,
                      .known = known != NULL ? known : &nothing,
                      .arena = arena};
    tb_way way = {.when = opens->when};
    unsigned met = 0;
    if (scene.actor == NULL) {
        *out = false;
        return TB_OK;
    }
    scene.err = tb_scene_merge(&scene, ruling->open_fields, ruling->open_count);
    if (scene.err == TB_OK) {
        *out = tb_scene_way(&scene, &way, &met) == TB_YES;
    }
    return scene.err;
}
