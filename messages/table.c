#include "messages/table.h"

#include "base/limits.h"
#include "messages/directory.pb-c.h"
#include "messages/wire.h"

#define CITY_BYTES_MAX   64
#define NOTICE_BYTES_MAX 4096

tb_refusal tb_segment_table_decode(tb_bytes content, tb_arena *arena, tb_segment_table *out)
{
    if (content.size > TB_DOCUMENT_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    ProtobufCMessage *message = NULL;
    tb_refusal refused =
        tb_wire_unpack(&tongbao__wire__segment_table__descriptor, content, arena, &message);
    if (refused != TB_ACCEPTED) {
        return refused;
    }
    const Tongbao__Wire__SegmentTable *wire = (const Tongbao__Wire__SegmentTable *)message;

    tb_bytes *cities = tb_arena_array(arena, wire->n_cities, sizeof *cities);
    if (cities == NULL && wire->n_cities > 0) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < wire->n_cities; i++) {
        if (!tb_wire_text(wire->cities[i], CITY_BYTES_MAX, &cities[i])) {
            return TB_REFUSED_MALFORMED;
        }
    }
    tb_segment_table table = {
        .version = wire->version, .cities = cities, .city_count = wire->n_cities};
    if (!tb_wire_name(wire->name, &table.name) ||
        !tb_wire_blob(wire->runs, TB_DOCUMENT_BYTES_MAX, &table.runs) ||
        !tb_wire_text(wire->notice, NOTICE_BYTES_MAX, &table.notice)) {
        return TB_REFUSED_MALFORMED;
    }

    *out = table;
    return TB_ACCEPTED;
}

tb_refusal tb_csv_table_decode(tb_bytes content, tb_arena *arena, tb_csv_table *out)
{
    if (content.size > TB_DOCUMENT_BYTES_MAX) {
        return TB_REFUSED_TOO_LARGE;
    }
    ProtobufCMessage *message = NULL;
    tb_refusal refused =
        tb_wire_unpack(&tongbao__wire__csv_table__descriptor, content, arena, &message);
    if (refused != TB_ACCEPTED) {
        return refused;
    }
    const Tongbao__Wire__CsvTable *wire = (const Tongbao__Wire__CsvTable *)message;

    tb_csv_table table = {.version = wire->version};
    if (!tb_wire_name(wire->name, &table.name) ||
        !tb_wire_blob(wire->csv, TB_DOCUMENT_BYTES_MAX, &table.csv) ||
        !tb_wire_text(wire->notice, NOTICE_BYTES_MAX, &table.notice)) {
        return TB_REFUSED_MALFORMED;
    }

    *out = table;
    return TB_ACCEPTED;
}

tb_err tb_segment_table_encode(const tb_segment_table *table, tb_arena *arena, tb_bytes *out)
{
    Tongbao__Wire__SegmentTable wire = TONGBAO__WIRE__SEGMENT_TABLE__INIT;
    wire.name = tb_wire_of(table->name);
    wire.version = table->version;
    wire.n_cities = table->city_count;
    wire.cities = tb_arena_array(arena, table->city_count + 1, sizeof *wire.cities);
    if (wire.cities == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < table->city_count; i++) {
        wire.cities[i] = tb_wire_of(table->cities[i]);
    }
    wire.runs = tb_wire_of(table->runs);
    wire.notice = tb_wire_of(table->notice);

    return tb_wire_pack(&wire.base, TB_DOCUMENT_BYTES_MAX, arena, out);
}

tb_err tb_csv_table_encode(const tb_csv_table *table, tb_arena *arena, tb_bytes *out)
{
    Tongbao__Wire__CsvTable wire = TONGBAO__WIRE__CSV_TABLE__INIT;
    wire.name = tb_wire_of(table->name);
    wire.version = table->version;
    wire.csv = tb_wire_of(table->csv);
    wire.notice = tb_wire_of(table->notice);

    return tb_wire_pack(&wire.base, TB_DOCUMENT_BYTES_MAX, arena, out);
}
