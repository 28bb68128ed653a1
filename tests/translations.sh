#!/usr/bin/env bash
# translations.sh SOURCE_DIR - fails when a sentence of the command line has no Chinese text, or a
# Chinese text belongs to no sentence.
#
# Collects every text marked for translation in agents/cli and compares with po/zh_CN.po: each must be
# there, translated and not merely guessed (fuzzy). What a table holds is marked with N_, so that none
# is overlooked.
set -eu
source=${1:?usage: translations.sh SOURCE_DIR}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$source"
xgettext --from-code=UTF-8 --keyword=_ --keyword=N_ --output="$work/all.pot" agents/cli/*.c
grep -q '^msgid "duty"' "$work/all.pot" || { echo "the texts could not be collected"; exit 1; }
msgcmp po/zh_CN.po "$work/all.pot" 2>"$work/said" || { cat "$work/said"; exit 1; }
if [ -s "$work/said" ]; then # "this message is not used"
    cat "$work/said"
    exit 1
fi
