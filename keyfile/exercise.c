/* exercise - see exercise.h. */
#include "keyfile/exercise.h"

#include <stdio.h>
#include <stdlib.h>

#include "keyfile/disk.h"
#include "keyfile/provinces_csv.h"

#define ARENA_BYTES (32u * 1024 * 1024)
#define PATH_BYTES  600
#define PARTIES_MAX (1 + 6 * TB_PROVINCES_MAX + 6)

typedef struct set_up {
    const char *folder;
    tb_time now;
    tb_random random;
    tb_arena arena;
    const char *title_zh;
    const char *title_en;
    tb_enrolment *list;
    size_t count;
    tb_problem *problem;
} set_up;

/* Text in the arena; empty when memory ends, which the enrolment then refuses. */
static tb_bytes text(set_up *s, const char *before, tb_bytes middle, const char *after)
{
    size_t before_size = strlen(before);
    size_t after_size = strlen(after);
    size_t size = before_size + middle.size + after_size;
    uint8_t *made = tb_arena_alloc(&s->arena, size);
    if (made == NULL) {
        return tb_bytes_of(NULL, 0);
    }
    memcpy(made, before, before_size);
    if (middle.size > 0) {
        memcpy(made + before_size, middle.data, middle.size);
    }
    memcpy(made + before_size + middle.size, after, after_size);
    return tb_bytes_of(made, size);
}

static tb_bytes plain(const char *value)
{
    return tb_bytes_str(value);
}

static tb_enrolment *
add(set_up *s, const char *id, tb_bytes code, const char *role, tb_bytes zh, tb_bytes en)
{
    TB_ASSERT(s->count < PARTIES_MAX);
    tb_enrolment *row = &s->list[s->count++];
    *row = (tb_enrolment){.role = plain(role),
                          .jurisdiction = code,
                          .name_zh = zh,
                          .name_en = en,
                          .state = TB_PARTY_ACTIVE};
    snprintf(row->id.text, sizeof(row->id.text), "%s%.*s", id, (int)code.size,
             code.size > 0 ? (const char *)code.data : "");
    return row;
}

static void set_parent(tb_enrolment *row, const char *parent)
{
    snprintf(row->parent.text, sizeof(row->parent.text), "%s", parent);
}

static void set_attribute(set_up *s, tb_enrolment *row, const char *name, const char *value)
{
    tb_attribute *attribute = tb_arena_alloc(&s->arena, sizeof(*attribute));
    if (attribute != NULL) {
        *attribute = (tb_attribute){plain(name), plain(value)};
        row->attributes = attribute;
        row->attribute_count = 1;
    }
}

static bool ends_with(tb_bytes name, const char *end)
{
    size_t size = strlen(end);
    return name.size >= size && memcmp(name.data + name.size - size, end, size) == 0;
}

/* 浙江省 → 浙江, 广西壮族自治区 → 广西: the name without what kind of province it is. */
static tb_bytes short_name(tb_bytes name)
{
    static const char *const kinds[] = {"壮族自治区", "回族自治区", "维吾尔自治区",
                                        "自治区",     "省",         "市"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (ends_with(name, kinds[i])) {
            return tb_bytes_of(name.data, name.size - strlen(kinds[i]));
        }
    }
    return name;
}

static void add_police(set_up *s, const tb_province_row *p)
{
    bool is_city = ends_with(p->name_zh, "市");
    const char *en = is_city ? " Municipal Public Security Bureau"
                     : ends_with(p->name_zh, "自治区")
                         ? " Autonomous Region Public Security Department"
                         : " Provincial Public Security Department";
    add(s, "police.", p->code, "police", text(s, "", p->name_zh, is_city ? "公安局" : "公安厅"),
        text(s, "", p->name_en, en));
}

/* Tianjin had joined its market regulators in 2014, the other provinces had not by 2015. */
static void add_market(set_up *s, const tb_province_row *p)
{
    bool is_joined = tb_bytes_equal(p->code, plain("12"));
    add(s, "market.", p->code, "market",
        text(s, "", p->name_zh, is_joined ? "市场和质量监督管理委员会" : "工商行政管理局"),
        text(s, "", p->name_en,
             is_joined ? " Market and Quality Supervision Commission"
                       : " Administration for Industry and Commerce"));
}

typedef struct operator_names {
    const char *id;
    const char *group;
    const char *code;
    const char *zh;
    const char *en;
    const char *group_zh;
    const char *group_en;
} operator_names;

