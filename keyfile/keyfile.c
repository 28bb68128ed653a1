/* keyfile - see keyfile.h. */
#define _POSIX_C_SOURCE 200809L
#include "keyfile/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "keyfile/disk.h"

#define MAGIC          "tongbao-key 1\n"
#define FILE_BYTES_MAX 1024

bool tb_random_kernel(tb_random *out, tb_problem *problem)
{
    if (sodium_init() < 0) {
        return tb_problem_set(
            problem, "The cryptographic library does not start; check that /dev/urandom is there.",
            "密码库无法启动,请检查 /dev/urandom 是否可用。");
    }
    uint8_t seed[32];
    randombytes_buf(seed, sizeof(seed));
    tb_random_seed(out, seed);
    sodium_memzero(seed, sizeof(seed));
    return true;
}

/* Guarded memory. Locking fails silently inside sodium_malloc, so it is asked for once more. */
static void *locked_memory(size_t size, bool *out_locked, tb_problem *problem)
{
    void *memory = sodium_init() < 0 ? NULL : sodium_malloc(size);
    if (memory == NULL) {
        tb_problem_set(problem,
                       "There is no memory for secret keys; raise the limits of this process.",
                       "没有可存放私钥的内存,请提高进程的内存限制。");
        return NULL;
    }
    *out_locked = sodium_mlock(memory, size) == 0;
    sodium_memzero(memory, size);
    return memory;
}

static bool start(const tb_party *party, tb_keyfile *out, tb_problem *problem)
{
    tb_keyfile made = {.party = *party,
                       .is_authority =
                           tb_bytes_equal(tb_party_bytes(party), tb_bytes_str(TB_AUTHORITY_PARTY))};
    made.secrets = locked_memory(sizeof(*made.secrets), &made.is_locked, problem);
    if (made.secrets == NULL) {
        return false;
    }
    *out = made;
    return true;
}

bool tb_keyfile_make(const tb_party *party, tb_random *random, tb_keyfile *out, tb_problem *problem)
{
    tb_keyfile made;
    if (!start(party, &made, problem)) {
        return false;
    }

    tb_sign_pair_make(&made.secrets->sign, random);
    if (!made.is_authority) {
        tb_seal_pair_make(&made.secrets->seal, random);
        tb_seal_pair_make(&made.secrets->transport, random);
    }
    *out = made;
    return true;
}

void tb_keyfile_wipe(tb_keyfile *keys)
{
    sodium_free(keys->secrets); /* overwrites, unlocks, accepts NULL */
    keys->secrets = NULL;
}

/* Of an Ed25519 secret the file keeps the seed, its first 32 bytes. */
static void
put_line(tb_text *text, const char *purpose, const tb_public_key *key, const uint8_t secret[32])
{
    tb_text_str(text, purpose);
    tb_text_char(text, ' ');
    tb_text_hex(text, tb_bytes_of(key->bytes, sizeof(key->bytes)));
    tb_text_char(text, ' ');
    tb_text_hex(text, tb_bytes_of(secret, 32));
    tb_text_char(text, '\n');
}

static tb_err put_file(const tb_keyfile *keys, uint8_t *buffer, tb_bytes *out)
{
    const tb_key_secrets *secrets = keys->secrets;
    tb_text text;
    tb_text_over(&text, buffer, FILE_BYTES_MAX);
    tb_text_str(&text, MAGIC "party ");
    tb_text_bytes(&text, tb_party_bytes(&keys->party));
    tb_text_char(&text, '\n');
    if (keys->is_authority) {
        put_line(&text, "authority", &secrets->sign.public_key, secrets->sign.secret);
    } else {
        put_line(&text, "sign", &secrets->sign.public_key, secrets->sign.secret);
        put_line(&text, "seal", &secrets->seal.public_key, secrets->seal.secret);
        put_line(&text, "transport", &secrets->transport.public_key, secrets->transport.secret);
    }
    return tb_text_done(&text, out);
}

bool tb_keyfile_write(const tb_keyfile *keys, const char *path, tb_problem *problem)
{
    bool locked = false;
    uint8_t *buffer = locked_memory(FILE_BYTES_MAX, &locked, problem);
    if (buffer == NULL) {
        return false;
    }

    tb_bytes content;
    tb_err err = put_file(keys, buffer, &content);
    TB_ASSERT(err == TB_OK);
    bool written = tb_disk_create(path, content, 0600, problem);
    sodium_free(buffer);
    return written;
}

/* What is left of a key file to be read. */
typedef struct cursor {
    const char *at;
    const char *end;
} cursor;

static bool take(cursor *c, const char *text)
{
    size_t size = strlen(text);
    if ((size_t)(c->end - c->at) < size || memcmp(c->at, text, size) != 0) {
        return false;
    }
    c->at += size;
    return true;
}

static bool take_hex(cursor *c, uint8_t out[32])
{
    if (c->end - c->at < 64 || !tb_hex_parse(tb_bytes_of(c->at, 64), out, 32)) {
        return false;
    }
    c->at += 64;
    return true;
}

static bool take_party(cursor *c, tb_party *out)
{
    const char *end = memchr(c->at, '\n', (size_t)(c->end - c->at));
    if (end == NULL || !tb_party_parse(tb_bytes_of(c->at, (size_t)(end - c->at)), out)) {
        return false;
    }
    c->at = end + 1;
    return true;
}

/* A public key that is not its secret's is a damaged file: it would be enrolled and never answer.
 */
