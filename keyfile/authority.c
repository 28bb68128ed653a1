/* authority - the folder: opening it, the first version, publishing the next, signing documents. */
#include "keyfile/authority.h"

#include <stdio.h>
#include <stdlib.h>

#include "keyfile/disk.h"

/* A directory of the largest size, its document and what decoding needs beside. */
#define BLOCK_BYTES (16u * 1024 * 1024)

static void version_path(const char *folder, uint32_t version, char out[TB_AUTHORITY_PATH])
{
    snprintf(out, TB_AUTHORITY_PATH, "%s/directory.%u.doc", folder, (unsigned)version);
}

void tb_authority_path(const tb_authority *authority, char out[TB_AUTHORITY_PATH])
{
    version_path(authority->folder, authority->directory.version, out);
}

static bool start(const char *folder, tb_authority *out, tb_problem *problem)
{
    memset(out, 0, sizeof(*out));
    if (strlen(folder) >= sizeof(out->folder)) {
        return tb_problem_set(problem, "%s: the path is too long; choose a shorter one.",
                              "%s:路径过长,请改用较短的路径。", folder);
    }
    strcpy(out->folder, folder);
    for (size_t i = 0; i < 2; i++) {
        out->blocks[i] = malloc(BLOCK_BYTES);
        if (out->blocks[i] == NULL) {
            tb_authority_close(out);
            return tb_problem_set(problem, "There is not enough memory to read the directory.",
                                  "内存不足,无法读取名录。");
        }
        tb_arena_init(&out->arenas[i], out->blocks[i], BLOCK_BYTES);
    }
    return true;
}

void tb_authority_close(tb_authority *authority)
{
    free(authority->blocks[0]);
    free(authority->blocks[1]);
    memset(authority, 0, sizeof(*authority));
}

/* One version as it is read, not yet held against the one before. */
typedef struct version {
    tb_bytes encoded;
    tb_document document;
    tb_directory directory;
} version;

static tb_refusal decode_version(tb_bytes encoded, uint32_t number, tb_arena *arena, version *out)
{
    out->encoded = encoded;
    tb_refusal refusal = tb_document_decode(encoded, arena, &out->document);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    if (out->document.kind != TB_DOCUMENT_DIRECTORY || out->document.version != number) {
        return TB_REFUSED_MALFORMED;
    }
    return tb_directory_decode(out->document.content, arena, &out->directory);
}

/* Takes a version that follows the newest (or is the first) into the other half of the memory. */
static tb_refusal take(tb_authority *authority, tb_bytes encoded, uint32_t number, bool first)
{
    size_t other = 1 - authority->newest;
    tb_arena *arena = &authority->arenas[other];
    version read;
    tb_refusal refusal = decode_version(encoded, number, arena, &read);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    refusal =
        tb_directory_accept(first ? NULL : &authority->directory, &read.directory, &read.document);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    authority->newest = other;
    authority->directory = read.directory;
    authority->document = read.document;
    authority->encoded = read.encoded;
    return TB_ACCEPTED;
}

static bool load(tb_authority *authority, const char *path, uint32_t number, tb_problem *problem)
{
    tb_arena *arena = &authority->arenas[1 - authority->newest];
    tb_arena_reset(arena);
    tb_bytes encoded;
    if (!tb_disk_read(path, TB_DOCUMENT_BYTES_MAX + 1024, arena, &encoded, problem)) {
        return false;
    }

    tb_refusal refusal = take(authority, encoded, number, number == 1);
    return refusal == TB_ACCEPTED || tb_problem_refused(problem, path, refusal);
}

bool tb_authority_open(const char *folder, tb_authority *out, tb_problem *problem)
{
    char path[TB_AUTHORITY_PATH];
    tb_authority opened;
    if (!start(folder, &opened, problem)) {
        return false;
    }

    uint32_t number = 1;
    for (version_path(folder, number, path); tb_disk_exists(path);
         version_path(folder, ++number, path)) {
        if (!load(&opened, path, number, problem)) {
            tb_authority_close(&opened);
            return false;
        }
    }
    if (number == 1) {
        tb_authority_close(&opened);
        return tb_problem_set(problem,
                              "%s holds no directory; make one with: tongbao directory init.",
                              "%s 中没有单位名录;请用 tongbao directory init 建立。", folder);
    }
    *out = opened;
    return true;
}

/* Says which key signs before the signature would merely fail to verify. */
static bool check_signer(const tb_directory *current,
                         const tb_directory_key *named,
                         const tb_keyfile *keys,
                         tb_problem *problem)
{
    if (!keys->is_authority) {
        return tb_problem_set(
            problem,
            "The key file is of party %s, not the authority's; name the authority's "
            "key file with --authority.",
            "该密钥文件属于 %s,不是主管机关密钥;请用 --authority 指定主管机关密钥文件。",
            keys->party.text);
    }
    tb_key_id own = tb_keyfile_sign_id(keys);
    if (!tb_key_id_equal(&own, &named->id)) {
        return tb_problem_set(
            problem,
            "This authority key is not the one that directory version %u names; use that one.",
            "此主管机关密钥不是名录第 %u 版所载的密钥,请使用该密钥。", (unsigned)current->version);
    }
    return true;
}

