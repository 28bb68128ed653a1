/* disaster_page - DIR/disaster.md: what broke, what people saw, what they did, what it cost. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ops/exercise/disaster.h"
#include "ops/exercise/rule.h"

static const struct {
    const char *key, *zh, *en;
    const char *broke_zh, *broke_en; /* %s: the party */
    const char *then_zh, *then_en;   /* what went on by itself */
} words[EX_DISASTERS] = {
    [EX_HUB_LOST] = {"hub_disk_lost", "协同平台磁盘丢失", "The hub's disk lost",
                     "%s的进程被强行终止,磁盘上的数据全部丢失。", "The process of %s was killed and all that its disk held was gone.",
                     "平台以同一密钥在空磁盘上重新启动。各单位自动重新连接,未送达的报文由发送单位自动重新提交;已送达的不再重复。",
                     "It was started again on an empty disk with the same key. Every agency reconnected by itself; what had not arrived "
                     "was submitted again by its sender, what had arrived was not repeated."},
    [EX_OLD_COPY] = {"old_copy", "管理局恢复自旧备份", "A bureau restored from an old copy",
                     "%s的磁盘损坏,值班人员用较早的备份恢复后启动。", "The disk of %s failed, and whoever was on duty started it from an older backup.",
                     "前置程序发现备份落后于本单位已签发的记录,自行停止签发,未造成分叉。负责人执行恢复命令后,有关单位补发缺失的办理记录,办件继续办理。",
                     "Its agent found that the copy was older than what it had signed, and signed nothing. After an officer's command the parties "
                     "concerned resent what was missing, and the cases went on."},
    [EX_STORE_LOST] = {"store_lost", "公安机关存储丢失", "A police store lost",
                       "%s的磁盘损坏,没有备份,仅存密钥文件。", "The disk of %s failed; there was no backup, only the key file.",
                       "前置程序以空存储启动,自行停止签发。负责人执行恢复命令后,有关单位补发全部办理记录,包括该单位自己签发的记录。",
                       "Its agent started on an empty store and signed nothing. After an officer's command the parties concerned resent every event, "
                       "those it had signed itself among them."},
    [EX_KEY_REVOKED] = {"key_revoked", "企业密钥被撤销", "An operator's key revoked",
                        "%s的密钥文件被盗。", "The key file of %s was stolen.",
                        "企业打印截止点后停用旧密钥;主管机关在名录中撤销旧密钥并登记新密钥。以旧公钥加密、尚在途中的报文,由发送单位自动以新公钥重新加密。",
                        "The operator printed its cut and stopped using the key; the authority cut the old key and enrolled new ones. Notices on their way "
                        "that were sealed to the old key were sealed anew by their senders themselves."},
    [EX_OFF_LINE] = {"off_line", "管理局断线至最后", "A bureau off-line until the end",
                     "%s的线路中断,直至其他办件全部办结才恢复。", "The line of %s was cut, and came back only when all else had closed.",
                     "涉及该局的报文在平台等候,其余办件不受影响;线路恢复后自动送达,办件随即办结。",
                     "What concerned it waited at the hub and nothing else waited; when the line was back it arrived by itself and the cases closed."},
    [EX_HOLDER_DEAD] = {"holder_dead", "承办单位瘫痪,由他单位接管", "A holder dead and taken over",
                        "%s的前置程序被强行终止,直至演练结束未再启动。", "The agent of %s was killed and never came back.",
                        "归属地管理局收回核查指令(轮次加一),改向本省其他企业下达,办件照常答复。",
                        "The home bureau took the orders back (the term grew by one) and ordered another operator of the province; the cases were answered as usual."},
};

const char *ex_disaster_key(ex_kind_of_disaster kind)
{
    return words[kind].key;
}

/* ---- what the logs tell of what was sent once more ---- */

