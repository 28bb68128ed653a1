/* test - what every cmocka test includes, once. */
#ifndef TB_TEST_H
#define TB_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

#define assert_ok(expression) assert_int_equal((expression), TB_OK)

/* Runs a group; argv[1], when given, filters by test name. */
#define TB_RUN(name, tests)                                                                        \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        if (argc > 1) {                                                                            \
            cmocka_set_test_filter(argv[1]);                                                       \
        }                                                                                          \
        return cmocka_run_group_tests_name(name, tests, NULL, NULL);                               \
    }

#endif
