/* old_keys - key files this party has retired: their sealing secrets open what was sealed before,
 * and end when the logic says that nothing can need them any more (agents/old_keys.h). */
#include "agents/shell/shell.h"

#include <stdio.h>

#include "keyfile/disk.h"

/* Behind the current key and those before it. */
static void use(tb_shell *shell, size_t place)
{
    tb_agent_keys *keys = &shell->agent.keys;
    TB_ASSERT(keys->seal_count < TB_SEAL_KEYS_MAX);
    keys->seal[keys->seal_count] = &shell->old_keys[place].secrets->seal;
    keys->seal_id[keys->seal_count++] = tb_keyfile_seal_id(&shell->old_keys[place]);
}

bool tb_shell_old_keys(tb_shell *shell)
{
    const tb_agent_options *options = shell->options;
    for (size_t i = 0; i < options->old_key_count; i++) {
        const char *path = options->old_keys[i];
        tb_problem problem = {0};
        if (!tb_disk_exists(path)) {
            fprintf(stderr, "level=info event=old_key file=%s what=\"not there any more\"\n", path);
            continue;
        }
        tb_keyfile *old = &shell->old_keys[i];
        if (!tb_keyfile_read(path, old, &problem)) {
            fprintf(stderr,
                    "level=error event=start what=\"cannot use an old key file\" why=\"%s\"\n",
                    problem.en);
            return false;
        }
        if (old->is_authority || !tb_party_equal(&old->party, &options->party)) {
            fprintf(stderr,
                    "level=error event=start what=\"the old key file is another party's\" "
                    "which=%s\n",
                    path);
            return false;
        }
        use(shell, i);
    }
    return true;
}

/* The keys that are left, in their order. */
static void use_left(tb_shell *shell)
{
    shell->agent.keys.seal_count = 1;
    for (size_t i = 0; i < TB_OPTION_OLD_KEYS_MAX; i++) {
        if (shell->old_keys[i].secrets != NULL) {
            use(shell, i);
        }
    }
}

void tb_shell_destroy_key(tb_shell *shell, tb_bytes id)
{
    for (size_t i = 0; i < TB_OPTION_OLD_KEYS_MAX; i++) {
        tb_keyfile *old = &shell->old_keys[i];
        if (old->secrets == NULL) {
            continue;
        }
        tb_key_id held = tb_keyfile_seal_id(old);
        if (!tb_bytes_equal(id, tb_bytes_of(held.bytes, sizeof held.bytes))) {
            continue;
        }
        tb_problem problem = {0};
        tb_keyfile_wipe(old);
        if (!tb_disk_destroy(shell->options->old_keys[i], &problem)) {
            fprintf(stderr,
                    "level=error event=old_key what=\"remove the file by hand\" why=\"%s\"\n",
                    problem.en);
        }
    }
    use_left(shell);
}

void tb_shell_old_keys_wipe(tb_shell *shell)
{
    for (size_t i = 0; i < TB_OPTION_OLD_KEYS_MAX; i++) {
        tb_keyfile_wipe(&shell->old_keys[i]);
    }
}
