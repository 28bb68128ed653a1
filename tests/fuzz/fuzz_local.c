/* Requests and answers of the local interface: what is accepted is encoded again and accepted. */
#include "messages/local.h"
#include "tests/fuzz/fuzz.h"

static void try_request(tb_bytes in, tb_arena *arena)
{
    tb_local_request request;
    tb_local_request again;
    tb_bytes encoded;
    if (tb_local_request_decode(in, arena, &request) == TB_ACCEPTED &&
        tb_local_request_encode(&request, arena, &encoded) == TB_OK) {
        FUZZ_CHECK(tb_local_request_decode(encoded, arena, &again) == TB_ACCEPTED);
        FUZZ_CHECK(again.kind == request.kind);
    }
}

static void try_answer(tb_bytes in, tb_arena *arena)
{
    static tb_local_answer answer;
    static tb_local_answer again;
    tb_bytes encoded;
    if (tb_local_answer_decode(in, arena, &answer) == TB_ACCEPTED &&
        tb_local_answer_encode(&answer, arena, &encoded) == TB_OK) {
        FUZZ_CHECK(tb_local_answer_decode(encoded, arena, &again) == TB_ACCEPTED);
        FUZZ_CHECK(again.kind == answer.kind);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && data[0] % 2 == 0) {
        try_request(tb_bytes_of(data + 1, size - 1), fuzz_arena());
    } else if (size > 0) {
        try_answer(tb_bytes_of(data + 1, size - 1), fuzz_arena());
    }
    return 0;
}
