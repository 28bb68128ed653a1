#include "tests/messages/bend.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "tests/test.h"

#define FIELDS_MAX  4096
#define ARENA_BYTES (16u * 1024 * 1024)
#define UNKNOWN     1000u
#define ROUNDS      2000
#define ROOM_STEP   24

/* A field as it stands on the wire: its number and all of its bytes, tag included. */
typedef struct piece {
    uint32_t number;
    tb_bytes whole;
    tb_bytes content; /* of a length-delimited field */
} piece;

typedef struct pieces {
    size_t count;
    piece list[FIELDS_MAX];
} pieces;

static uint8_t block[ARENA_BYTES];

tb_arena *bend_arena(void)
{
    static tb_arena arena;

    tb_arena_init(&arena, block, sizeof block);
    return &arena;
}

static uint64_t varint(tb_bytes in, size_t *at)
{
    uint64_t value = 0;
    unsigned shift = 0;

    for (;;) {
        assert_true(*at < in.size);
        uint8_t byte = in.data[(*at)++];
        value |= (uint64_t)(byte & 0x7F) << shift;
        shift += 7;
        if ((byte & 0x80) == 0) {
            return value;
        }
    }
}

static void take_apart(tb_bytes in, pieces *out)
{
    size_t at = 0;

    out->count = 0;
    while (at < in.size) {
        size_t start = at;
        uint64_t tag = varint(in, &at);
        piece *p = &out->list[out->count++];
        assert_true(out->count < FIELDS_MAX);
        p->number = (uint32_t)(tag >> 3);
        p->content = tb_bytes_of(NULL, 0);
        if ((tag & 7) == 0) {
            varint(in, &at);
        } else {
            assert_int_equal(tag & 7, 2);
            size_t size = (size_t)varint(in, &at);
            assert_true(size <= in.size - at);
            p->content = tb_bytes_of(in.data + at, size);
            at += size;
        }
        p->whole = tb_bytes_of(in.data + start, at - start);
    }
}

static tb_bytes put_together(const pieces *in, tb_arena *arena)
{
    size_t size = 0;
    for (size_t i = 0; i < in->count; i++) {
        size += in->list[i].whole.size;
    }
    uint8_t *bytes = tb_arena_alloc(arena, size);
    assert_non_null(bytes);

    size_t at = 0;
    for (size_t i = 0; i < in->count; i++) {
        memcpy(bytes + at, in->list[i].whole.data, in->list[i].whole.size);
        at += in->list[i].whole.size;
    }
    return tb_bytes_of(bytes, size);
}

