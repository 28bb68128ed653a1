/* with_shim - what is started between the two calls runs behind the shim. */
#ifndef TB_RESOURCES_WITH_SHIM_H
#define TB_RESOURCES_WITH_SHIM_H

#include "tests/system/hub.h"

static inline void with_shim(void)
{
    assert_int_equal(setenv("LD_PRELOAD", TB_SHIM_LIBRARY, 1), 0);
    /* The sanitizer's own library would insist on being the first. */
    assert_int_equal(setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1), 0);
}

static inline void without_shim(void)
{
    assert_int_equal(unsetenv("LD_PRELOAD"), 0);
    assert_int_equal(unsetenv("TONGBAO_SHIM_NTH"), 0);
    assert_int_equal(unsetenv("TONGBAO_SHIM_CLOCK"), 0);
}

#endif