/* A directory as an encoded, signed document. */
static bool sign_directory(const tb_directory *directory,
                           const tb_keyfile *keys,
                           tb_arena *arena,
                           tb_bytes *out,
                           tb_problem *problem)
{
    tb_document document = {.kind = TB_DOCUMENT_DIRECTORY,
                            .name = tb_bytes_str("directory"),
                            .version = directory->version,
                            .signer_key = tb_keyfile_sign_id(keys)};
    if (tb_directory_encode(directory, arena, &document.content) != TB_OK) {
        return tb_problem_refused(problem, "directory", TB_REFUSED_TOO_LARGE);
    }
    tb_document_sign(&document, &directory->hub, &keys->secrets->sign);
    if (tb_document_encode(&document, arena, out) != TB_OK) {
        return tb_problem_refused(problem, "directory", TB_REFUSED_TOO_LARGE);
    }
    return true;
}

/* Nothing is written that would not be read: the version is taken as any party would take it. */
static bool add_version(tb_authority *authority,
                        const tb_directory *next,
                        const tb_keyfile *keys,
                        tb_arena *arena,
                        tb_problem *problem)
{
    tb_bytes made;
    tb_bytes encoded;
    if (!sign_directory(next, keys, arena, &made, problem)) {
        return false;
    }
    tb_arena *other = &authority->arenas[1 - authority->newest];
    tb_arena_reset(other);
    if (tb_arena_copy(other, made, &encoded) != TB_OK) {
        return tb_problem_refused(problem, "directory", TB_REFUSED_TOO_LARGE);
    }
    tb_refusal refusal = take(authority, encoded, next->version, next->version == 1);
    if (refusal != TB_ACCEPTED) {
        return tb_problem_refused(problem, "directory", refusal);
    }

    char path[TB_AUTHORITY_PATH];
    version_path(authority->folder, next->version, path);
    return tb_disk_create(path, encoded, 0644, problem);
}

static tb_directory_key key_of(tb_purpose purpose, const tb_public_key *key, tb_time now)
{
    return (tb_directory_key){
        .purpose = purpose, .key = *key, .id = tb_key_id_of(purpose, key), .not_before = now};
}

bool tb_authority_init(const char *folder,
                       const tb_hub_plan *plan,
                       const tb_keyfile *keys,
                       tb_time now,
                       tb_arena *arena,
                       tb_problem *problem)
{
    tb_directory first = {.version = 1,
                          .exercise = plan->exercise,
                          .made = now,
                          .fresh_until = now + TB_FRESH_MS,
                          .authority =
                              key_of(TB_PURPOSE_AUTHORITY, &keys->secrets->sign.public_key, now),
                          .hub_keys = {key_of(TB_PURPOSE_SIGN, &plan->sign, now),
                                       key_of(TB_PURPOSE_TRANSPORT, &plan->transport, now)},
                          .has_spare = plan->has_spare,
                          .title_zh = plan->title_zh,
                          .title_en = plan->title_en};
    if (plan->has_spare) {
        first.spare.sign = key_of(TB_PURPOSE_SIGN, &plan->spare_sign, now);
        first.spare.transport = key_of(TB_PURPOSE_TRANSPORT, &plan->spare_transport, now);
    }

    tb_authority made;
    if (!check_signer(&first, &first.authority, keys, problem) ||
        !tb_disk_folder(folder, 0755, problem) || !start(folder, &made, problem)) {
        return false;
    }
    bool done = add_version(&made, &first, keys, arena, problem);
    tb_authority_close(&made);
    return done;
}

tb_directory tb_authority_next(const tb_authority *authority, tb_time now)
{
    tb_directory next = authority->directory;
    next.version++;
    next.predecessor = authority->directory.digest;
    next.made = now;
    next.fresh_until = now + TB_FRESH_MS;
    if (next.has_next_authority) {
        next.authority = next.next_authority;
        next.has_next_authority = false;
    }
    return next;
}

/* Whether a version of the folder lets the document count. Reads into the half of the memory that
 * no version in use has. */
static bool was_good(tb_authority *authority, const tb_document *document)
{
    tb_arena *arena = &authority->arenas[1 - authority->newest];
    tb_problem unread;
    bool good = tb_directory_accept_document(&authority->directory, document) == TB_ACCEPTED;
    for (uint32_t number = authority->directory.version - 1; !good && number > 0; number--) {
        char path[TB_AUTHORITY_PATH];
        tb_bytes encoded;
        version read;
        tb_arena_reset(arena);
        version_path(authority->folder, number, path);
        good = tb_disk_read(path, TB_DOCUMENT_BYTES_MAX + 1024, arena, &encoded, &unread) &&
               decode_version(encoded, number, arena, &read) == TB_ACCEPTED &&
               tb_directory_accept_document(&read.directory, document) == TB_ACCEPTED;
    }
    return good;
}

