/* world - a hub over the memory store and parties that speak to it, for tests of the broker.
 *
 * Parties sign and number as agents do but store nothing: a test says which frame is sent, and
 * looks at what came back. Turns run through the very tb_turn that ships.
 */
#ifndef TB_TEST_WORLD_H
#define TB_TEST_WORLD_H

#include "broker/broker.h"
#include "messages/link.h"

#define PARTIES    5
#define INBOX_MAX  4096
#define INPUTS_MAX 256

/* A frame the hub sent, decoded. */
typedef struct letter {
    uint64_t peer;
    tb_frame *frame;
} letter;

/* Where a party stands in a stream, by the other party's place and the lane. */
typedef struct position {
    uint64_t number;
    tb_digest digest;
} position;

typedef struct party {
    tb_party id;
    tb_sign_pair sign;
    tb_key_id sign_id;
    tb_seal_pair seal;
    tb_seal_pair transport;
    tb_incarnation incarnation;
    uint64_t peer;
    uint64_t notices;
    position out[PARTIES][TB_LANES];
    position in[PARTIES][TB_LANES]; /* of the sender's current incarnation */
} party;

/* Notices made in one go, as groups that can be sent any number of times. */
typedef struct parcel {
    tb_group groups[PARTIES];
    size_t group_count;
    tb_shared_body *bodies;
    size_t body_count;
} parcel;

typedef struct world {
    uint8_t *memory;
    tb_arena arena;
    tb_random random;
    tb_node node;
    tb_broker broker;
    tb_sign_pair authority;
    tb_sign_pair hub_sign;
    tb_seal_pair hub_transport;
    tb_directory directory; /* in force at the hub */
    tb_document document;
    party parties[PARTIES];
    tb_now now;
    uint64_t next_peer;
    tb_input inputs[INPUTS_MAX];
    size_t input_count;
    letter inbox[INBOX_MAX];
    size_t inbox_count;
    bool lose; /* effects of the next turns are lost */
    unsigned cuts;
    unsigned reloads;
    tb_bytes answer; /* the newest one over the local socket */
    char notes[65536];
} world;

/* Parties "a" to "e", all active; the hub has started. */
world *world_open(void);
void world_close(world *w);
/* A test may ask for other limits before the first turn. */
void world_limits(world *w, uint64_t share_bytes, uint64_t credit_bytes);

/* The hub stops and starts again on the same store; what it sent is lost. */
void world_restart(world *w);
/* The hub starts with an empty store. */
void world_lose_store(world *w);
/* Signs version + 1 of the directory as it was changed, and gives it as a document. */
tb_document world_next_directory(world *w, tb_directory *changed);
/* The directory in the hub's store is now in force, as the shell does on RELOAD. */
void world_reload(world *w);

/* Puts a frame of a party into the next turn. */
void say(world *w, const party *from, tb_frame *frame);
void say_bytes(world *w, const party *from, tb_bytes bytes);
void tick(world *w, tb_time later_ms);
/* Runs the turn; every invariant of the hub's tables is checked behind it. */
void turn(world *w);
tb_err turn_err(world *w);

/* Frames by kind. */
void say_hello(world *w, party *from);
/* On a new connection: Hello, and the Welcome is read. */
tb_welcome *link_up(world *w, party *from);
void say_submit(world *w, const party *from, const parcel *sent);
void say_taken(world *w, const party *from, const tb_line *lines, size_t count, bool again);

/* count notices from a party to others (places ascending), numbered and signed. */
parcel make(world *w,
            party *from,
            const size_t *to,
            size_t to_count,
            tb_lane lane,
            size_t count,
            size_t body_bytes);
/* To one. */
parcel make_one(world *w, party *from, size_t to, size_t count);
/* The parcel's group signed again after a test changed headers. */
void sign_again(world *w, const party *from, parcel *sent);

/* The next frame the hub sent to this party's connection; fails the test unless it is of this kind.
 */
tb_frame *expect(world *w, const party *to, tb_frame_kind kind);
/* Without one it fails the test. */
tb_bye *expect_bye(world *w, const party *to, tb_refusal code);
void expect_nothing(world *w, const party *to);
/* Everything sent so far is put aside. */
void forget_all(world *w);
/* Whether a note with this text was made since the world began. */
bool noted(const world *w, const char *text);

/* Takes a delivered group as an agent would: whole, in order, verified. False: a repeat or a gap.
 */
bool take(world *w, party *to, const tb_group *group, const tb_carry *carry);
/* The arrived line of what a party holds of another's stream. */
tb_line arrived_line(const world *w, const party *to, size_t from, tb_lane lane);
tb_signed_line sign_line(world *w, const party *by, const tb_line *line);
/* Reads every Deliver, takes what is next, and says Taken for it. The number of notices taken. */
size_t take_all(world *w, party *to);

uint64_t rows(world *w, tb_table table);
size_t place_of(const world *w, const tb_party *id);

#endif
