#include "agents/shell/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "daemon/config.h"
#include "shell/keep.h"
#include "shell/language.h"

#define IPC_PATH_MAX  100
#define EXIT_BAD_LINE 2

static const char help_en[] =
    "tongbao-agent - an agency's daemon: keeps its cases, speaks for it on the hub\n\n"
    "  --config FILE      options from a file, a line each: store = DIR, # comment; what follows\n"
    "                     on the command line goes before it\n"
    "  --party ID         who this agent is, as in the directory\n"
    "  --store DIR        its store, created when absent\n"
    "  --key FILE         its secret keys (tongbao key make)\n"
    "  --directory FILE   the signed directory to start with; newer ones come from the hub\n"
    "  --hub ENDPOINT     tcp://host:port of the hub\n"
    "  --socket PATH      local socket for tongbao and the desk; its folder is made 0750\n"
    "  --quota BYTES      size of the store, allocated at creation (1G). New work is refused\n"
    "                     at 80 %; a larger value enlarges the store at the next start\n"
    "  --document FILE    a signed campaign or table to install; may be given again\n"
    "  --old-key FILE     a key file this party has retired: opens what was sealed to it, and\n"
    "                     is destroyed when nothing can need it any more; newest first, at most\n"
    "                     3; one that is not there any more is passed over\n"
    "  --old-key-life S   seconds an old key is kept behind its cut; 30 days, and at most\n"
    "  --version          print the version\n"
    "  --check-config     read everything, say what is wrong, and end\n"
    "  --lang zh|en       the language of this page and of the verbs\n"
    "\nVerbs, instead of the daemon:\n"
    "  cut --store DIR    prints the cut of the party whose store this is, when its keys are\n"
    "                     gone and it cannot start (else: tongbao key cut)\n";
static const char help_zh[] =
    "tongbao-agent - 单位前置程序:保存本单位办件,代表本单位与协同平台通信\n\n"
    "  --config FILE      由文件读取选项,每行一项:store = DIR,# 为注释;命令行中写在其后的\n"
    "                     选项优先\n"
    "  --party ID         本单位在名录中的编号\n"
    "  --store DIR        存储文件夹,没有则建立\n"
    "  --key FILE         本单位私钥文件(tongbao key make)\n"
    "  --directory FILE   启动用的已签名名录;较新的名录由平台下发\n"
    "  --hub ENDPOINT     平台地址 tcp://主机:端口\n"
    "  --socket PATH      供 tongbao 与工作台使用的本地套接字,其文件夹权限为 0750\n"
    "  --quota BYTES      存储配额,建立时即分配(1G);用到 80% 时不再接受新的办理;\n"
    "                     调大后于下次启动时扩充\n"
    "  --document FILE    要安装的已签名专项行动或数据表,可重复\n"
    "  --old-key FILE     本单位已停用的密钥文件:用于打开以往加密的内容,不再需要时即销毁;\n"
    "                     新的在前,至多 3 个;文件已不存在的略过\n"
    "  --old-key-life S   停用密钥在停用点之后保留的秒数;默认并至多 30 天\n"
    "  --version          显示版本\n"
    "  --check-config     读取并检查全部配置,说明问题后退出\n"
    "  --lang zh|en       本页与下列命令的语言\n"
    "\n下列命令代替常驻运行:\n"
    "  cut --store DIR    密钥已失、前置程序无法启动时,由其存储给出停用点\n"
    "                     (可以启动时用 tongbao key cut)\n";

static void help(void)
{
    (void)fputs(tb_language(help_en, help_zh), stdout);
    (void)fputs(tb_keep_help(), stdout);
}

static const char **text_option(tb_agent_options *o, const char *name)
{
    return strcmp(name, "--store") == 0       ? &o->store
           : strcmp(name, "--key") == 0       ? &o->key
           : strcmp(name, "--directory") == 0 ? &o->directory
           : strcmp(name, "--hub") == 0       ? &o->hub
           : strcmp(name, "--socket") == 0    ? &o->socket
                                              : NULL;
}

static unsigned fault(const char *where, const char *what, const char *which)
{
    fprintf(stderr, "tongbao-agent: %s%s: %s\n", where, which, what);
    return 1;
}