static const operator_names operators[] = {
    {"ct.", "group.ct", "CT", "中国电信", "China Telecom ", "中国电信集团公司",
     "China Telecom Group"},
    {"cm.", "group.cm", "CM", "中国移动", "China Mobile ", "中国移动通信集团公司",
     "China Mobile Group"},
    {"cu.", "group.cu", "CU", "中国联通", "China Unicom ", "中国联合网络通信集团有限公司",
     "China Unicom Group"},
};
#define OPERATORS (sizeof(operators) / sizeof(operators[0]))

static void add_province(set_up *s, const tb_province_row *p)
{
    tb_enrolment *bureau = add(s, "bureau.", p->code, "bureau", p->bureau_zh,
                               text(s, "", p->name_en, " Communications Administration"));
    set_parent(bureau, "hq");
    add_police(s, p);
    add_market(s, p);
    for (size_t i = 0; i < OPERATORS; i++) {
        const operator_names *o = &operators[i];
        tb_bytes zh = text(s, o->zh, short_name(p->name_zh), "公司");
        tb_enrolment *row = add(s, o->id, p->code, "operator", zh, text(s, o->en, p->name_en, ""));
        set_parent(row, o->group);
        set_attribute(s, row, "operator", o->code);
    }
}

static void add_nation(set_up *s)
{
    static const char *const resale[][3] = {{"resale.1", "示例转售甲", "Example Resale A"},
                                            {"resale.2", "示例转售乙", "Example Resale B"},
                                            {"resale.3", "示例转售丙", "Example Resale C"}};
    tb_bytes none = {NULL, 0};
    add(s, "hq", none, "headquarters", plain("电话黑卡治理专项行动办公室"),
        plain("Phone Black Card Campaign Office"));
    for (size_t i = 0; i < OPERATORS; i++) {
        const operator_names *o = &operators[i];
        tb_enrolment *row =
            add(s, o->group, none, "operator_group", plain(o->group_zh), plain(o->group_en));
        set_parent(row, "hq");
        set_attribute(s, row, "operator", o->code);
    }
    for (size_t i = 0; i < 3; i++) {
        add(s, resale[i][0], none, "resale", plain(resale[i][1]), plain(resale[i][2]));
    }
}

/* Makes the keys of one party and writes their file; out ends with tb_keyfile_wipe. */
static bool make_keys(set_up *s, const char *party, const char *name, tb_keyfile *out)
{
    char path[PATH_BYTES];
    tb_party id;
    snprintf(path, sizeof(path), "%s/keys/%s.key", s->folder, name);
    if (!tb_party_parse(tb_bytes_str(party), &id)) {
        return tb_problem_refused(s->problem, party, TB_REFUSED_UNKNOWN_PARTY);
    }
    if (!tb_keyfile_make(&id, &s->random, out, s->problem)) {
        return false;
    }
    if (!tb_keyfile_write(out, path, s->problem)) {
        tb_keyfile_wipe(out);
        return false;
    }
    return true;
}

static bool request_keys(set_up *s, tb_enrolment *row)
{
    tb_keyfile keys;
    if (!make_keys(s, row->id.text, row->id.text, &keys)) {
        return false;
    }
    row->request = (tb_key_request){.party = row->id,
                                    .sign = keys.secrets->sign.public_key,
                                    .seal = keys.secrets->seal.public_key,
                                    .transport = keys.secrets->transport.public_key,
                                    .made = s->now};
    row->has_request = true;
    tb_keyfile_wipe(&keys);
    return true;
}

static bool make_first(set_up *s, const tb_keyfile *authority, const char *directory)
{
    tb_hub_plan plan = {.exercise = true,
                        .title_zh = plain(s->title_zh),
                        .title_en = plain(s->title_en),
                        .has_spare = true};
    tb_keyfile hub;
    tb_keyfile spare;
    if (!make_keys(s, TB_HUB_PARTY, "hub", &hub)) {
        return false;
    }
    plan.sign = hub.secrets->sign.public_key;
    plan.transport = hub.secrets->transport.public_key;
    tb_keyfile_wipe(&hub);
    if (!make_keys(s, TB_HUB_PARTY, "spare", &spare)) {
        return false;
    }
    plan.spare_sign = spare.secrets->sign.public_key;
    plan.spare_transport = spare.secrets->transport.public_key;
    tb_keyfile_wipe(&spare);
    return tb_authority_init(directory, &plan, authority, s->now, &s->arena, s->problem);
}

