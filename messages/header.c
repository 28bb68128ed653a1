#include "messages/header.h"

#include "messages/case.pb-c.h"
#include "messages/digest.h"
#include "messages/root.h"
#include "messages/wire.h"

typedef Tongbao__Wire__Header wire_header;
typedef Tongbao__Wire__Entry wire_entry;
typedef Tongbao__Wire__OldMark wire_old_mark;

/* What a decoded header keeps in the arena, with room to align each array. */
#define RESULT_BYTES_MAX                                                                           \
    (TB_ENTRIES_MAX * sizeof(tb_entry) + TB_OLD_MARKS_MAX * sizeof(tb_old_mark) + 64)

static bool read_fields(const wire_header *in, tb_header *out)
{
    out->has_old = in->old_incarnation.len > 0;
    if (in->kind < TB_NOTICE_CASEWORK || in->kind > TB_NOTICE_FILLER) {
        return false;
    }
    out->kind = (tb_notice_kind)in->kind;
    out->suite = in->suite;
    out->directory_version = in->directory_version;
    return tb_wire_fixed(in->hub, out->hub.bytes, TB_DIGEST_BYTES) &&
           tb_wire_party(in->sender, &out->sender) &&
           tb_wire_incarnation(in->incarnation, &out->incarnation) &&
           tb_wire_number(in->notice, &out->notice) && tb_wire_lane(in->lane, &out->lane) &&
           tb_wire_time(in->made_ms, &out->made) && tb_wire_time(in->expires_ms, &out->expires) &&
           in->directory_version > 0 &&
           tb_wire_fixed(in->directory_digest, out->directory_digest.bytes, TB_DIGEST_BYTES) &&
           tb_wire_fixed(in->signing_key, out->signing_key.bytes, sizeof out->signing_key) &&
           tb_wire_fixed(in->ephemeral, out->ephemeral.bytes, sizeof out->ephemeral) &&
           tb_wire_fixed(in->events_digest, out->events.bytes, TB_DIGEST_BYTES) &&
           tb_wire_fixed(in->body_digest, out->body.bytes, TB_DIGEST_BYTES) &&
           (!out->has_old || tb_wire_incarnation(in->old_incarnation, &out->old_incarnation));
}

static bool read_entry(const wire_entry *in, tb_entry *out)
{
    return tb_wire_party(in->recipient, &out->recipient) &&
           tb_wire_fixed(in->sealing_key, out->sealing_key.bytes, sizeof out->sealing_key) &&
           tb_wire_number(in->number, &out->number) &&
           tb_wire_fixed(in->previous, out->previous.bytes, TB_DIGEST_BYTES);
}

static bool ascending(const tb_entry *before, const tb_entry *entry)
{
    return memcmp(before->recipient.text, entry->recipient.text, TB_PARTY_BYTES) < 0;
}

