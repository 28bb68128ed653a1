/* directory - `tongbao directory`: which verb, and the help that teaches them. */
#include "agents/cli/directory.h"

#include <stdio.h>

#include "agents/cli/say.h"

static void help(void)
{
    fputs(
        _("tongbao directory init --authority FILE --hub-key FILE [--spare FILE] [--exercise]\n"
          "                       [--title-zh T] [--title-en T] --out DIR\n"
          "tongbao directory enrol --dir DIR --authority FILE --party ID|--request REQ --role R\n"
          "                        [--jurisdiction P] [--parent ID] --name-zh T --name-en T\n"
          "                        [--attribute NAME=VALUE]... [--off-line] [--keys-until TIME]\n"
          "tongbao directory enrol --dir DIR --authority FILE --batch FILE.csv\n"
          "tongbao directory list [--dir DIR]\n"
          "tongbao directory show --dir DIR ID\n"
          "tongbao directory publish --dir DIR [--out FILE]\n"
          "tongbao directory revoke PARTY --key ID|all --reason lost|stolen|rotation [--cut FILE]\n"
          "                         --dir DIR --authority FILE\n"
          "tongbao directory rotate PARTY --request REQ --cut FILE [--reason "
          "rotation|lost|stolen]\n"
          "                         [--keys-until TIME] --dir DIR --authority FILE\n"
          "tongbao directory hub [--use-spare --reason lost|stolen|rotation [--until TIME]]\n"
          "                      [--spare FILE] --dir DIR --authority FILE\n"
          "tongbao directory renew [--fresh-until TIME] --dir DIR --authority FILE\n"
          "tongbao directory uphold FILE... --dir DIR --authority FILE\n"
          "tongbao directory authority NEXT_KEY_FILE --dir DIR --authority FILE\n"
          "tongbao directory install FILE\n"
          "tongbao directory exercise [--provinces N] [--table FILE] --out DIR\n"
          "tongbao directory exercise --parties FILE [--title-zh T --title-en T] --out DIR\n"),
        stdout);
    fputs(_("\n"
            "DIR holds every signed version as directory.N.doc; it has no secrets. Each change "
            "makes one new\n"
            "version, also a batch of many parties (columns party, role, jurisdiction, parent, "
            "name_zh,\n"
            "name_en, attributes, request, state). The hub takes the newest version from any agent "
            "that has it.\n"
            "Without --dir, list asks this party's agent; install hands it a published file, "
            "without a hub.\n"
            "A revocation without --cut lets nothing count that was signed with the key.\n"
            "rotate cuts all keys of a party and enrols those of its request, in one version; the "
            "cut\n"
            "comes from: tongbao key cut, or from the hub: tongbao-broker cut PARTY.\n"
            "renew only says anew how long the directory may be relied on (a year). --keys-until "
            "is the\n"
            "planned end of a party's keys: its agent warns 60, 30 and 7 days before.\n"
            "hub --use-spare makes the spare keys the hub's; what it signed before --until (now) "
            "stays true.\n"
            "uphold names signed campaigns and tables that stand whatever becomes of the key they "
            "were signed\n"
            "with: look at each, and do it before that key is cut or the authority replaced. "
            "authority names the\n"
            "key that signs all later versions; this one is still signed with --authority.\n"
            "--hub-key and --spare take a key file or the hub's request. All take --json.\n"
            "Example: tongbao directory exercise --provinces 3 --out /tmp/exercise\n"),
          stdout);
}

/* A directory is installed as any document is. */
static int install(int argc, char **argv)
{
    /* The noun stands before the verb, in the caller's own array. */
    return tb_cli_document(argc + 1, argv - 1);
}

int tb_cli_directory(int argc, char **argv)
{
    static const tb_verb verbs[] = {
        {"init", tb_directory_init_verb},         {"enrol", tb_directory_enrol_verb},
        {"list", tb_directory_list_verb},         {"show", tb_directory_show_verb},
        {"publish", tb_directory_publish_verb},   {"revoke", tb_directory_revoke_verb},
        {"exercise", tb_directory_exercise_verb}, {"install", install},
        {"rotate", tb_directory_rotate_verb},     {"hub", tb_directory_hub_verb},
        {"renew", tb_directory_renew_verb},       {"authority", tb_directory_authority_verb},
        {"uphold", tb_directory_uphold_verb},
    };
    return tb_file_dispatch(argc, argv, verbs, sizeof(verbs) / sizeof(verbs[0]), help);
}