static bool enrol_all(set_up *s, const tb_keyfile *authority, const char *directory)
{
    tb_authority opened;
    for (size_t i = 0; i < s->count; i++) {
        if (!request_keys(s, &s->list[i])) {
            return false;
        }
    }
    if (!tb_authority_open(directory, &opened, s->problem)) {
        return false;
    }
    tb_directory next = tb_authority_next(&opened, s->now);
    bool done = tb_authority_enrol(&next, s->list, s->count, &s->arena, s->problem) &&
                tb_authority_publish(&opened, &next, authority, &s->arena, s->problem);
    tb_authority_close(&opened);
    return done;
}

static bool make_folders(set_up *s, char directory[PATH_BYTES])
{
    char keys[PATH_BYTES];
    if (strlen(s->folder) > PATH_BYTES - 64) {
        return tb_problem_set(s->problem, "%s: the path is too long; choose a shorter one.",
                              "%s:路径过长,请改用较短的路径。", s->folder);
    }
    snprintf(keys, sizeof(keys), "%s/keys", s->folder);
    snprintf(directory, PATH_BYTES, "%s/directory", s->folder);
    return tb_disk_folder(s->folder, 0755, s->problem) && tb_disk_folder(keys, 0700, s->problem) &&
           tb_disk_folder(directory, 0755, s->problem);
}

/* The parties of the first provinces of a table. */
static bool list_provinces(set_up *s, const char *provinces_csv, size_t province_count)
{
    tb_province_row provinces[TB_PROVINCES_MAX];
    tb_bytes table;
    size_t known = 0;
    s->list = tb_arena_array(&s->arena, PARTIES_MAX, sizeof(*s->list));
    if (s->list == NULL) {
        return tb_problem_set(s->problem, "There is not enough memory.", "内存不足。");
    }
    if (!tb_disk_read(provinces_csv, 64 * 1024, &s->arena, &table, s->problem) ||
        !tb_provinces_csv(table, provinces_csv, provinces, &known, s->problem)) {
        return false;
    }
    add_nation(s);
    for (size_t i = 0; i < known && i < province_count; i++) {
        add_province(s, &provinces[i]);
    }
    return true;
}

static bool make_all(set_up *s)
{
    char directory[PATH_BYTES];
    tb_keyfile authority;
    if (!make_folders(s, directory) || !tb_random_kernel(&s->random, s->problem)) {
        return false;
    }
    if (!make_keys(s, TB_AUTHORITY_PARTY, "authority", &authority)) {
        return false;
    }
    bool done = make_first(s, &authority, directory) && enrol_all(s, &authority, directory);
    tb_keyfile_wipe(&authority);
    return done;
}

static set_up *begin(const char *folder, tb_time now, tb_problem *problem)
{
    set_up *s = calloc(1, sizeof(*s));
    uint8_t *block = malloc(ARENA_BYTES);
    if (s == NULL || block == NULL) {
        free(s);
        free(block);
        tb_problem_set(problem, "There is not enough memory.", "内存不足。");
        return NULL;
    }
    s->folder = folder;
    s->now = now;
    s->problem = problem;
    tb_arena_init(&s->arena, block, ARENA_BYTES);
    return s;
}

static void end(set_up *s)
{
    free(s->arena.block);
    free(s);
}

bool tb_exercise_make(const char *folder,
                      const char *provinces_csv,
                      size_t province_count,
                      tb_time now,
                      size_t *out_parties,
                      tb_problem *problem)
{
    set_up *s = begin(folder, now, problem);
    if (s == NULL) {
        return false;
    }
    s->title_zh = "电话黑卡治理专项行动(演练)";
    s->title_en = "Phone black card campaign (exercise)";
    bool done = list_provinces(s, provinces_csv, province_count) && make_all(s);
    *out_parties = s->count;
    end(s);
    return done;
}

bool tb_exercise_enrol(const char *folder,
                       const char *title_zh,
                       const char *title_en,
                       tb_enrolment *list,
                       size_t count,
                       tb_time now,
                       tb_problem *problem)
{
    set_up *s = begin(folder, now, problem);
    if (s == NULL) {
        return false;
    }
    s->title_zh = title_zh;
    s->title_en = title_en;
    s->list = list;
    s->count = count;
    bool done = make_all(s);
    end(s);
    return done;
}
