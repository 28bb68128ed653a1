#include "store/store.h"

#include "base/limits.h"

bool tb_store_above_watermark(tb_txn *txn)
{
    uint64_t used;
    uint64_t quota;

    tb_store_usage(txn, &used, &quota);
    return used > quota / 100 * TB_WATERMARK_PERCENT;
}
