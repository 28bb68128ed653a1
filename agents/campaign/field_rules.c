/* field_rules - what a definition asks of a value beyond its type. */
#include "agents/campaign/field_rules.h"

#include "agents/campaign/fields.h"

static size_t characters(tb_bytes text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) {
        count += (text.data[i] & 0xC0) != 0x80;
    }
    return count;
}

/* A well-formed count has at most 15 digits. */
static uint64_t number_of(tb_bytes text)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.size; i++) {
        number = number * 10 + (uint64_t)(text.data[i] - '0');
    }
    return number;
}

static bool in_range(const tb_field_def *field, tb_bytes value)
{
    uint64_t number = number_of(value);
    return number >= field->min && (field->max == 0 || number <= field->max);
}

static bool is_future(tb_bytes value, tb_time at)
{
    tb_time stated;
    return (tb_field_date(value, &stated) || tb_time_parse(value, &stated)) && stated > at;
}

tb_refusal tb_scene_field_rules(tb_scene *scene, const tb_field_def *field, tb_bytes value)
{
    tb_refusal code = TB_ACCEPTED;
    if (field->type == TB_FIELD_TEXT && field->max_length > 0 &&
        characters(value) > field->max_length) {
        code = TB_REFUSED_TEXT_LONG;
    } else if (field->type == TB_FIELD_COUNT && !in_range(field, value)) {
        code = TB_REFUSED_COUNT_RANGE;
    } else if (field->not_future && is_future(value, scene->at)) {
        code = TB_REFUSED_FUTURE;
    }
    return code == TB_ACCEPTED ? code : tb_scene_object(scene, code, &field->title, field->id);
}

tb_refusal tb_scene_totals(tb_scene *scene)
{
    const tb_case_type *type = scene->before->type;
    for (unsigned i = 0; i < type->field_count; i++) {
        const tb_field_def *part = &type->fields[i];
        if (part->at_most == NULL) {
            continue;
        }
        bool own = tb_action_field_of(scene->action, tb_bytes_str(part->id)) != NULL ||
                   tb_action_field_of(scene->action, tb_bytes_str(part->at_most)) != NULL;
        tb_bytes value = tb_case_view_field(&scene->after, tb_bytes_str(part->id));
        tb_bytes total = tb_case_view_field(&scene->after, tb_bytes_str(part->at_most));
        if (own && value.size > 0 && total.size > 0 && number_of(value) > number_of(total)) {
            return tb_scene_object(scene, TB_REFUSED_ABOVE, &part->title, part->id);
        }
    }
    return TB_ACCEPTED;
}
