/* Messages that are signed or hashed: what is accepted is canonical, so encoding it gives the bytes
 * back. The first byte chooses the message. */
#include "messages/directory.h"
#include "messages/document.h"
#include "messages/event.h"
#include "messages/header.h"
#include "messages/line.h"
#include "tests/fuzz/fuzz.h"

static void same(tb_err err, tb_bytes encoded, tb_bytes in)
{
    FUZZ_CHECK(err == TB_OK);
    FUZZ_CHECK(tb_bytes_equal(encoded, in));
}

static void try_header(tb_bytes in, tb_arena *arena)
{
    tb_header header;
    tb_bytes encoded = {NULL, 0};
    if (tb_header_decode(in, arena, &header) == TB_ACCEPTED) {
        tb_err err = tb_header_encode(&header, arena, &encoded);
        same(err, encoded, in);
    }
}

static void try_line(tb_bytes in, tb_arena *arena)
{
    tb_line line;
    tb_bytes encoded = {NULL, 0};
    if (tb_line_decode(in, &line) == TB_ACCEPTED) {
        tb_err err = tb_line_encode(&line, arena, &encoded);
        same(err, encoded, in);
    }
}

static void try_event(tb_bytes in, tb_arena *arena)
{
    tb_event event;
    tb_bytes encoded = {NULL, 0};
    if (tb_event_decode(in, arena, &event) == TB_ACCEPTED) {
        tb_err err = tb_event_encode(&event, arena, &encoded);
        same(err, encoded, in);
    }
}

static void try_fields(tb_bytes in, tb_arena *arena)
{
    tb_field *fields;
    size_t count;
    tb_bytes encoded = {NULL, 0};
    if (tb_group_fields_decode(in, arena, &fields, &count) == TB_ACCEPTED) {
        tb_err err = tb_group_fields_encode(fields, count, arena, &encoded);
        same(err, encoded, in);
    }
}

static void try_directory(tb_bytes in, tb_arena *arena)
{
    static tb_directory directory;
    tb_bytes encoded = {NULL, 0};
    if (tb_directory_decode(in, arena, &directory) == TB_ACCEPTED) {
        tb_err err = tb_directory_encode(&directory, arena, &encoded);
        same(err, encoded, in);
    }
}

/* Carried, not hashed: it need only mean the same. */
static void try_signed_line(tb_bytes in, tb_arena *arena)
{
    tb_signed_line line;
    tb_signed_line again;
    tb_bytes encoded;
    if (tb_signed_line_decode(in, arena, &line) == TB_ACCEPTED) {
        FUZZ_CHECK(tb_signed_line_encode(&line, arena, &encoded) == TB_OK);
        FUZZ_CHECK(tb_signed_line_decode(encoded, arena, &again) == TB_ACCEPTED);
        FUZZ_CHECK(tb_bytes_equal(again.encoded, line.encoded));
    }
}

static void try_document(tb_bytes in, tb_arena *arena)
{
    tb_document document;
    tb_document again;
    tb_bytes encoded;
    if (tb_document_decode(in, arena, &document) == TB_ACCEPTED &&
        tb_document_encode(&document, arena, &encoded) == TB_OK) {
        FUZZ_CHECK(tb_document_decode(encoded, arena, &again) == TB_ACCEPTED);
        FUZZ_CHECK(tb_bytes_equal(again.content, document.content));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    typedef void try_fn(tb_bytes in, tb_arena * arena);
    static try_fn *const all[] = {try_header,    try_line,        try_event,   try_fields,
                                  try_directory, try_signed_line, try_document};
    if (size > 0) {
        all[data[0] % (sizeof all / sizeof all[0])](tb_bytes_of(data + 1, size - 1), fuzz_arena());
    }
    return 0;
}
