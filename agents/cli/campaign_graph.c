/* campaign_graph - a case type as Graphviz: states are nodes, actions are edges. */
#include <stdio.h>

#include "agents/cli/book.h"
#include "agents/cli/campaign_file.h"
#include "agents/cli/cli.h"
#include "agents/cli/say.h"

/* What stands in a quoted string of Graphviz. */
static void put(tb_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\') {
            (void)putchar('\\');
        }
        (void)putchar(text.data[i]);
    }
}

static void put_label(const tb_label *label, const char *id)
{
    put(tb_book_label(label, tb_bytes_str(id)));
}

/* Node names are ids; those of two case types must differ. */
static void put_node(const tb_case_type *type, const char *state)
{
    (void)printf("\"");
    put(tb_bytes_str(type->id));
    (void)printf("/");
    put(tb_bytes_str(state));
    (void)printf("\"");
}

static void put_state(const tb_case_type *type, const tb_state *state)
{
    (void)printf("    ");
    put_node(type, state->id);
    (void)printf(" [label=\"");
    put_label(&state->title, state->id);
    (void)printf("\"%s%s];\n", state->closed ? ", peripheries=2" : "",
                 state->initial ? ", style=bold" : "");
}

static void put_positions(const tb_case_type *type, const tb_action *action)
{
    for (unsigned i = 0; action->kind != TB_ACTION_OPEN && i < action->by_count; i++) {
        const tb_position *p = tb_case_type_position(type, tb_bytes_str(action->by[i]));
        (void)printf("%s", i > 0 ? ", " : "\\n");
        if (p != NULL) {
            put_label(&p->title, p->id);
        }
    }
}

/* from NULL: an opening. */
static void
put_edge(const tb_case_type *type, const tb_action *action, const char *from, const tb_way *way)
{
    const char *to = way->to != NULL ? way->to : from;
    if (to == NULL) {
        return;
    }
    const tb_position *p =
        way->hands_to != NULL ? tb_case_type_position(type, tb_bytes_str(way->hands_to)) : NULL;
    (void)printf("    ");
    put_node(type, from != NULL ? from : "+");
    (void)printf(" -> ");
    put_node(type, to);
    (void)printf(" [label=\"");
    put_label(&action->title, action->id);
    put_positions(type, action);
    if (p != NULL) {
        (void)printf("\\n→ ");
        put_label(&p->title, p->id);
    }
    (void)printf("\"%s];\n", action->kind == TB_ACTION_TAKE_OVER ? ", style=dashed" : "");
}

/* Several ways between the same two states to the same party are one edge. */
static bool drawn_before(const tb_action *action, const tb_way *way)
{
    for (const tb_way *w = action->ways; w != way; w++) {
        bool to =
            w->to == way->to || (w->to != NULL && way->to != NULL && strcmp(w->to, way->to) == 0);
        bool hands =
            w->hands_to == way->hands_to || (w->hands_to != NULL && way->hands_to != NULL &&
                                             strcmp(w->hands_to, way->hands_to) == 0);
        if (to && hands) {
            return true;
        }
    }
    return false;
}

static void put_action(const tb_case_type *type, const tb_action *action)
{
    for (unsigned i = 0; i < action->way_count; i++) {
        const tb_way *way = &action->ways[i];
        if (drawn_before(action, way)) {
            continue;
        }
        if (action->kind == TB_ACTION_OPEN) {
            put_edge(type, action, NULL, way);
        }
        for (unsigned j = 0; j < action->from_count; j++) {
            put_edge(type, action, action->from[j], way);
        }
    }
}

static void put_type(const tb_case_type *type, unsigned number)
{
    (void)printf("  subgraph cluster_%u {\n    label=\"", number);
    put_label(&type->title, type->id);
    (void)printf("\";\n    ");
    put_node(type, "+");
    (void)printf(" [label=\"\", shape=point];\n");
    for (unsigned i = 0; i < type->state_count; i++) {
        put_state(type, &type->states[i]);
    }
    for (unsigned i = 0; i < type->action_count; i++) {
        if (type->actions[i].kind != TB_ACTION_SIDE) {
            put_action(type, &type->actions[i]);
        }
    }
    (void)printf("  }\n");
}

int tb_campaign_graph(const char *path)
{
    int code;
    tb_campaign_loaded *loaded = tb_campaign_file_load(path, &code);
    if (loaded == NULL) {
        return code;
    }
    const tb_campaign *campaign = tb_campaign_loaded_get(loaded);
    (void)printf("digraph \"");
    put(tb_bytes_str(campaign->id));
    (void)printf("\" {\n  label=\"");
    put_label(&campaign->title, campaign->id);
    (void)printf("\";\n  node [shape=box, fontname=\"Noto Sans CJK SC\"];\n"
                 "  edge [fontname=\"Noto Sans CJK SC\", fontsize=10];\n");
    for (unsigned i = 0; i < campaign->case_type_count; i++) {
        put_type(&campaign->case_types[i], i);
    }
    (void)printf("}\n");
    tb_campaign_loaded_free(loaded);
    return TB_EXIT_DONE;
}