/* Lines of every agent's log about this event and party; the number behind `field`, or one a line. */
static size_t logged(const ex_world *world, const char *event, const char *who, const char *party, const char *field)
{
    size_t sum = 0;
    char path[EX_PATH * 2], line[2048], about[96];
    (void)snprintf(about, sizeof about, "%s=%s ", who, party);
    for (size_t i = 0; i < world->party_count; i++) {
        (void)snprintf(path, sizeof path, "%s/%s.log", world->log_dir, world->parties[i].id.text);
        FILE *f = fopen(path, "r");
        while (f != NULL && fgets(line, sizeof line, f) != NULL) {
            const char *number = field != NULL ? strstr(line, field) : NULL;
            if (strstr(line, event) != NULL && strstr(line, about) != NULL) {
                sum += number != NULL ? (size_t)strtoul(number + strlen(field), NULL, 10) : 1;
            }
        }
        if (f != NULL) {
            (void)fclose(f);
        }
    }
    return sum;
}

static void count_resent(ex_world *world)
{
    for (unsigned i = 0; i < EX_DISASTERS; i++) {
        ex_disaster *d = &ex_disasters[i];
        const char *party = d->party != NULL ? d->party->id.text : "";
        if (i == EX_OLD_COPY || i == EX_STORE_LOST) {
            d->resent = logged(world, "event=resent ", "to", party, "events=");
        } else if (i == EX_KEY_REVOKED) {
            d->resent = logged(world, "event=sealed_anew ", "recipient", party, NULL);
        }
    }
}

/* ---- the page ---- */

/* A sentence, with the party's name where it says %s. */
static void with_name(FILE *f, const char *sentence, const char *name)
{
    const char *at = strstr(sentence, "%s");
    if (at == NULL) {
        (void)fputs(sentence, f);
        return;
    }
    (void)fprintf(f, "%.*s%s%s", (int)(at - sentence), sentence, name, at + 2);
}

static void both(FILE *f, const char *zh, const char *en, const char *name_zh, const char *name_en, const char *format_zh, const char *format_en)
{
    (void)fprintf(f, "- **%s / %s**：", zh, en);
    with_name(f, format_zh, name_zh);
    (void)fprintf(f, "  \n  ");
    with_name(f, format_en, name_en);
    (void)fprintf(f, "\n");
}

static void seen(FILE *f, const ex_disaster *d)
{
    if (d->said_zh[0] != 0) {
        (void)fprintf(f, "- **所见 / What people saw**：「%s」  \n  “%s”\n", d->said_zh, d->said_en);
    }
}

static void done(FILE *f, const ex_disaster *d)
{
    (void)fprintf(f, "- **处置 / What was done**：\n\n");
    for (size_t i = 0; i < d->did_count; i++) {
        (void)fprintf(f, "      %s\n", d->did[i]);
    }
    (void)fprintf(f, "\n");
}

/* What was done once more because of it; NULL where nothing is. */
static const char *again_zh(unsigned kind)
{
    return kind == EX_HUB_LOST      ? "由发送单位重新提交的报文 %zu 份"
           : kind == EX_KEY_REVOKED ? "重新加密的报文 %zu 份"
           : kind == EX_HOLDER_DEAD ? "收回的核查指令 %zu 件"
           : kind == EX_OFF_LINE    ? NULL
                                    : "补发的办理记录 %zu 条";
}

static const char *again_en(unsigned kind)
{
    return kind == EX_HUB_LOST      ? "notices submitted again by their senders: %zu"
           : kind == EX_KEY_REVOKED ? "notices sealed anew: %zu"
           : kind == EX_HOLDER_DEAD ? "orders taken back: %zu"
           : kind == EX_OFF_LINE    ? NULL
                                    : "events resent: %zu";
}

static void cost(FILE *f, unsigned kind, const ex_disaster *d)
{
    double whole = d->healed_s - d->struck_s, own = d->healed_s - d->begun_s;
    size_t again = kind == EX_HOLDER_DEAD ? d->taken : d->resent;
    (void)fprintf(f, "- **用时 / How long**：自发生至恢复 %.1f 秒,其中处置 %.1f 秒。  \n"
                     "  %.1f s from the break until it worked again, %.1f s of them since people began to heal it.\n",
                  whole, own, whole, own);
    (void)fprintf(f, "- **代价 / What it cost**：等候的办件 %zu 件,推迟报送的线索 %zu 条", d->waited, d->deferred);
    if (again_zh(kind) != NULL) {
        (void)fprintf(f, ",");
        (void)fprintf(f, again_zh(kind), again);
    }
    (void)fprintf(f, "。  \n  Cases that waited: %zu; leads handed in later: %zu", d->waited, d->deferred);
    if (again_en(kind) != NULL) {
        (void)fprintf(f, "; ");
        (void)fprintf(f, again_en(kind), again);
    }
    (void)fprintf(f, ".\n");
}

