/* adopt - headquarters adopts a default limit by a document, in the middle of a campaign: with the product's
 * own commands a new version is made, signed and installed at headquarters, and comes to everybody by the hub.
 */
#include <string.h>

#include "ops/exercise/disaster.h"
#include "ops/exercise/play.h"

static unsigned version_of[EX_PARTIES_MAX]; /* newest installed */

static void value_of(const ex_step *step, const char *id, char *out, size_t size)
{
    out[0] = 0;
    for (size_t i = 0; i < step->field_count; i++) {
        if (tb_bytes_equal(step->fields[i].id, tb_bytes_str(id))) {
            (void)snprintf(out, size, "%.*s", (int)step->fields[i].value.size, (const char *)step->fields[i].value.data);
        }
    }
}

static void take_version(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)tag;
    for (size_t i = 0; answer->kind == TB_ANSWER_CAMPAIGNS && i < answer->campaigns.count; i++) {
        const tb_local_campaign_line *line = &answer->campaigns.lines[i];
        if (line->newest && tb_bytes_equal(line->id, tb_bytes_str(world->campaign->id))) {
            version_of[party - world->parties] = line->version;
        }
    }
}

/* Until every party that works has it: what begins from now on is judged by it everywhere. */
static void await_everywhere(ex_world *world, unsigned version)
{
    double until = ex_seconds() + EX_PATIENCE_S;
    for (size_t i = 0; i < world->party_count; i++) {
        ex_party *party = &world->parties[i];
        while (!party->away && !party->dead && version_of[i] < version) {
            if (ex_seconds() > until) {
                ex_fail("%s has not got version %u of the campaign", party->id.text, version);
            }
            tb_local_request request = {.kind = TB_REQUEST_LIST_CAMPAIGNS};
            ex_ask(world, party, &request, take_version, 0);
            while (ex_talk_waiting_for(party) > 0) {
                ex_round(world, 20);
            }
        }
    }
}

static const char *duty_title(const ex_world *world, const char *of, const char *duty)
{
    const tb_case_type *type = tb_campaign_case_type(world->campaign, tb_bytes_str(of));
    for (unsigned i = 0; type != NULL && i < type->duty_count; i++) {
        if (strcmp(type->duties[i].id, duty) == 0) {
            return type->duties[i].title.zh;
        }
    }
    return duty;
}

static void write_output(const char *path)
{
    FILE *f = fopen(path, "w");
    size_t size = strlen(ex_output);
    if (f == NULL || fwrite(ex_output, 1, size, f) != size || fclose(f) != 0) {
        ex_fail("cannot write %s", path);
    }
}

void ex_adopt(ex_world *world, const ex_step *step)
{
    static unsigned version = 1;
    char of[32], number[128], from[16], socket[EX_PATH];
    char before[EX_PATH * 2], after[EX_PATH * 2], authority[EX_PATH * 2], directory[EX_PATH * 2], document[EX_PATH * 2];
    value_of(step, "of", of, sizeof of);
    value_of(step, "duty", world->adopted_duty, sizeof world->adopted_duty);
    value_of(step, "document_no", number, sizeof number);
    value_of(step, "from", from, sizeof from);
    if (version == 1) {
        (void)snprintf(before, sizeof before, "%s/ops/campaigns/%s.yaml", world->options.source, world->options.campaign);
    } else {
        (void)snprintf(before, sizeof before, "%s/%s-%u.yaml", world->hub_dir, world->options.campaign, version);
    }
    version++;
    (void)snprintf(after, sizeof after, "%s/%s-%u.yaml", world->hub_dir, world->options.campaign, version);
    (void)snprintf(document, sizeof document, "%s/documents/%s-%u.doc", world->hub_dir, world->options.campaign, version);
    (void)snprintf(authority, sizeof authority, "%s/keys/authority.key", world->hub_dir);
    (void)snprintf(directory, sizeof directory, "%s/directory", world->hub_dir);
    ex_socket_of(world, step->party, socket);
    ex_done(world, ex_command(world, NULL, "tongbao", "campaign", "adopt", before, of, world->adopted_duty, "--document-no", number,
                              "--from", from, NULL));
    write_output(after);
    ex_done(world, ex_command(world, NULL, "tongbao", "campaign", "publish", after, "--authority", authority, "--dir", directory,
                              "--out", document, NULL));
    ex_done(world, ex_command(world, NULL, "tongbao", "--socket", socket, "--as", "clerk", "document", "install", document, NULL));
    await_everywhere(world, version);
    world->adopted_at = step->at;
    if (!world->options.quiet) {
        char when[TB_TIME_TEXT];
        tb_time_print(step->at, when);
        (void)printf("  %.16s  %s  以%s采用应办事项“%s”的时限，自%s起计入评估；专项行动第%u版已到各单位\n", when, step->party->name_zh, number,
                     duty_title(world, of, world->adopted_duty), from, version);
    }
}