static bool take_sign(cursor *c, const char *purpose, tb_sign_pair *out)
{
    uint8_t made[32];
    if (!take(c, purpose) || !take(c, " ") || !take_hex(c, out->public_key.bytes) ||
        !take(c, " ") || !take_hex(c, out->secret) || !take(c, "\n")) {
        return false;
    }
    memcpy(out->secret + 32, out->public_key.bytes, 32);
    uint8_t whole[64];
    crypto_sign_seed_keypair(made, whole, out->secret);
    sodium_memzero(whole, sizeof(whole));
    return memcmp(made, out->public_key.bytes, sizeof(made)) == 0;
}

static bool take_seal(cursor *c, const char *purpose, tb_seal_pair *out)
{
    uint8_t made[32];
    if (!take(c, purpose) || !take(c, " ") || !take_hex(c, out->public_key.bytes) ||
        !take(c, " ") || !take_hex(c, out->secret) || !take(c, "\n")) {
        return false;
    }
    crypto_scalarmult_base(made, out->secret);
    return memcmp(made, out->public_key.bytes, sizeof(made)) == 0;
}

static bool read_text(cursor c, const char *path, tb_keyfile *out, tb_problem *problem)
{
    tb_party party;
    if (!take(&c, MAGIC) || !take(&c, "party ") || !take_party(&c, &party)) {
        return tb_problem_set(problem, "%s is not a key file; make one with: tongbao key make.",
                              "%s 不是密钥文件;请用 tongbao key make 生成。", path);
    }
    tb_keyfile read;
    if (!start(&party, &read, problem)) {
        return false;
    }

    tb_key_secrets *secrets = read.secrets;
    bool whole = read.is_authority ? take_sign(&c, "authority", &secrets->sign)
                                   : take_sign(&c, "sign", &secrets->sign) &&
                                         take_seal(&c, "seal", &secrets->seal) &&
                                         take_seal(&c, "transport", &secrets->transport);
    if (!whole || c.at != c.end) {
        tb_keyfile_wipe(&read);
        return tb_problem_set(
            problem,
            "%s is damaged: its keys do not fit together; restore it from its backup, "
            "or make new keys and have them enrolled.",
            "%s 已损坏:公钥与私钥不符;请从备份恢复,或重新生成密钥并申请登记。", path);
    }
    *out = read;
    return true;
}

static bool check_rights(int fd, const char *path, size_t *out_size, tb_problem *problem)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return tb_problem_errno(problem, path, errno);
    }
    if (!S_ISREG(status.st_mode) || status.st_size > FILE_BYTES_MAX) {
        return tb_problem_set(problem, "%s is not a key file; make one with: tongbao key make.",
                              "%s 不是密钥文件;请用 tongbao key make 生成。", path);
    }
    if ((status.st_mode & 077) != 0) {
        return tb_problem_set(
            problem,
            "%s can be read by others, so its keys may be known to them; if they are "
            "certainly not, say: chmod 600 %s; otherwise make new keys.",
            "%s 可被其他用户读取,密钥可能已泄露;如确认未泄露,请执行 chmod 600 "
            "%s,否则请重新生成密钥。",
            path, path);
    }
    *out_size = (size_t)status.st_size;
    return true;
}

static bool read_open(int fd, const char *path, tb_keyfile *out, tb_problem *problem)
{
    size_t size = 0;
    if (!check_rights(fd, path, &size, problem)) {
        return false;
    }
    bool locked = false;
    char *buffer = locked_memory(FILE_BYTES_MAX, &locked, problem);
    if (buffer == NULL) {
        return false;
    }

    bool done = false;
    if (!tb_disk_read_all(fd, buffer, size)) {
        tb_problem_errno(problem, path, EIO);
    } else {
        done = read_text((cursor){buffer, buffer + size}, path, out, problem);
    }
    sodium_free(buffer);
    return done;
}

bool tb_keyfile_read(const char *path, tb_keyfile *out, tb_problem *problem)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return tb_problem_errno(problem, path, errno);
    }

    bool done = read_open(fd, path, out, problem);
    close(fd);
    return done;
}

bool tb_keyfile_looks_like(const char *path)
{
    char begin[sizeof(MAGIC) - 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return false;
    }

    bool alike =
        tb_disk_read_all(fd, begin, sizeof(begin)) && memcmp(begin, MAGIC, sizeof(begin)) == 0;
    close(fd);
    return alike;
}

tb_key_id tb_keyfile_sign_id(const tb_keyfile *keys)
{
    return tb_key_id_of(keys->is_authority ? TB_PURPOSE_AUTHORITY : TB_PURPOSE_SIGN,
                        &keys->secrets->sign.public_key);
}

tb_key_id tb_keyfile_seal_id(const tb_keyfile *keys)
{
    return tb_key_id_of(TB_PURPOSE_SEAL, &keys->secrets->seal.public_key);
}

tb_key_id tb_keyfile_transport_id(const tb_keyfile *keys)
{
    return tb_key_id_of(TB_PURPOSE_TRANSPORT, &keys->secrets->transport.public_key);
}

bool tb_keyfile_request(
    const tb_keyfile *keys, tb_time now, tb_arena *arena, tb_bytes *out, tb_problem *problem)
{
    if (keys->is_authority) {
        return tb_problem_set(problem,
                              "The authority's key is not enrolled; the first directory names it.",
                              "主管机关密钥无须登记,由首版名录载明。");
    }
    tb_key_request request = {.party = keys->party,
                              .sign = keys->secrets->sign.public_key,
                              .seal = keys->secrets->seal.public_key,
                              .transport = keys->secrets->transport.public_key,
                              .made = now};
    if (tb_key_request_sign(&request, &keys->secrets->sign, arena, out) != TB_OK) {
        return tb_problem_refused(problem, "request", TB_REFUSED_TOO_LARGE);
    }
    return true;
}
