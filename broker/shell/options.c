#include "broker/shell/options.h"

#include <stdio.h>

#include "base/limits.h"
#include "broker/shell/deadletter.h"
#include "daemon/config.h"
#include "shell/keep.h"
#include "shell/language.h"

static const char help_en[] =
    "tongbao-broker: carries sealed notices between the agents of one hub.\n"
    "\n"
    "  tongbao-broker --store DIR --key FILE --directory FILE --listen ENDPOINT\n"
    "  tongbao-broker --config FILE\n"
    "  tongbao-broker cut PARTY --store DIR    the hub's marks of a party's streams, as a cut;\n"
    "                                          the hub may run or stand still\n"
    "\n"
    "  --config FILE      options from a file, a line each: store = DIR, verbose = yes, # "
    "comment;\n"
    "                     what follows on the command line goes before it\n"
    "  --store DIR        the journal; created when absent, its quota is allocated at once\n"
    "  --key FILE         the hub's key file (rights 0600)\n"
    "  --directory FILE   a signed directory; the store's own is used when that is newer\n"
    "  --listen ENDPOINT  tcp://ADDRESS:PORT or ipc://PATH\n"
    "  --quota BYTES      of the journal, with K, M or G; default 1G. New work is refused at 80 "
    "%;\n"
    "                     a larger value enlarges the journal at the next start\n"
    "  --share BYTES      kept for one sender to one recipient; default and at most 8M\n"
    "  --socket PATH      local socket for the verbs below; its folder is made 0750\n"
    "  --version          print the version\n"
    "  --check-config     check everything that can be checked without the store, and end\n"
    "  --verbose          print what is of use to a developer too\n"
    "  --lang zh|en       the language of this page and of the verbs\n"
    "\n"
    "Exit: 0 ended as asked, 64 command line, 65 keys or directory do not fit, 69 cannot listen\n"
    "safely, 73 store cannot be opened, 74 a commit failed, 75 another broker has the store.\n"
    "\nVerbs, instead of the daemon:\n";

static const char help_zh[] =
    "tongbao-broker:协同平台,在各单位前置程序之间传递密封报文。\n"
    "\n"
    "  tongbao-broker --store DIR --key FILE --directory FILE --listen ENDPOINT\n"
    "  tongbao-broker --config FILE\n"
    "  tongbao-broker cut PARTY --store DIR    某单位各条报文流在平台的位置,作为停用点;\n"
    "                                          平台运行与否均可\n"
    "\n"
    "  --config FILE      由文件读取选项,每行一项:store = DIR、verbose = yes,# 为注释;\n"
    "                     命令行中写在其后的选项优先\n"
    "  --store DIR        日志存储,没有则建立,配额立即分配\n"
    "  --key FILE         平台私钥文件(权限 0600)\n"
    "  --directory FILE   已签名名录;存储中的较新时以存储为准\n"
    "  --listen ENDPOINT  tcp://地址:端口 或 ipc://路径\n"
    "  --quota BYTES      存储配额,可用 K、M、G,默认 1G;用到 80% 时不再接收新报文;\n"
    "                     调大后于下次启动时扩充\n"
    "  --share BYTES      每个发送单位对每个接收单位的留存上限,默认且最多 8M\n"
    "  --socket PATH      供下列命令使用的本地套接字,其文件夹权限为 0750\n"
    "  --version          显示版本\n"
    "  --check-config     检查除存储以外的全部配置后退出\n"
    "  --verbose          同时输出供开发人员参考的信息\n"
    "  --lang zh|en       本页与下列命令的语言\n"
    "\n"
    "退出码:0 正常结束,64 命令行有误,65 密钥或名录不符,69 无法安全监听,73 存储打不开,\n"
    "74 提交失败,75 存储正被另一平台程序使用。\n"
    "\n下列命令代替常驻运行:\n";

static bool read_bytes(const char *where, const char *name, const char *text, uint64_t *out)
{
    if (tb_keep_bytes(text, out)) {
        return true;
    }
    fprintf(stderr, "tongbao-broker: %s%s wants a number of bytes such as 512M, not '%s'\n", where,
            name, text);
    return false;
}

/* The option's value goes to *out; NULL for an option that is not a text. */
static const char **text_option(tb_broker_options *options, const char *name)
{
    if (strcmp(name, "--store") == 0) {
        return &options->store;
    }
    if (strcmp(name, "--key") == 0) {
        return &options->key;
    }
    if (strcmp(name, "--directory") == 0) {
        return &options->directory;
    }
    if (strcmp(name, "--socket") == 0) {
        return &options->socket;
    }
    return strcmp(name, "--listen") == 0 ? &options->listen : NULL;
}