/* Puts one in its place; what is named already stays. */
static bool uphold(tb_directory *next, const tb_upheld_document *document, tb_problem *problem)
{
    size_t at = 0;
    int order = 1;
    while (at < next->upheld_count &&
           (order = tb_upheld_compare(&next->upheld[at], document)) < 0) {
        at++;
    }
    if (at < next->upheld_count && order == 0) {
        return tb_digest_equal(&next->upheld[at].digest, &document->digest) ||
               tb_problem_set(problem,
                              "%.*s version %u is named already, with another content; one of the "
                              "two is not what was signed first.",
                              "%.*s 第 %u 版已续认,但内容不同;两份文件中有一份并非原先签署的文件。",
                              (int)document->name.size, (const char *)document->name.data,
                              (unsigned)document->version);
    }
    if (next->upheld_count == TB_UPHELD_MAX) {
        return tb_problem_refused(problem, "directory", TB_REFUSED_TOO_LARGE);
    }
    memmove(&next->upheld[at + 1], &next->upheld[at],
            (next->upheld_count - at) * sizeof(*next->upheld));
    next->upheld[at] = *document;
    next->upheld_count++;
    return true;
}

bool tb_authority_uphold(tb_authority *authority,
                         tb_directory *next,
                         const tb_document *documents,
                         size_t count,
                         tb_arena *arena,
                         tb_problem *problem)
{
    tb_upheld_document *list = tb_arena_array(arena, TB_UPHELD_MAX, sizeof(*list));
    if (list == NULL) {
        return tb_problem_refused(problem, "directory", TB_REFUSED_TOO_LARGE);
    }
    if (next->upheld_count > 0) {
        memcpy(list, next->upheld, next->upheld_count * sizeof(*list));
    }
    next->upheld = list;
    for (size_t i = 0; i < count; i++) {
        const tb_document *document = &documents[i];
        const tb_upheld_document named = {document->kind, document->name, document->version,
                                          tb_document_digest(document)};
        if (!was_good(authority, document)) {
            return tb_problem_set(
                problem,
                "%.*s version %u was never good on this hub: no version of the directory lets its "
                "signature count.",
                "%.*s 第 %u 版在本平台从未有效:名录各版均不认可其签名。", (int)document->name.size,
                (const char *)document->name.data, (unsigned)document->version);
        }
        if (!uphold(next, &named, problem)) {
            return false;
        }
    }
    return true;
}

bool tb_authority_replace(tb_directory *next, const tb_keyfile *successor, tb_problem *problem)
{
    if (!successor->is_authority) {
        return tb_problem_set(
            problem,
            "The key file is of party %s; make the next authority key with: tongbao key make "
            "--party authority.",
            "该密钥文件属于 %s;请用 tongbao key make --party authority 生成新的主管机关密钥。",
            successor->party.text);
    }
    next->has_next_authority = true;
    next->next_authority =
        key_of(TB_PURPOSE_AUTHORITY, &successor->secrets->sign.public_key, next->made);
    return true;
}

bool tb_authority_publish(tb_authority *authority,
                          const tb_directory *next,
                          const tb_keyfile *keys,
                          tb_arena *arena,
                          tb_problem *problem)
{
    const tb_directory *current = &authority->directory;
    const tb_directory_key *named =
        current->has_next_authority ? &current->next_authority : &current->authority;
    return check_signer(current, named, keys, problem) &&
           add_version(authority, next, keys, arena, problem);
}

bool tb_authority_sign(const tb_authority *authority,
                       const tb_keyfile *keys,
                       tb_document *document,
                       tb_arena *arena,
                       tb_bytes *out,
                       tb_problem *problem)
{
    /* A named successor signs the next directory; documents are judged by this one. */
    if (!check_signer(&authority->directory, &authority->directory.authority, keys, problem)) {
        return false;
    }
    document->signer_key = tb_keyfile_sign_id(keys);
    tb_document_sign(document, &authority->directory.hub, &keys->secrets->sign);
    tb_bytes encoded;
    if (tb_document_encode(document, arena, &encoded) != TB_OK) {
        return tb_problem_refused(problem, "document", TB_REFUSED_TOO_LARGE);
    }
    tb_document again;
    tb_refusal refusal = tb_document_decode(encoded, arena, &again);
    if (refusal == TB_ACCEPTED) {
        refusal = tb_directory_accept_document(&authority->directory, &again);
    }
    if (refusal != TB_ACCEPTED) {
        return tb_problem_refused(problem, "document", refusal);
    }
    *out = encoded;
    return true;
}
