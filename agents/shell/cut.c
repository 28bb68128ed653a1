/* cut - the cut of a party out of its store, when its keys are gone and its agent cannot start. */
#include "agents/shell/shell.h"

#include <stdio.h>
#include <string.h>

#include "agents/own_cut.h"
#include "agents/rows_link.h"
#include "keyfile/cut_file.h"

#define CUT_MEMORY_BYTES (32u * 1024 * 1024)
#define EXIT_BAD_LINE    2

static int fail(const char *path, const char *why)
{
    fprintf(stderr, "tongbao-agent: %s: %s\n", path, why);
    return 1;
}

static tb_err read_party(tb_txn *txn, tb_party *out)
{
    tb_bytes kept;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str("party"), &kept);
    if (err == TB_OK && kept.size != TB_PARTY_BYTES) {
        err = TB_ERR_CORRUPT;
    }
    if (err == TB_OK) {
        memcpy(out->text, kept.data, TB_PARTY_BYTES);
    }
    return err;
}

static int print(tb_store *store, const char *path)
{
    static tb_agent agent;
    tb_arena arena;
    tb_txn *txn = NULL;
    tb_local_answer answer = {.code = TB_ACCEPTED};
    if (!tb_block_map(CUT_MEMORY_BYTES, &arena)) {
        return fail(path, "no memory");
    }
    tb_err err = tb_store_begin_read(store, &arena, &txn);
    if (err == TB_OK) {
        err = read_party(txn, &agent.self);
        if (err == TB_OK) {
            err = tb_own_cut(&agent, txn, &answer);
        }
        tb_store_abort(txn);
    }
    int code = 0;
    if (err != TB_OK) {
        code = fail(path, tb_err_text(err));
    } else if (answer.code != TB_ACCEPTED) {
        code = fail(path, tb_refusal_en(answer.code));
    } else {
        tb_cut_file_print(stdout, &agent.self, answer.cut.marks, answer.cut.count);
    }
    tb_block_unmap(&arena);
    return code;
}

int tb_shell_cut(int argc, char **argv)
{
    tb_store *store = NULL;
    if (argc != 3 || strcmp(argv[1], "--store") != 0) {
        fprintf(stderr, "usage: tongbao-agent cut --store DIR\n");
        return EXIT_BAD_LINE;
    }
    tb_err err = tb_store_look(argv[2], TB_STORE_AGENT, &store);
    if (err != TB_OK) {
        return fail(argv[2], tb_err_text(err));
    }
    int code = print(store, argv[2]);
    tb_store_close(store);
    return code;
}
