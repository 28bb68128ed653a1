#include "shell/keep.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/limits.h"
#include "daemon/damage.h"
#include "shell/language.h"
#include "shell/progress.h"
#include "store/backup.h"

typedef struct keep_words {
    bool restores;
    const char *folder;
    const char *store;
    uint64_t quota;
} keep_words;

/* The bar begins when the total is known, and again when it is another's. */
typedef struct keep_bar {
    tb_progress bar;
    uint64_t total;
    uint64_t last;
} keep_bar;

static void draw(void *context, uint64_t done, uint64_t total)
{
    keep_bar *bar = context;
    if (total != bar->total || done < bar->last) {
        tb_progress_begin(&bar->bar,
                          tb_language("[%s] %zu of %zu kB  %.0f kB a second  %.0f s left",
                                      "[%s] %zu/%zu kB  每秒 %.0f kB  还需 %.0f 秒"),
                          (size_t)(total / 1024));
        bar->total = total;
    }
    bar->last = done;
    tb_progress_at(&bar->bar, (size_t)(done / 1024));
}

static tb_time now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (tb_time)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool tb_keep_is(const char *verb)
{
    return strcmp(verb, "backup") == 0 || strcmp(verb, "restore") == 0;
}

static bool wrong(const tb_keep *keep, const char *what, const char *which)
{
    fprintf(stderr, "%s: %s: %s\n%s", keep->program, which, what, tb_keep_help());
    return false;
}

static bool read_words(const tb_keep *keep, char **argv, keep_words *out)
{
    *out = (keep_words){.restores = strcmp(argv[1], "restore") == 0, .quota = keep->quota_bytes};
    for (char **at = &argv[2]; *at != NULL; at++) {
        bool is_store = strcmp(*at, "--store") == 0;
        bool is_quota = out->restores && strcmp(*at, "--quota") == 0;
        if (is_store || is_quota) {
            const char *name = *at;
            if (*++at == NULL) {
                return wrong(keep, tb_language("wants a value", "缺少取值"), name);
            }
            if (is_store) {
                out->store = *at;
            } else if (!tb_keep_bytes(*at, &out->quota) || out->quota < TB_QUOTA_BYTES_MIN) {
                return wrong(keep,
                             tb_language("wants a number of bytes such as 512M, at least 4M",
                                         "应为字节数,如 512M,至少 4M"),
                             name);
            }
        } else if ((*at)[0] == '-' || out->folder != NULL) {
            return wrong(keep, tb_language("not understood here", "无法识别"), *at);
        } else {
            out->folder = *at;
        }
    }
    if (out->folder == NULL || out->store == NULL) {
        return wrong(keep,
                     tb_language("needs a FOLDER and --store DIR", "须给出 FOLDER 和 --store DIR"),
                     argv[1]);
    }
    return true;
}

static void say_done(const keep_words *words, const tb_backup *backup)
{
    if (words->restores) {
        printf(
            tb_language(
                "restored: %s, %" PRIu64 " rows, every checksum good, %" PRIu64
                " MiB allocated.\nThe daemon's log will say that this store was "
                "restored. It needs the key file, which\nis not part of a backup.\n",
                "已恢复:%s,%" PRIu64 " 条记录,校验全部通过,已分配 %" PRIu64
                " MiB。\n程序日志将注明本存储由备份恢复。启动时需要密钥文件,密钥不在备份之内。\n"),
            words->store, backup->rows, words->quota >> 20);
        return;
    }
    printf(
        tb_language("backup: %s, %" PRIu64 " rows, every checksum good, %" PRIu64
                    " kB.\nIt holds no secret keys: keep the key file by itself. What the store "
                    "shows to its\nreader the backup shows too: keep it as you keep the store.\n",
                    "已备份:%s,%" PRIu64 " 条记录,校验全部通过,%" PRIu64
                    " kB。\n备份不含私钥,密钥文件请另行保管;备份内容与存储一样可读,请同等保管。\n"),
        words->folder, backup->rows, backup->bytes >> 10);
}

int tb_keep_main(const tb_keep *keep, int argc, char **argv)
{
    keep_words words;
    keep_bar bar = {.total = 0};
    tb_backup backup = {.kind = keep->kind, .progress = draw, .context = &bar};
    TB_ASSERT(argc >= 2);
    if (!read_words(keep, argv, &words)) {
        return keep->exit_usage;
    }
    char unreadable[1024];
    (void)snprintf(
        unreadable, sizeof unreadable,
        tb_language("%s: %.400s: the file is damaged, or its disk does not give it back; "
                    "look at the disk, and take another backup\n",
                    "%s: %.400s:文件已损坏,或磁盘无法读出;请检查磁盘,并改用另一份备份\n"),
        keep->program, words.restores ? words.folder : words.store);
    tb_damage_say(unreadable, keep->exit_failed);
    tb_err err = words.restores
                     ? tb_store_restore(words.folder, words.store, words.quota, now_ms(), &backup)
                     : tb_store_backup(words.store, words.folder, &backup);
    tb_progress_end(&bar.bar);
    if (err != TB_OK) {
        fprintf(stderr, "%s: %s %s: %s\n", keep->program, argv[1], words.folder,
                tb_keep_why(err, words.restores));
        return keep->exit_failed;
    }
    say_done(&words, &backup);
    return 0;
}
