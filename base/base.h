/* base - the shared vocabulary: borrowed bytes, errors, assertions.
 *
 * Every folder stands on this one and this one stands on nothing. A tb_err says what went wrong
 * with the environment (disk, memory bound, record); what a peer or a person did wrong is never a
 * tb_err but a tb_refusal (base/refusal.h); what we did wrong is TB_ASSERT.
 */
#ifndef TB_BASE_H
#define TB_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define TB_MUST_USE __attribute__((warn_unused_result))
#define TB_NORETURN __attribute__((noreturn))
#else
#define TB_MUST_USE
#define TB_NORETURN
#endif

/* name, text for a log line */
#define TB_ERRORS(X)                                                                               \
    X(TB_OK, "ok")                                                                                 \
    X(TB_ERR_NOT_FOUND, "no such row")                                                             \
    X(TB_ERR_FULL, "the store is full")                                                            \
    X(TB_ERR_LIMIT, "a compiled bound was reached")                                                \
    X(TB_ERR_CORRUPT, "a stored record does not decode")                                           \
    X(TB_ERR_VERSION,                                                                              \
      "the store was written by a newer version, or is another program's; start that one on it")   \
    X(TB_ERR_OLDER, "the store was written by an older version; its daemon migrates it on start")  \
    X(TB_ERR_IO, "input or output failed")                                                         \
    X(TB_ERR_BUSY, "another process has this store open")

typedef enum tb_err {
#define TB_ERROR_ENUM(name, text) name,
    TB_ERRORS(TB_ERROR_ENUM)
#undef TB_ERROR_ENUM
} tb_err;

/* The fixed English text for err, for logs; never NULL. */
const char *tb_err_text(tb_err err);

/* Borrowed bytes. Never owns; data may be NULL only when size is 0. */
typedef struct tb_bytes {
    const uint8_t *data;
    size_t size;
} tb_bytes;

static inline tb_bytes tb_bytes_of(const void *data, size_t size)
{
    tb_bytes b = {(const uint8_t *)data, size};
    return b;
}

static inline tb_bytes tb_bytes_str(const char *text)
{
    return tb_bytes_of(text, strlen(text));
}

static inline bool tb_bytes_equal(tb_bytes a, tb_bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Prints the condition and its place to stderr and aborts, in release builds too. */
void tb_assert_failed(const char *condition, const char *file, int line) TB_NORETURN;

/* For what only a bug of ours can make false; never for input from network, disk, file or person.
 */
#define TB_ASSERT(condition)                                                                       \
    ((condition) ? (void)0 : tb_assert_failed(#condition, __FILE__, __LINE__))
#define TB_UNREACHABLE() tb_assert_failed("unreachable", __FILE__, __LINE__)

#endif