static unsigned read_quota(const char *where, const char *text, uint64_t *out)
{
    uint64_t value;
    if (!tb_keep_bytes(text, &value) || value < TB_QUOTA_BYTES_MIN) {
        return fault(where, "a number of bytes such as 512M, at least 4194304", "--quota");
    }

    *out = value;
    return 0;
}

static unsigned read_life(const char *where, const char *text, uint64_t *out)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value == 0 ||
        value > TB_NOTICE_LIFE_MS / 1000) {
        return fault(where, "a number of seconds, at most 2592000", "--old-key-life");
    }

    *out = value;
    return 0;
}

static unsigned
read_one(tb_agent_options *o, const char *where, const char *name, const char *value)
{
    const char **text = text_option(o, name);
    if (value == NULL) {
        return fault(where, "unknown, or its value is missing (--help shows all)", name);
    }
    if (text != NULL) {
        *text = value;
        return 0;
    }
    if (strcmp(name, "--party") == 0) {
        return tb_party_parse(tb_bytes_str(value), &o->party)
                   ? 0
                   : fault(where, "not a party id", value);
    }
    if (strcmp(name, "--quota") == 0) {
        return read_quota(where, value, &o->quota_bytes);
    }
    if (strcmp(name, "--old-key") == 0) {
        if (o->old_key_count == TB_OPTION_OLD_KEYS_MAX) {
            return fault(where, "more old keys than are kept", value);
        }
        o->old_keys[o->old_key_count++] = value;
        return 0;
    }
    if (strcmp(name, "--old-key-life") == 0) {
        return read_life(where, value, &o->old_key_life_s);
    }
    if (strcmp(name, "--document") == 0) {
        if (o->document_count == TB_OPTION_DOCUMENTS_MAX) {
            return fault(where, "too many documents", value);
        }
        o->documents[o->document_count++] = value;
        return 0;
    }
    return fault(where, "unknown (--help shows all)", name);
}

static unsigned missing(const tb_agent_options *o)
{
    unsigned faults = 0;
    faults += tb_party_empty(&o->party) ? fault("", "is needed", "--party") : 0;
    faults += o->store == NULL ? fault("", "is needed", "--store") : 0;
    faults += o->key == NULL ? fault("", "is needed", "--key") : 0;
    faults += o->directory == NULL ? fault("", "is needed", "--directory") : 0;
    faults += o->hub == NULL ? fault("", "is needed", "--hub") : 0;
    faults += o->socket == NULL ? fault("", "is needed", "--socket") : 0;
    if (o->socket != NULL && strlen(o->socket) > IPC_PATH_MAX) {
        faults += fault("", "longer than a local socket's path may be", "--socket");
    }
    return faults;
}

static const char *const repeats[] = {"document", "old-key", NULL};
static const char *const never[] = {"config", "check-config", "help", "lang", "version", NULL};
static const tb_config_form form = {"tongbao-agent", NULL, repeats, never};

bool tb_agent_options_read(int argc, char **argv, tb_agent_options *out, int *out_code)
{
    static tb_config config; /* the options' texts point into it */
    unsigned faults = tb_config_read(&form, argc, argv, &config) ? 0 : 1;
    tb_agent_options o = {.quota_bytes = TB_AGENT_QUOTA_USUAL};

    for (int i = 1; i < config.argc; i++) {
        if (strcmp(config.argv[i], "--help") == 0) {
            help();
            *out_code = 0;
            return false;
        }
        if (strcmp(config.argv[i], "--version") == 0) {
            puts("tongbao-agent " TB_VERSION);
            *out_code = 0;
            return false;
        }
        if (strcmp(config.argv[i], "--check-config") == 0) {
            o.only_check = true;
            continue;
        }
        faults += read_one(&o, config.where[i], config.argv[i], config.argv[i + 1]);
        i++;
    }
    faults += missing(&o);
    if (faults > 0) {
        *out_code = EXIT_BAD_LINE;
        return false;
    }
    *out = o;
    return true;
}

void tb_agent_options_print(const tb_agent_options *options)
{
    fprintf(stderr,
            "level=info event=start party=%s store=%s hub=%s socket=%s quota=%llu directory=%s "
            "key=%s\n",
            options->party.text, options->store, options->hub, options->socket,
            (unsigned long long)options->quota_bytes, options->directory, options->key);
    for (size_t i = 0; i < options->document_count; i++) {
        fprintf(stderr, "level=info event=start document=%s\n", options->documents[i]);
    }
}
