/* The decoder of protobuf-c calls itself for each message inside another, without a bound: so no
 * message may be able to hold one of its own kind, however far down, and none lies deep. */
#include "messages/case.pb-c.h"
#include "messages/directory.pb-c.h"
#include "messages/link.pb-c.h"
#include "messages/local.pb-c.h"
#include "tests/test.h"

#define DEPTH_MAX 8

typedef ProtobufCMessageDescriptor kind;

static size_t deepest(const kind *message, const kind *const *above, size_t depth)
{
    const kind *path[DEPTH_MAX + 1];
    size_t found = depth;
    if (depth == DEPTH_MAX) {
        fail_msg("%s lies too deep", message->name);
    }
    for (size_t i = 0; i < depth; i++) {
        if (above[i] == message) {
            fail_msg("%s can hold itself", message->name);
        }
        path[i] = above[i];
    }
    path[depth] = message;
    for (unsigned i = 0; i < message->n_fields; i++) {
        if (message->fields[i].type == PROTOBUF_C_TYPE_MESSAGE) {
            size_t below = deepest(message->fields[i].descriptor, path, depth + 1);
            found = below > found ? below : found;
        }
    }
    return found;
}

static void no_message_can_hold_one_of_its_own_kind(void **state)
{
    (void)state;
    /* What comes from outside, on the link, in a file, in a part or on a local socket. */
    static const kind *const whole[] = {
        &tongbao__wire__frame__descriptor,         &tongbao__wire__bundle_file__descriptor,
        &tongbao__wire__bundle__descriptor,        &tongbao__wire__signed_evidence_page__descriptor,
        &tongbao__wire__evidence_page__descriptor, &tongbao__wire__directory__descriptor,
        &tongbao__wire__key_request__descriptor,   &tongbao__wire__segment_table__descriptor,
        &tongbao__wire__csv_table__descriptor,     &tongbao__wire__header__descriptor,
        &tongbao__wire__line__descriptor,          &tongbao__wire__event__descriptor,
        &tongbao__wire__sealed_body__descriptor,   &tongbao__wire__part_events__descriptor,
        &tongbao__wire__part_openings__descriptor, &tongbao__wire__part_passed__descriptor,
        &tongbao__wire__resend__descriptor,        &tongbao__local__request__descriptor,
        &tongbao__local__answer__descriptor};
    size_t most = 0;
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        size_t depth = deepest(whole[i], NULL, 0);
        most = depth > most ? depth : most;
    }
    assert_in_range(most, 3, DEPTH_MAX - 1); /* frame, submit, group, item, refusal, root */
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(no_message_can_hold_one_of_its_own_kind),
};

TB_RUN("messages/depth", tests)