static tb_refusal read_entries(const wire_header *in, tb_arena *arena, tb_header *out)
{
    if (in->n_entries == 0) {
        return TB_REFUSED_MALFORMED;
    }
    if (in->n_entries > TB_ENTRIES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    out->entry_count = in->n_entries;
    out->entries = tb_arena_array(arena, in->n_entries, sizeof *out->entries);
    if (out->entries == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_entries; i++) {
        if (!read_entry(in->entries[i], &out->entries[i]) ||
            (i > 0 && !ascending(&out->entries[i - 1], &out->entries[i]))) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_old_marks(const wire_header *in, tb_arena *arena, tb_header *out)
{
    if (in->n_old_marks > TB_OLD_MARKS_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    if (in->n_old_marks > 0 && !out->has_old) {
        return TB_REFUSED_MALFORMED;
    }

    out->old_mark_count = in->n_old_marks;
    out->old_marks = tb_arena_array(arena, in->n_old_marks, sizeof *out->old_marks);
    if (out->old_marks == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    for (size_t i = 0; i < in->n_old_marks; i++) {
        const wire_old_mark *mark = in->old_marks[i];
        tb_old_mark *old = &out->old_marks[i];
        if (!tb_wire_party(mark->recipient, &old->recipient) ||
            !tb_wire_lane(mark->lane, &old->lane) || !tb_wire_number(mark->number, &old->number) ||
            !tb_wire_fixed(mark->digest, old->digest.bytes, TB_DIGEST_BYTES)) {
            return TB_REFUSED_MALFORMED;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal read_header(tb_bytes in, bool again_too, tb_arena *arena, tb_header *out)
{
    tb_arena scratch = tb_wire_scratch(arena, RESULT_BYTES_MAX);
    ProtobufCMessage *message = NULL;
    tb_refusal refusal = tb_wire_unpack(&tongbao__wire__header__descriptor, in, &scratch, &message);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }

    const wire_header *wire = (const wire_header *)message;
    if (wire->suite != TB_SUITE_1) {
        return TB_REFUSED_SUITE;
    }
    if (!read_fields(wire, out)) {
        return TB_REFUSED_MALFORMED;
    }
    refusal = read_entries(wire, arena, out);
    if (refusal != TB_ACCEPTED) {
        return refusal;
    }
    refusal = read_old_marks(wire, arena, out);
    if (refusal != TB_ACCEPTED || !again_too) {
        return refusal;
    }

    tb_bytes again;
    tb_arena_reset(&scratch);
    if (tb_header_encode(out, &scratch, &again) != TB_OK) {
        return TB_REFUSED_TOO_LARGE;
    }
    return tb_bytes_equal(in, again) ? TB_ACCEPTED : TB_REFUSED_NOT_CANONICAL;
}

static tb_refusal decode(tb_bytes in, bool again_too, tb_arena *arena, tb_header *out)
{
    if (in.size > TB_HEADER_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t mark = tb_arena_mark(arena);
    tb_header header = {0};
    tb_refusal refusal = read_header(in, again_too, arena, &header);
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
        return refusal;
    }

    *out = header;
    return TB_ACCEPTED;
}

tb_refusal tb_header_decode(tb_bytes in, tb_arena *arena, tb_header *out)
{
    return decode(in, true, arena, out);
}

tb_refusal tb_header_reread(tb_bytes in, tb_arena *arena, tb_header *out)
{
    return decode(in, false, arena, out);
}

static bool write_entries(const tb_header *in, tb_arena *arena, wire_header *out)
{
    out->n_entries = in->entry_count;
    out->entries = tb_wire_messages(&tongbao__wire__entry__descriptor, in->entry_count, arena);
    if (out->entries == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->entry_count; i++) {
        const tb_entry *entry = &in->entries[i];
        wire_entry *wire = out->entries[i];
        TB_ASSERT(i == 0 || ascending(&in->entries[i - 1], entry));
        wire->recipient = tb_wire_of_party(&entry->recipient);
        wire->sealing_key = tb_wire_raw(entry->sealing_key.bytes, sizeof entry->sealing_key);
        wire->number = entry->number;
        wire->previous = tb_wire_raw(entry->previous.bytes, TB_DIGEST_BYTES);
    }
    return true;
}

static bool write_old_marks(const tb_header *in, tb_arena *arena, wire_header *out)
{
    TB_ASSERT(in->has_old || in->old_mark_count == 0);

    if (!in->has_old) {
        return true;
    }
    out->n_old_marks = in->old_mark_count;
    out->old_marks =
        tb_wire_messages(&tongbao__wire__old_mark__descriptor, in->old_mark_count, arena);
    if (out->old_marks == NULL) {
        return false;
    }

    for (size_t i = 0; i < in->old_mark_count; i++) {
        const tb_old_mark *old = &in->old_marks[i];
        wire_old_mark *wire = out->old_marks[i];
        wire->recipient = tb_wire_of_party(&old->recipient);
        wire->lane = (uint32_t)old->lane;
        wire->number = old->number;
        wire->digest = tb_wire_raw(old->digest.bytes, TB_DIGEST_BYTES);
    }
    return tb_wire_of_incarnation(&in->old_incarnation, arena, &out->old_incarnation);
}

tb_err tb_header_encode(const tb_header *header, tb_arena *arena, tb_bytes *out)
{
    TB_ASSERT(header->entry_count > 0 && header->entry_count <= TB_ENTRIES_MAX);

    size_t mark = tb_arena_mark(arena);
    wire_header wire = TONGBAO__WIRE__HEADER__INIT;
    wire.suite = header->suite;
    wire.hub = tb_wire_raw(header->hub.bytes, TB_DIGEST_BYTES);
    wire.sender = tb_wire_of_party(&header->sender);
    wire.notice = header->notice;
    wire.lane = (uint32_t)header->lane;
    wire.kind = (uint32_t)header->kind;
    wire.made_ms = header->made;
    wire.expires_ms = header->expires;
    wire.directory_version = header->directory_version;
    wire.directory_digest = tb_wire_raw(header->directory_digest.bytes, TB_DIGEST_BYTES);
    wire.signing_key = tb_wire_raw(header->signing_key.bytes, sizeof header->signing_key);
    wire.ephemeral = tb_wire_raw(header->ephemeral.bytes, sizeof header->ephemeral);
    wire.events_digest = tb_wire_raw(header->events.bytes, TB_DIGEST_BYTES);
    wire.body_digest = tb_wire_raw(header->body.bytes, TB_DIGEST_BYTES);
    if (!tb_wire_of_incarnation(&header->incarnation, arena, &wire.incarnation) ||
        !write_entries(header, arena, &wire) || !write_old_marks(header, arena, &wire)) {
        tb_arena_release(arena, mark);
        return TB_ERR_LIMIT;
    }
    return tb_wire_pack_over(&wire.base, TB_HEADER_BYTES_MAX, arena, mark, out);
}

tb_digest tb_header_digest(tb_bytes encoded)
{
    return tb_digest_of("tongbao header", encoded);
}

const tb_entry *tb_header_entry(const tb_header *header, const tb_party *recipient)
{
    for (size_t i = 0; i < header->entry_count; i++) {
        if (tb_party_equal(&header->entries[i].recipient, recipient)) {
            return &header->entries[i];
        }
    }
    return NULL;
}
