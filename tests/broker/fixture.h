/* fixture - the world as cmocka's state, and short names for its parties. */
#ifndef TB_TEST_FIXTURE_H
#define TB_TEST_FIXTURE_H

#include "tests/broker/world.h"
#include "tests/test.h"

enum {
    A,
    B,
    C,
    D,
    E
};

static inline int set_up(void **state)
{
    *state = world_open();
    return 0;
}

static inline int tear_down(void **state)
{
    world_close(*state);
    return 0;
}

static inline party *at(world *w, size_t place)
{
    return &w->parties[place];
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
