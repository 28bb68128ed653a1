#include "agents/cli/account_key.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "agents/cli/say.h"
#include "keyfile/disk.h"
#include "keyfile/keyfile.h"

#define FILE_BYTES_MAX 512
#define FORM           "tongbao-account 1\nname %64s\nkey %64s %128s\n"

static bool say_problem(const tb_problem *problem)
{
    tb_say_error("%s", tb_say_chinese() ? problem->zh : problem->en);
    return false;
}

bool tb_account_key_make(const char *path, const char *name, tb_account_key *out)
{
    tb_problem problem;
    tb_random random;
    char public_hex[65];
    char secret_hex[129];
    char text[FILE_BYTES_MAX];
    if (strlen(name) > TB_ACCOUNT_BYTES_MAX) {
        tb_say_error(_("an account's name has at most %d bytes"), TB_ACCOUNT_BYTES_MAX);
        return false;
    }
    if (!tb_random_kernel(&random, &problem)) {
        return say_problem(&problem);
    }
    tb_account_key key = {.name = ""};
    memcpy(key.name, name, strlen(name) + 1);
    tb_sign_pair_make(&key.pair, &random);
    sodium_memzero(&random, sizeof random);
    tb_hex(key.pair.public_key.bytes, 32, public_hex);
    tb_hex(key.pair.secret, 64, secret_hex);
    int size = snprintf(text, sizeof text, "tongbao-account 1\nname %s\nkey %s %s\n", name,
                        public_hex, secret_hex);
    bool made = size > 0 && tb_disk_create(path, tb_bytes_of(text, (size_t)size), 0600, &problem);
    sodium_memzero(text, sizeof text);
    sodium_memzero(secret_hex, sizeof secret_hex);
    if (!made) {
        tb_account_key_wipe(&key);
        return say_problem(&problem);
    }
    *out = key;
    return true;
}

static bool parse(const char *text, tb_account_key *out)
{
    char name[TB_ACCOUNT_BYTES_MAX + 1];
    char public_hex[65];
    char secret_hex[129];
    _Static_assert(TB_ACCOUNT_BYTES_MAX == 64, "the form names it");
    bool good = sscanf(text, FORM, name, public_hex, secret_hex) == 3 &&
                tb_hex_parse(tb_bytes_str(public_hex), out->pair.public_key.bytes, 32) &&
                tb_hex_parse(tb_bytes_str(secret_hex), out->pair.secret, 64);
    memcpy(out->name, name, sizeof name);
    sodium_memzero(secret_hex, sizeof secret_hex);
    return good;
}

bool tb_account_key_read(const char *path, tb_account_key *out)
{
    struct stat about;
    char text[FILE_BYTES_MAX] = "";
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &about) != 0) {
        tb_say_error(_("the account key %s cannot be read: %s"), path, strerror(errno));
        if (file != NULL) {
            (void)fclose(file);
        }
        return false;
    }
    if ((about.st_mode & 077) != 0) {
        tb_say_error(
            _("others may read the account key %s; take that from them with: chmod 600 %s"), path,
            path);
        (void)fclose(file);
        return false;
    }
    (void)setvbuf(file, NULL, _IONBF, 0); /* no copy of the secret stays in a buffer */
    size_t size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[size] = '\0';
    bool good = parse(text, out);
    sodium_memzero(text, sizeof text);
    if (!good) {
        tb_say_error(_("%s is not an account key; make one with: tongbao account add NAME "
                       "--key-out FILE"),
                     path);
    }
    return good;
}

void tb_account_key_wipe(tb_account_key *key)
{
    sodium_memzero(key, sizeof *key);
}
