/* check - walks every invariant of the hub's tables (store/schema.h) and says which do not hold. */
#include "base/text.h"
#include "broker/handlers.h"

#define FAULTS_MAX 256

typedef struct walk {
    tb_txn *txn;
    tb_arena *arena;
    tb_bytes *faults;
    size_t count;
    uint64_t places; /* met while walking the streams */
    uint64_t streams;
    uint64_t refused;
} walk;

static void fault(walk *w, const char *what, const tb_stream *stream, uint64_t number)
{
    if (w->count == FAULTS_MAX) {
        return;
    }

    tb_text text;
    tb_text_init(&text, w->arena, 192);
    tb_text_str(&text, what);
    if (stream != NULL) {
        tb_text_str(&text, " sender=");
        tb_text_bytes(&text, tb_party_bytes(&stream->sender));
        tb_text_str(&text, " recipient=");
        tb_text_bytes(&text, tb_party_bytes(&stream->recipient));
        tb_text_str(&text, " lane=");
        tb_text_u64(&text, (uint64_t)stream->lane);
        tb_text_str(&text, " number=");
        tb_text_u64(&text, number);
    }
    tb_bytes line;
    if (tb_text_done(&text, &line) == TB_OK) {
        w->faults[w->count++] = line;
    }
}

static tb_err check_place(walk *w, const tb_stream *stream, const tb_hub_place *place)
{
    tb_hub_group group;
    tb_err err = tb_hub_group_get(w->txn, &stream->recipient, stream->lane, place->seq, &group);
    if (err == TB_ERR_NOT_FOUND) {
        fault(w, "place without group", stream, place->from);
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    if (group.from != place->from || group.to != place->to || group.bytes != place->bytes ||
        !tb_party_equal(&group.sender, &stream->sender)) {
        fault(w, "place and group differ", stream, place->from);
    }
    for (size_t i = 0; i < place->shared_count; i++) {
        tb_notice_name name = {stream->sender, stream->incarnation, place->shared[i]};
        tb_bytes body;
        err = tb_hub_body_get(w->txn, &name, &body);
        if (err == TB_ERR_NOT_FOUND) {
            fault(w, "shared body is missing", stream, place->from);
        } else if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* Groups of a stream lie end to end up to the stored mark, unless that was taken over from a party.
 */
static tb_err check_places(walk *w, const tb_stream *stream, const tb_hub_stream *row)
{
    uint64_t last = 0;
    tb_hub_place place;
    tb_err err = tb_hub_place_at(w->txn, stream, 0, &place);
    while (err == TB_OK) {
        size_t mark = tb_arena_mark(w->arena);
        size_t faults = w->count;
        w->places++;
        bool gap = row->bases == 0 && place.from != last + 1;
        if (last != 0 && (gap || place.from <= last)) {
            fault(w, "numbers are missing between groups", stream, place.from);
        }
        if (place.to > row->stored.number) {
            fault(w, "group above the stored mark", stream, place.to);
        }
        err = check_place(w, stream, &place);
        if (err != TB_OK) {
            return err;
        }
        if (faults == w->count) {
            tb_arena_release(w->arena, mark);
        }
        last = place.to;
        err = tb_hub_place_at(w->txn, stream, last + 1, &place);
    }
    if (err == TB_ERR_NOT_FOUND && last != 0 && row->stored.line.size > 0 &&
        last != row->stored.number && row->arrived.number < row->stored.number) {
        fault(w, "the last group is not the stored mark", stream, last);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err check_refusals(walk *w, const tb_stream *stream, const tb_hub_stream *row)
{
    uint64_t found = 0;
    tb_hub_refused refused;
    tb_err err = tb_hub_refused_at(w->txn, stream, 0, &refused);
    while (err == TB_OK) {
        found++;
        err = tb_hub_refused_at(w->txn, stream, refused.number + 1, &refused);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    if (found != row->refused) {
        fault(w, "refusals are miscounted", stream, row->refused);
    }
    w->refused += found;
    return TB_OK;
}

static tb_err check_stream(walk *w, const tb_stream *stream)
{
    tb_hub_stream row;
    tb_err err = tb_hub_stream_get(w->txn, stream, &row);
    if (err == TB_ERR_NOT_FOUND) {
        fault(w, "recipient's index without stream", stream, 0);
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }

    w->streams++;
    err = check_places(w, stream, &row);
    if (err != TB_OK) {
        return err;
    }
    return check_refusals(w, stream, &row);
}

/* All streams there are, by their recipients. */
static tb_err check_streams(walk *w, const tb_directory *directory)
{
    for (size_t i = 0; i < directory->party_count; i++) {
        tb_stream stream;
        tb_err err = tb_hub_stream_to(w->txn, &directory->parties[i].id, NULL, &stream);
        while (err == TB_OK) {
            err = check_stream(w, &stream);
            if (err != TB_OK) {
                return err;
            }
            tb_stream last = stream;
            err = tb_hub_stream_to(w->txn, &directory->parties[i].id, &last, &stream);
        }
        if (err != TB_ERR_NOT_FOUND) {
            return err;
        }
    }
    return TB_OK;
}

/* Bytes kept for a pair are the sum over its groups. */
static tb_err
check_share(walk *w, const tb_party *sender, const tb_party *recipient, const tb_hub_share *share)
{
    uint64_t sum = 0;
    tb_stream stream;
    tb_err err = tb_hub_stream_from(w->txn, sender, NULL, &stream);
    while (err == TB_OK) {
        tb_hub_place place;
        err = tb_party_equal(&stream.recipient, recipient)
                  ? tb_hub_place_at(w->txn, &stream, 0, &place)
                  : TB_ERR_NOT_FOUND;
        while (err == TB_OK) {
            sum += place.bytes;
            err = tb_hub_place_at(w->txn, &stream, place.to + 1, &place);
        }
        if (err != TB_ERR_NOT_FOUND) {
            return err;
        }
        tb_stream last = stream;
        err = tb_hub_stream_from(w->txn, sender, &last, &stream);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    if (sum != share->bytes) {
        tb_stream pair;
        memset(&pair, 0, sizeof pair);
        pair.sender = *sender;
        pair.recipient = *recipient;
        fault(w, "a share is miscounted", &pair, share->bytes);
    }
    return TB_OK;
}

static tb_err check_shares(walk *w, const tb_directory *directory)
{
    for (size_t i = 0; i < directory->party_count; i++) {
        const tb_party *sender = &directory->parties[i].id;
        tb_party recipient;
        memset(&recipient, 0, sizeof recipient);
        tb_hub_share share;
        tb_err err = tb_hub_share_after(w->txn, sender, &recipient, &recipient, &share);
        while (err == TB_OK) {
            err = check_share(w, sender, &recipient, &share);
            if (err != TB_OK) {
                return err;
            }
            err = tb_hub_share_after(w->txn, sender, &recipient, &recipient, &share);
        }
        if (err != TB_ERR_NOT_FOUND) {
            return err;
        }
    }
    return TB_OK;
}

static void check_counts(walk *w)
{
    if (tb_store_rows(w->txn, TB_TABLE_HUB_GROUP) != w->places ||
        tb_store_rows(w->txn, TB_TABLE_HUB_PLACE) != w->places) {
        fault(w, "groups and places are not one to one", NULL, 0);
    }
    if (tb_store_rows(w->txn, TB_TABLE_HUB_STREAM) != w->streams ||
        tb_store_rows(w->txn, TB_TABLE_HUB_STREAM_TO) != w->streams) {
        fault(w, "streams and recipients' indexes are not one to one", NULL, 0);
    }
    if (tb_store_rows(w->txn, TB_TABLE_HUB_BODY) != tb_store_rows(w->txn, TB_TABLE_HUB_BODY_USE)) {
        fault(w, "bodies and their counts are not one to one", NULL, 0);
    }
    if (tb_store_rows(w->txn, TB_TABLE_HUB_REFUSED) != w->refused) {
        fault(w, "refusals without stream", NULL, 0);
    }
    if (tb_store_rows(w->txn, TB_TABLE_HUB_DUE) < tb_store_rows(w->txn, TB_TABLE_HUB_SESSION)) {
        fault(w, "a session has no due row", NULL, 0);
    }
}

tb_err tb_broker_check(tb_broker *broker, tb_txn *txn, tb_bytes **out_faults, size_t *out_count)
{
    walk w;
    memset(&w, 0, sizeof w);
    w.txn = txn;
    w.arena = tb_txn_arena(txn);
    w.faults = tb_arena_array(w.arena, FAULTS_MAX, sizeof *w.faults);
    if (w.faults == NULL) {
        return TB_ERR_LIMIT;
    }

    tb_err err = check_streams(&w, broker->directory);
    if (err != TB_OK) {
        return err;
    }
    err = check_shares(&w, broker->directory);
    if (err != TB_OK) {
        return err;
    }
    check_counts(&w);
    *out_faults = w.faults;
    *out_count = w.count;
    return TB_OK;
}
