/* Memory that ends at every point of decoding: each stored seed of the fuzz targets is decoded with
 * arenas of growing size. What does not fit is refused, never half accepted, and from the size on
 * where it fits it stays accepted. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "messages/directory.h"
#include "messages/document.h"
#include "messages/event.h"
#include "messages/header.h"
#include "messages/link.h"
#include "messages/local.h"
#include "messages/parts.h"
#include "tests/test.h"

#define SEED_BYTES_MAX (64 * 1024)
#define ARENA_MAX      (256 * 1024)
#define STEP_BYTES     24

typedef tb_refusal decode_fn(tb_bytes in, tb_arena *arena);

static tb_refusal frame(tb_bytes in, tb_arena *arena)
{
    tb_frame out;
    return tb_frame_decode(in, arena, &out);
}

static tb_refusal header(tb_bytes in, tb_arena *arena)
{
    tb_header out;
    return tb_header_decode(in, arena, &out);
}

static tb_refusal event(tb_bytes in, tb_arena *arena)
{
    tb_event out;
    return tb_event_decode(in, arena, &out);
}

static tb_refusal fields(tb_bytes in, tb_arena *arena)
{
    tb_field *out;
    size_t count;
    return tb_group_fields_decode(in, arena, &out, &count);
}

static tb_refusal directory(tb_bytes in, tb_arena *arena)
{
    static tb_directory out;
    return tb_directory_decode(in, arena, &out);
}

static tb_refusal signed_line(tb_bytes in, tb_arena *arena)
{
    tb_signed_line out;
    return tb_signed_line_decode(in, arena, &out);
}

static tb_refusal document(tb_bytes in, tb_arena *arena)
{
    tb_document out;
    return tb_document_decode(in, arena, &out);
}

static tb_refusal group(tb_bytes in, tb_arena *arena)
{
    tb_group out;
    return tb_group_decode(in, arena, &out);
}

static tb_refusal request(tb_bytes in, tb_arena *arena)
{
    tb_local_request out;
    return tb_local_request_decode(in, arena, &out);
}

static tb_refusal answer(tb_bytes in, tb_arena *arena)
{
    static tb_local_answer out;
    return tb_local_answer_decode(in, arena, &out);
}

static size_t ends; /* points at which memory ended */

static void with_growing_memory(decode_fn *decode, tb_bytes in)
{
    static uint8_t block[ARENA_MAX];
    tb_arena arena;
    tb_arena_init(&arena, block, sizeof block);
    if (decode(in, &arena) != TB_ACCEPTED) {
        return;
    }
    bool accepted = false;
    for (size_t size = 0; size <= arena.used + STEP_BYTES; size += STEP_BYTES) {
        /* On the heap, so that one byte too far is seen. */
        uint8_t *exact = malloc(size + 1);
        assert_non_null(exact);
        tb_arena small;
        tb_arena_init(&small, exact, size);
        bool now = decode(in, &small) == TB_ACCEPTED;
        free(exact);
        assert_false(accepted && !now);
        accepted = now;
        ends += now ? 0 : 1;
    }
}

static size_t read_seed(const char *folder, const char *name, uint8_t bytes[SEED_BYTES_MAX])
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    size_t size = file == NULL ? 0 : fread(bytes, 1, SEED_BYTES_MAX, file);
    if (file != NULL) {
        (void)fclose(file);
    }
    return size;
}

/* choices: decoders by the byte in front; one decoder and no byte when count is 0. */
static void all_seeds(const char *target, decode_fn *const *choices, size_t count)
{
    static uint8_t bytes[SEED_BYTES_MAX];
    char folder[512];
    size_t seeds = 0;
    (void)snprintf(folder, sizeof folder, TB_SOURCE_DIR "/tests/fuzz/corpus/%s", target);
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t size = read_seed(folder, entry->d_name, bytes);
        if (count == 0) {
            with_growing_memory(choices[0], tb_bytes_of(bytes, size));
        } else if (size > 0 && bytes[0] < count && choices[bytes[0]] != NULL) {
            with_growing_memory(choices[bytes[0]], tb_bytes_of(bytes + 1, size - 1));
        }
        seeds += size > 0 ? 1 : 0;
    }
    (void)closedir(dir);
    assert_true(seeds > 5);
}

static void memory_may_end_anywhere_while_a_frame_is_decoded(void **state)
{
    (void)state;
    decode_fn *const one[] = {frame};
    ends = 0;
    all_seeds("frame", one, 0);
    assert_true(ends > 100);
}

static void memory_may_end_anywhere_while_a_signed_message_is_decoded(void **state)
{
    (void)state;
    decode_fn *const all[] = {header, NULL, event, fields, directory, signed_line, document};
    ends = 0;
    all_seeds("signed", all, 7);
    assert_true(ends > 100);
}

static void memory_may_end_anywhere_while_a_group_is_decoded(void **state)
{
    (void)state;
    decode_fn *const all[] = {NULL, NULL, NULL, NULL, NULL, NULL, group};
    ends = 0;
    all_seeds("parts", all, 7);
    assert_true(ends > 100);
}

static void memory_may_end_anywhere_while_a_local_message_is_decoded(void **state)
{
    (void)state;
    decode_fn *const all[] = {request, answer};
    ends = 0;
    all_seeds("local", all, 2);
    assert_true(ends > 20);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(memory_may_end_anywhere_while_a_frame_is_decoded),
    cmocka_unit_test(memory_may_end_anywhere_while_a_signed_message_is_decoded),
    cmocka_unit_test(memory_may_end_anywhere_while_a_group_is_decoded),
    cmocka_unit_test(memory_may_end_anywhere_while_a_local_message_is_decoded),
};

TB_RUN("resources/memory", tests)
