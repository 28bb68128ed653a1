#include <errno.h>
#include <stdlib.h>

#include "shell/keep.h"
#include "shell/language.h"

bool tb_keep_bytes(const char *text, uint64_t *out)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    uint64_t unit = 1;
    if (end == text) {
        return false;
    }
    for (const char *name = "KMG"; *name != '\0' && *end != '\0'; name++) {
        unit *= 1024;
        if (*end == *name) {
            end++;
            break;
        }
    }
    if (errno != 0 || text[0] == '-' || *end != '\0' || value > UINT64_MAX / unit) {
        return false;
    }
    *out = value * unit;
    return true;
}

const char *tb_keep_help(void)
{
    return tb_language(
        "  backup FOLDER --store DIR    a verified copy of the store, while it is in use or not;\n"
        "                     FOLDER is made, and must hold no backup yet. It holds no secret "
        "keys:\n"
        "                     keep the key file by itself\n"
        "  restore FOLDER --store DIR [--quota BYTES]    a store out of a backup, into a folder\n"
        "                     that holds none; start the daemon on it afterwards\n",
        "  backup FOLDER --store DIR    制作并校验存储副本,运行中亦可;FOLDER "
        "自动建立,不得已有备份。\n"
        "                     备份不含私钥,密钥文件请另行保管\n"
        "  restore FOLDER --store DIR [--quota BYTES]    由备份恢复存储,目标文件夹内不得已有存储;\n"
        "                     恢复后再启动程序\n");
}

static const char *common_why(tb_err err)
{
    switch (err) {
    case TB_ERR_VERSION:
        return tb_language("it is another program's store, or of another version",
                           "属于其他程序或其他版本的存储");
    case TB_ERR_CORRUPT:
        return tb_language("a row fails its checksum; nothing was made of it",
                           "有记录校验不通过,未生成任何内容");
    case TB_ERR_FULL:
        return tb_language("the disk has no room for it", "磁盘空间不足");
    case TB_OK:
    case TB_ERR_NOT_FOUND:
    case TB_ERR_BUSY:
    case TB_ERR_LIMIT:
    case TB_ERR_IO:
    case TB_ERR_OLDER:
        break;
    }
    return tb_language("reading or writing failed; look at the disk and the rights of the folders",
                       "读写失败,请检查磁盘与文件夹权限");
}

const char *tb_keep_why(tb_err err, bool restores)
{
    if (err == TB_ERR_NOT_FOUND) {
        return restores ? tb_language("there is no backup in that folder", "该文件夹内没有备份")
                        : tb_language("there is no store in that folder", "该文件夹内没有存储");
    }
    if (err == TB_ERR_BUSY) {
        return restores ? tb_language(
                              "there is a store already, or it is in use; nothing was changed. "
                              "Restore into another folder, or move the old store away first",
                              "目标已有存储或正在使用,未作改动;请恢复到其他文件夹,或先移走旧存储")
                        : tb_language("the folder holds a backup already; choose a new one",
                                      "该文件夹已有备份,请另选文件夹");
    }
    if (err == TB_ERR_LIMIT && restores) {
        return tb_language("the quota leaves no room beside what the backup holds; give a larger "
                           "--quota",
                           "配额容纳备份后已无余量,请用 --quota 指定更大的配额");
    }
    return common_why(err);
}