static size_t put_varint(uint8_t *out, uint64_t value)
{
    size_t size = 0;

    while (value >= 0x80) {
        out[size++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    out[size++] = (uint8_t)value;
    return size;
}

static piece number_piece(uint32_t number, uint64_t value, bool long_form, tb_arena *arena)
{
    uint8_t *bytes = tb_arena_alloc(arena, 32);
    assert_non_null(bytes);
    size_t size = put_varint(bytes, (uint64_t)number << 3);
    size += put_varint(bytes + size, value);
    if (long_form) {
        bytes[size - 1] |= 0x80;
        bytes[size++] = 0;
    }
    piece made = {number, tb_bytes_of(bytes, size), tb_bytes_of(NULL, 0)};
    return made;
}

static piece bytes_piece(uint32_t number, tb_bytes content, tb_arena *arena)
{
    uint8_t *bytes = tb_arena_alloc(arena, content.size + 20);
    assert_non_null(bytes);
    size_t size = put_varint(bytes, (uint64_t)number << 3 | 2);
    size += put_varint(bytes + size, content.size);
    if (content.size > 0) {
        memcpy(bytes + size, content.data, content.size);
    }
    piece made = {number, tb_bytes_of(bytes, size + content.size), content};
    return made;
}

static piece filled_piece(uint32_t number, int fill, size_t size, tb_arena *arena)
{
    uint8_t *bytes = tb_arena_alloc(arena, size);
    assert_non_null(bytes);
    memset(bytes, fill, size);
    return bytes_piece(number, tb_bytes_of(bytes, size), arena);
}

static size_t find(const pieces *in, uint32_t number)
{
    for (size_t i = 0; i < in->count; i++) {
        if (in->list[i].number == number) {
            return i;
        }
    }
    return in->count;
}

static void insert(pieces *in, size_t at, piece made)
{
    assert_true(in->count < FIELDS_MAX && at <= in->count);
    memmove(&in->list[at + 1], &in->list[at], (in->count - at) * sizeof in->list[0]);
    in->list[at] = made;
    in->count++;
}

static void drop(pieces *in, size_t at)
{
    memmove(&in->list[at], &in->list[at + 1], (in->count - at - 1) * sizeof in->list[0]);
    in->count--;
}

/* In its place, or where the order of numbers puts it. */
static void put(pieces *in, piece made)
{
    size_t at = find(in, made.number);
    if (at < in->count) {
        in->list[at] = made;
        return;
    }
    for (at = 0; at < in->count && in->list[at].number < made.number; at++) {
    }
    insert(in, at, made);
}

static void repeat(pieces *in, uint32_t number, size_t times)
{
    size_t at = find(in, number);
    assert_true(at < in->count);
    size_t have = 0;
    while (at + have < in->count && in->list[at + have].number == number) {
        have++;
    }
    for (; have < times; have++) {
        insert(in, at + have, in->list[at + have - 1]);
    }
}

static void swap(pieces *in, uint32_t number)
{
    size_t at = find(in, number);
    assert_true(at + 1 < in->count && in->list[at + 1].number == number);
    piece first = in->list[at];
    in->list[at] = in->list[at + 1];
    in->list[at + 1] = first;
}

static void bend_field(pieces *in, uint32_t field, const tb_bend *how, tb_arena *arena)
{
    size_t at = find(in, field);

    switch (how->op) {
    case BEND_NUMBER:
        put(in, number_piece(field, how->number, false, arena));
        break;
    case BEND_LONG:
        put(in, number_piece(field, how->number, true, arena));
        break;
    case BEND_TEXT:
        put(in, bytes_piece(field, tb_bytes_str(how->text), arena));
        break;
    case BEND_SIZE:
        put(in, filled_piece(field, 1, (size_t)how->number, arena));
        break;
    case BEND_ZEROS:
        put(in, filled_piece(field, 0, (size_t)how->number, arena));
        break;
    case BEND_DROP:
        assert_true(at < in->count);
        while ((at = find(in, field)) < in->count) {
            drop(in, at);
        }
        break;
    case BEND_AGAIN:
        while (find(in, field) < in->count && at + 1 < in->count &&
               in->list[at + 1].number == field) {
            at++;
        }
        assert_true(at < in->count);
        insert(in, at + 1, in->list[at]);
        break;
    case BEND_TIMES:
        repeat(in, field, (size_t)how->number);
        break;
    case BEND_SWAP:
        swap(in, field);
        break;
    case BEND_LAST:
        assert_true(at < in->count);
        insert(in, in->count, in->list[at]);
        drop(in, at);
        break;
    case BEND_UNKNOWN:
        insert(in, in->count, number_piece(UNKNOWN, 1, false, arena));
        break;
    }
}

static tb_bytes bend_at(tb_bytes message, const tb_bend *how, size_t depth, tb_arena *arena)
{
    pieces *in = tb_arena_alloc(arena, sizeof *in);
    assert_non_null(in);
    take_apart(message, in);

    bool deeper = depth + 1 < 4 && how->path[depth + 1] != 0;
    if (!deeper) {
        bend_field(in, how->path[depth], how, arena);
        return put_together(in, arena);
    }

    size_t at = find(in, how->path[depth]);
    assert_true(at < in->count);
    tb_bytes bent = bend_at(in->list[at].content, how, depth + 1, arena);
    in->list[at] = bytes_piece(how->path[depth], bent, arena);
    return put_together(in, arena);
}

tb_bytes bend(tb_bytes message, const tb_bend *how, tb_arena *arena)
{
    return bend_at(message, how, 0, arena);
}

/* Exactly as many bytes as the message has, so that reading beyond them is seen. */
static uint8_t *exact(tb_bytes message)
{
    uint8_t *copy = malloc(message.size > 0 ? message.size : 1);
    assert_non_null(copy);
    if (message.size > 0) {
        memcpy(copy, message.data, message.size);
    }
    return copy;
}

static tb_refusal run(tb_codec codec, tb_bytes message, tb_bytes *out_again)
{
    static uint8_t scratch[ARENA_BYTES];
    tb_arena arena;
    uint8_t *copy = exact(message);

    tb_arena_init(&arena, scratch, sizeof scratch);
    tb_refusal refusal = codec(tb_bytes_of(copy, message.size), &arena, out_again);
    free(copy);
    if (refusal != TB_ACCEPTED) {
        assert_int_equal(arena.used, 0);
    }
    return refusal;
}

/* Accepted means understood: it comes out again as it went in, or so that it stays what it is. */
static void check_sound(tb_codec codec, tb_bytes message, bool strict)
{
    tb_bytes again = {NULL, 0};
    if (run(codec, message, &again) != TB_ACCEPTED) {
        return;
    }
    if (strict) {
        assert_true(tb_bytes_equal(message, again));
        return;
    }

    uint8_t *kept = exact(again);
    tb_bytes first = tb_bytes_of(kept, again.size);
    tb_bytes second = {NULL, 0};
    assert_int_equal(run(codec, first, &second), TB_ACCEPTED);
    assert_true(tb_bytes_equal(first, second));
    free(kept);
}

void check_round_trip(tb_bytes message, tb_codec codec)
{
    tb_bytes again = {NULL, 0};

    assert_int_equal(run(codec, message, &again), TB_ACCEPTED);
    assert_true(tb_bytes_equal(message, again));
}

void check_refusals(tb_bytes message, const tb_bend *bends, size_t count, tb_codec codec)
{
    static uint8_t room[ARENA_BYTES];

    check_round_trip(message, codec);
    for (size_t i = 0; i < count; i++) {
        tb_arena arena;
        tb_bytes again = {NULL, 0};
        tb_arena_init(&arena, room, sizeof room);
        tb_refusal refusal = run(codec, bend(message, &bends[i], &arena), &again);
        if (refusal != bends[i].expect) {
            printf("%s: %s\n", bends[i].what, tb_refusal_key(refusal));
        }
        assert_int_equal(refusal, bends[i].expect);
    }
}

void check_truncated(tb_bytes message, tb_codec codec, bool strict)
{
    for (size_t size = 0; size < message.size; size++) {
        check_sound(codec, tb_bytes_of(message.data, size), strict);
    }
}

void check_flipped(tb_bytes message, tb_codec codec, bool strict)
{
    uint8_t *copy = exact(message);
    /* Of a long message every byte, but not every bit. */
    size_t step = message.size > 1024 ? 7 : 1;

    for (size_t bit = 0; bit < message.size * 8; bit += step) {
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        check_sound(codec, tb_bytes_of(copy, message.size), strict);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(copy);
}

/* ---- every field in turn ---- */

#define DEPTH_MAX  8
#define BEYOND     8 /* numbers behind the last one present: what is zero does not stand there */
#define LONG_BYTES 5000

/* A message, those around it, and the codec of the outermost. */
typedef struct each {
    pieces whole[DEPTH_MAX];
    size_t at[DEPTH_MAX]; /* the field of it that is looked into */
    size_t depth;
    pieces bent;
    tb_codec codec;
    bool strict;
} each;

static void copy(pieces *to, const pieces *from)
{
    to->count = from->count;
    memcpy(to->list, from->list, from->count * sizeof from->list[0]);
}

static bool is_message(tb_bytes in)
{
    size_t at = 0;
    while (at < in.size) {
        uint64_t head[2] = {0, 0}; /* tag; number or size */
        for (size_t i = 0; i < 2; i++) {
            unsigned shift = 0;
            do {
                if (at == in.size || shift > 63) {
                    return false;
                }
                head[i] |= (uint64_t)(in.data[at] & 0x7F) << shift;
                shift += 7;
            } while ((in.data[at++] & 0x80) != 0);
        }
        if ((head[0] & 7) != 0 && ((head[0] & 7) != 2 || head[1] > in.size - at)) {
            return false;
        }
        at += (head[0] & 7) == 2 ? (size_t)head[1] : 0;
    }
    return in.size > 0;
}

static void check_bent(each *e, tb_arena *arena)
{
    size_t mark = tb_arena_mark(arena);
    tb_bytes message = put_together(&e->bent, arena);
    for (size_t i = e->depth; i > 0; i--) {
        piece *field = &e->whole[i - 1].list[e->at[i - 1]];
        piece kept = *field;
        *field = bytes_piece(field->number, message, arena);
        message = put_together(&e->whole[i - 1], arena);
        *field = kept;
    }
    check_sound(e->codec, message, e->strict);
    tb_arena_release(arena, mark);
}

/* In the place of the field, or where it would stand. */
static void check_put(each *e, piece made, tb_arena *arena)
{
    copy(&e->bent, &e->whole[e->depth]);
    put(&e->bent, made);
    check_bent(e, arena);
}

static void bend_in_place(each *e, uint32_t number, tb_arena *arena)
{
    static const uint64_t numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 250, UINT32_MAX, INT64_MAX, UINT64_MAX};
    static const char *const texts[] = {"", "\x01", "\xff", "x", "a b"};
    const pieces *whole = &e->whole[e->depth];
    size_t at = find(whole, number);
    if (at < whole->count) {
        copy(&e->bent, whole);
        drop(&e->bent, at);
        check_bent(e, arena);
        copy(&e->bent, whole);
        insert(&e->bent, at, whole->list[at]);
        check_bent(e, arena);
    }
    size_t mark = tb_arena_mark(arena);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        check_put(e, number_piece(number, numbers[i], false, arena), arena);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        check_put(e, bytes_piece(number, tb_bytes_str(texts[i]), arena), arena);
    }
    check_put(e, filled_piece(number, 'a', LONG_BYTES, arena), arena);
    tb_arena_release(arena, mark);
}

static void bend_each(each *e, tb_bytes message, tb_arena *arena)
{
    pieces *whole = &e->whole[e->depth];
    uint32_t last = 0;
    take_apart(message, whole);
    for (size_t i = 0; i < whole->count; i++) {
        last = whole->list[i].number > last ? whole->list[i].number : last;
    }
    for (uint32_t number = 1; number <= last + BEYOND; number++) {
        if (e->depth > 0 || find(whole, number) < whole->count) {
            bend_in_place(e, number, arena);
        }
    }
    for (size_t i = 0; i < whole->count && e->depth + 1 < DEPTH_MAX; i++) {
        if (find(whole, whole->list[i].number) == i && is_message(whole->list[i].content)) {
            e->at[e->depth++] = i;
            bend_each(e, whole->list[i].content, arena);
            e->depth--;
        }
    }
}

void check_each_field(tb_bytes message, tb_codec codec, bool strict)
{
    static uint8_t room[ARENA_BYTES];
    static each e;
    tb_arena arena;
    e.codec = codec;
    e.strict = strict;
    e.depth = 0;
    tb_arena_init(&arena, room, sizeof room);
    bend_each(&e, message, &arena);
}

void check_room(tb_bytes message, tb_reading reading)
{
    static uint8_t room[ARENA_BYTES];
    tb_refusal refusal = TB_REFUSED_TOO_LARGE;
    for (size_t size = 0; refusal != TB_ACCEPTED; size += ROOM_STEP) {
        tb_arena arena;
        tb_arena_init(&arena, room, size);
        refusal = reading(message, &arena);
        assert_true(refusal == TB_ACCEPTED || arena.used == 0);
        assert_true(size < sizeof room);
    }
}

static void expect_bounded(tb_codec codec, uint8_t *message, size_t size)
{
    static uint8_t small[1024 * 1024];
    tb_arena arena;
    tb_bytes again;

    tb_arena_init(&arena, small, sizeof small);
    if (codec(tb_bytes_of(message, size), &arena, &again) != TB_ACCEPTED) {
        assert_int_equal(arena.used, 0);
    }
}

void check_hostile(tb_codec codec)
{
    enum {
        SIZE = 300 * 1024
    };
    static uint8_t message[SIZE];
    tb_random random;
    uint8_t seed[32] = {7};

    /* Every field number that fits one tag byte, as nothing but empty messages. */
    for (unsigned field = 1; field < 16; field++) {
        for (size_t i = 0; i + 1 < SIZE; i += 2) {
            message[i] = (uint8_t)(field << 3 | 2);
            message[i + 1] = 0;
        }
        expect_bounded(codec, message, SIZE);
    }
    /* Lengths of 4 GiB and varints that never end. */
    memset(message, 0xFF, SIZE);
    expect_bounded(codec, message, SIZE);
    message[0] = 1 << 3 | 2;
    expect_bounded(codec, message, SIZE);

    tb_random_seed(&random, seed);
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t size = 1 + round % 300;
        tb_random_bytes(&random, message, size);
        expect_bounded(codec, message, size);
    }
}
