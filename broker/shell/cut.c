/* cut - the hub's marks of everything a party sends, for when the party's own store is gone: what
 * the hub stored in order, and nothing that somebody may have signed since.
 *
 * Looks into the store beside a hub that runs. */
#include "broker/shell/hub.h"
#include "keyfile/cut_file.h"

#include <stdlib.h>

#define CUT_MEMORY_BYTES (8u * 1024 * 1024)

static int usage(const char *why)
{
    fprintf(stderr,
            "tongbao-broker: %s\n"
            "usage: tongbao-broker cut PARTY --store DIR\n",
            why);
    return TB_EXIT_USAGE;
}

static tb_err collect(tb_txn *txn, const tb_party *party, tb_cut_mark *marks, size_t *out_count)
{
    tb_stream stream;
    size_t count = 0;
    tb_err err = tb_hub_stream_from(txn, party, NULL, &stream);
    while (err == TB_OK) {
        size_t mark = tb_arena_mark(tb_txn_arena(txn));
        tb_hub_stream row;
        err = tb_hub_stream_get(txn, &stream, &row);
        if (err != TB_OK) {
            return err;
        }
        if (row.stored.number > 0 && count == TB_CUT_MARKS_MAX) {
            return TB_ERR_LIMIT;
        }
        if (row.stored.number > 0) {
            marks[count++] = (tb_cut_mark){stream.incarnation, stream.recipient, stream.lane,
                                           row.stored.number, row.stored.digest};
        }
        tb_arena_release(tb_txn_arena(txn), mark);
        tb_stream last = stream;
        err = tb_hub_stream_from(txn, party, &last, &stream);
    }
    *out_count = count;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static int print(tb_store *store, tb_arena *arena, const tb_party *party)
{
    tb_txn *txn = NULL;
    size_t count = 0;
    tb_cut_mark *marks = tb_arena_array(arena, TB_CUT_MARKS_MAX, sizeof *marks);
    tb_err err = marks == NULL ? TB_ERR_LIMIT : tb_store_begin_read(store, arena, &txn);
    if (err == TB_OK) {
        err = collect(txn, party, marks, &count);
        tb_store_abort(txn);
    }
    if (err != TB_OK) {
        fprintf(stderr, "tongbao-broker: the store cannot be read: %s\n", tb_err_text(err));
        return TB_EXIT_STORE;
    }
    if (count == 0) {
        fprintf(stderr, "tongbao-broker: the hub holds no mark of a stream of %s; if it never sent "
                "anything, its cut is an empty file\n",
                party->text);
        return TB_EXIT_DATA;
    }
    tb_cut_file_print(stdout, party, marks, count);
    return fflush(stdout) == 0 ? 0 : TB_EXIT_STORE;
}

int tb_hub_cut(int argc, char **argv)
{
    tb_party party;
    const char *path = NULL;
    const char *who = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--store") == 0 && i + 1 < argc) {
            path = argv[++i];
        } else if (argv[i][0] != '-' && who == NULL) {
            who = argv[i];
        } else {
            return usage("one party and the hub's store are wanted");
        }
    }
    if (who == NULL || path == NULL || !tb_party_parse(tb_bytes_str(who), &party)) {
        return usage("one party and the hub's store are wanted");
    }

    tb_store *store = NULL;
    tb_err err = tb_store_look(path, TB_STORE_BROKER, &store);
    if (err != TB_OK) {
        fprintf(stderr, "tongbao-broker: %s: %s\n", path, tb_err_text(err));
        return TB_EXIT_STORE;
    }
    void *memory = malloc(CUT_MEMORY_BYTES);
    int code = TB_EXIT_STORE;
    if (memory != NULL) {
        tb_arena arena;
        tb_arena_init(&arena, memory, CUT_MEMORY_BYTES);
        code = print(store, &arena, &party);
    }
    free(memory);
    tb_store_close(store);
    return code;
}
