#include "base/base.h"

const char *tb_err_text(tb_err err)
{
    switch (err) {
#define TB_ERROR_CASE(name, text)                                                                  \
    case name:                                                                                     \
        return text;
        TB_ERRORS(TB_ERROR_CASE)
#undef TB_ERROR_CASE
    }
    return "an error without a name";
}
