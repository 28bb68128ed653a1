/* turns - short and large turns of a store, and opening and closing it, for the tests of the turn
 * log. */
#ifndef TB_TESTS_STORE_TURNS_H
#define TB_TESTS_STORE_TURNS_H

#include "tests/store/store_fixture.h"

#include "base/limits.h"

#define T     TB_TABLE_HUB_GROUP
#define OTHER TB_TABLE_HUB_DUE
#define LARGE TB_TURN_LOG_TURN_BYTES_MAX

/* Zeros: more than the log takes of one turn. */
extern const uint8_t turns_large[LARGE + 1];

/* The path of a file of the store. */
void in(const store_fixture *f, const char *name, char out[300]);
void opened(store_fixture *f);
void closed(store_fixture *f);

/* A row of T, committed; the large one with one of OTHER that does not fit the log. */
void turn(store_fixture *f, const char *key, const char *value);
void large_turn(store_fixture *f, const char *key, const char *value);

#endif