static uint64_t *bytes_option(tb_broker_options *options, const char *name)
{
    if (strcmp(name, "--quota") == 0) {
        return &options->quota_bytes;
    }
    return strcmp(name, "--share") == 0 ? &options->share_bytes : NULL;
}

static bool *flag_option(tb_broker_options *options, const char *name)
{
    if (strcmp(name, "--check-config") == 0) {
        return &options->check_config;
    }
    return strcmp(name, "--verbose") == 0 ? &options->verbose : NULL;
}

/* Reads the option at argv[*at] and moves behind it. */
static bool read_option(const tb_config *config, int *at, tb_broker_options *options)
{
    const char *where = config->where[*at];
    const char *name = config->argv[(*at)++];
    bool *flag = flag_option(options, name);
    if (flag != NULL) {
        *flag = true;
        return true;
    }
    const char **text = text_option(options, name);
    uint64_t *bytes = bytes_option(options, name);
    if (text == NULL && bytes == NULL) {
        fprintf(stderr, "tongbao-broker: %sno such option: %s (see --help)\n", where, name);
        return false;
    }
    if (config->argv[*at] == NULL) {
        fprintf(stderr, "tongbao-broker: %s%s wants a value\n", where, name);
        return false;
    }
    const char *value = config->argv[(*at)++];
    if (bytes != NULL) {
        return read_bytes(where, name, value, bytes);
    }
    *text = value;
    return true;
}

static bool complete(const tb_broker_options *options)
{
    const struct {
        const char *name;
        const char *value;
    } needed[] = {{"--store", options->store},
                  {"--key", options->key},
                  {"--directory", options->directory},
                  {"--listen", options->listen}};
    bool whole = true;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (needed[i].value == NULL) {
            fprintf(stderr, "tongbao-broker: %s is missing\n", needed[i].name);
            whole = false;
        }
    }
    if (options->quota_bytes < TB_QUOTA_BYTES_MIN) {
        fprintf(stderr, "tongbao-broker: --quota must be at least %llu bytes\n",
                (unsigned long long)TB_QUOTA_BYTES_MIN);
        whole = false;
    }
    if (options->share_bytes == 0 || options->share_bytes > TB_SHARE_BYTES) {
        fprintf(stderr, "tongbao-broker: --share must be between 1 and %llu bytes\n",
                (unsigned long long)TB_SHARE_BYTES);
        whole = false;
    }
    if (options->listen != NULL && strncmp(options->listen, "tcp://", 6) != 0 &&
        strncmp(options->listen, "ipc://", 6) != 0) {
        fprintf(stderr,
                "tongbao-broker: --listen wants tcp://ADDRESS:PORT or ipc://PATH, not '%s'\n",
                options->listen);
        whole = false;
    }
    return whole;
}

static const char *const flags[] = {"verbose", NULL};
static const char *const never[] = {"config", "check-config", "help", "lang", "version", NULL};
static const tb_config_form form = {"tongbao-broker", flags, NULL, never};

tb_options_outcome tb_options_read(int argc, char **argv, tb_broker_options *out)
{
    tb_broker_options options = {.quota_bytes = TB_BROKER_QUOTA_USUAL,
                                 .share_bytes = TB_SHARE_BYTES};
    static tb_config config; /* the options' texts point into it */
    bool good = tb_config_read(&form, argc, argv, &config);
    int at = 1;
    while (at < config.argc) {
        if (strcmp(config.argv[at], "--help") == 0) {
            fputs(tb_language(help_en, help_zh), stdout);
            fputs(tb_keep_help(), stdout);
            fputs(tb_deadletter_help(), stdout);
            return TB_OPTIONS_HELP;
        }
        if (strcmp(config.argv[at], "--version") == 0) {
            puts("tongbao-broker " TB_VERSION);
            return TB_OPTIONS_HELP;
        }
        good = read_option(&config, &at, &options) && good;
    }
    good = complete(&options) && good;
    if (!good) {
        return TB_OPTIONS_BAD;
    }
    *out = options;
    return TB_OPTIONS_GOOD;
}

void tb_options_print(const tb_broker_options *options)
{
    fprintf(stderr,
            "level=info event=config store=%s key=%s directory=%s listen=%s quota_bytes=%llu "
            "share_bytes=%llu credit_bytes=%llu\n",
            options->store, options->key, options->directory, options->listen,
            (unsigned long long)options->quota_bytes, (unsigned long long)options->share_bytes,
            (unsigned long long)TB_CREDIT_BYTES);
}