static void section(FILE *f, size_t number, unsigned kind)
{
    const ex_disaster *d = &ex_disasters[kind];
    const char *name_zh = d->party != NULL ? d->party->name_zh : "协同平台";
    const char *name_en = d->party != NULL ? d->party->name_en : "the hub";
    (void)fprintf(f, "\n## %zu. %s / %s\n\n", number, words[kind].zh, words[kind].en);
    (void)fprintf(f, "- **时间 / When**：第 %.1f 秒,第 %zu 条线索报送后 (at %.1f s, after lead %zu)\n", d->struck_s, d->struck_at, d->struck_s, d->struck_at);
    both(f, "发生", "What broke", name_zh, name_en, words[kind].broke_zh, words[kind].broke_en);
    seen(f, d);
    done(f, d);
    both(f, "结果", "What happened then", name_zh, name_en, words[kind].then_zh, words[kind].then_en);
    cost(f, kind, d);
}

static void total(FILE *f, const char *zh, const char *en, size_t expected, size_t got)
{
    (void)fprintf(f, "| %s / %s | %zu | %zu |\n", zh, en, expected, got);
}

static void totals(FILE *f, const ex_world *world)
{
    static const char *outcomes[] = {"unidentified", "identified", "not_in_use"};
    static const char *zh[] = {"无法查清并关停", "已查清", "空号或已销号"};
    static const char *en[] = {"unidentified, shut down", "identified", "not in use"};
    size_t closed = 0, expected[3] = {0}, got[3] = {0};
    for (size_t i = 0; i < world->row_count; i++) {
        const ex_row *row = &world->rows[i];
        bool routed = !row->refused && !row->parked && !row->off_line;
        closed += routed && strcmp(row->state, "closed") == 0;
        for (size_t o = 0; o < 3; o++) {
            expected[o] += routed && strcmp(ex_outcome(row->number), outcomes[o]) == 0;
            got[o] += routed && strcmp(row->outcome, outcomes[o]) == 0 && (o != 0 || row->shut_down_at != 0);
        }
    }
    (void)fprintf(f, "\n## 合计 / Totals\n\n|  | 应有 (无故障) / without disasters | 实有 / in this run |\n|---|---:|---:|\n");
    total(f, "办结", "closed", world->routed, closed);
    for (size_t o = 0; o < 3; o++) {
        total(f, zh[o], en[o], expected[o], got[o]);
    }
    total(f, "与规则不符", "other than the rule's", 0, (size_t)world->unexpected);
    total(f, "丢失", "lost", 0, (size_t)world->audit.lost);
    total(f, "重复生效", "duplicate effects", 0, (size_t)world->audit.duplicate_effects);
    total(f, "次序错误", "order violations", 0, (size_t)world->audit.order_violations);
}

static int by_time(const void *a, const void *b)
{
    double x = ex_disasters[*(const unsigned *)a].struck_s, y = ex_disasters[*(const unsigned *)b].struck_s;
    return (x > y) - (x < y);
}

void ex_disaster_page(ex_world *world)
{
    if (!world->options.disaster) {
        return;
    }
    count_resent(world);
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/disaster.md", world->options.out);
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        ex_fail("cannot write %s: %s", path, strerror(errno));
    }
    (void)fprintf(f, "# 故障演练记录 / What broke, and how it was healed\n\n演练数据,不作统计依据。%zu 条线索,%zu 个单位,全程 %.0f 秒。  \n"
                     "An exercise, not for statistics: %zu leads, %zu parties, %.0f seconds.\n",
                  world->row_count, world->party_count, world->elapsed_s, world->row_count, world->party_count, world->elapsed_s);
    unsigned order[EX_DISASTERS];
    for (unsigned i = 0; i < EX_DISASTERS; i++) {
        order[i] = i;
    }
    qsort(order, EX_DISASTERS, sizeof order[0], by_time);
    for (size_t i = 0; i < EX_DISASTERS; i++) {
        section(f, i + 1, order[i]);
    }
    totals(f, world);
    if (fclose(f) != 0) {
        ex_fail("cannot write %s: %s", path, strerror(errno));
    }
    (void)printf("%s\n", path);
}
