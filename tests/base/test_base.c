/* Errors, bytes and the assertion that ends the process. */
#define _XOPEN_SOURCE 700

#include "base/base.h"
#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void every_error_has_its_text(void **state)
{
    (void)state;
    assert_string_equal(tb_err_text(TB_OK), "ok");
    for (int err = TB_OK; err <= (int)TB_ERR_BUSY; err++) {
        assert_true(strlen(tb_err_text((tb_err)err)) > 0);
        for (int other = TB_OK; other < err; other++) {
            assert_string_not_equal(tb_err_text((tb_err)err), tb_err_text((tb_err)other));
        }
    }
}

static void bytes_are_equal_by_content_and_nothing_equals_nothing(void **state)
{
    char copy[] = "abc";

    (void)state;
    assert_true(tb_bytes_equal(tb_bytes_str("abc"), tb_bytes_of(copy, 3)));
    assert_false(tb_bytes_equal(tb_bytes_str("abc"), tb_bytes_str("abd")));
    assert_false(tb_bytes_equal(tb_bytes_str("abc"), tb_bytes_str("ab")));
    assert_true(tb_bytes_equal(tb_bytes_of(NULL, 0), tb_bytes_str("")));
}

static void a_false_assertion_says_where_and_aborts(void **state)
{
    int ends[2];
    char said[256] = "";
    int status = 0;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        TB_ASSERT(1 + 1 == 3);
        _exit(0);
    }
    close(ends[1]);
    assert_true(read(ends[0], said, sizeof said - 1) > 0);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(said, "1 + 1 == 3"));
    assert_non_null(strstr(said, "test_base.c:"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_error_has_its_text),
    cmocka_unit_test(bytes_are_equal_by_content_and_nothing_equals_nothing),
    cmocka_unit_test(a_false_assertion_says_where_and_aborts),
};

TB_RUN("base", tests)
