#!/usr/bin/env bash
# purity.sh BUILD_DIR - fails when pure code reaches for the world: memory, time, randomness, files.
#
# Lists what the pure archives leave undefined and allows only what computes: our own functions, the
# C library's memory and string functions that take what they need as arguments, and libsodium without
# the functions that draw random bytes themselves.
set -eu
build=${1:?usage: purity.sh BUILD_DIR}

memory='mem(ccpy|chr|cmp|cpy|mem|move|rchr|set)|bcmp'
string='str(chr|cmp|cspn|len|ncmp|nlen|pbrk|rchr|spn|str)'
checked='__(mem|str)[a-z]+_chk|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_'
sanitizer='__(asan|ubsan|sanitizer)_[a-z0-9_]+'
sodium='crypto_[a-z0-9_]+|sodium_(add|compare|increment|is_zero|memcmp|memzero|pad|stackzero|sub|unpad)'
anywhere="tb_[a-z0-9_]+|$memory|$string|$checked|$sanitizer|$sodium"
wire='protobuf_c_[a-z0-9_]+|tongbao__[a-z0-9_]+'
last_words='abort|fprintf|__fprintf_chk|fwrite|stderr'
draws='crypto_[a-z0-9_]+_(keypair|keygen|seal)'

# check ARCHIVE MEMBERS EXTRA: MEMBERS is a regular expression over object names, EXTRA one over names
# allowed besides those allowed anywhere.
check() {
  local archive
  archive=$(find "$build" -name "$1" -type f | head -n 1)
  [ -n "$archive" ] || return 0
  (cd "$(dirname "$archive")" && nm -u -A "$1") 2>/dev/null | awk -v members="^($2)\\.c\\.o$" -v allowed="^($anywhere|$3)$" \
    -v draws="^($draws)$" -v last_words="^($last_words)$" -v archive="$1" '
    {
      n = split($1, where, ":"); object = where[n - 1]; if (object == "") object = where[n]
      name = $NF
      if (object !~ members) next
      if (object == "assert.c.o" && name ~ last_words) next
      if (name ~ /seed_keypair$/ || (name ~ allowed && name !~ draws)) next
      print archive ": " object " uses " name; bad = 1
    }
    END { exit bad }'
}

failed=0
check libtb_base.a '.*' '-' || failed=1
check libtb_messages.a '.*' "$wire" || failed=1
check libtb_broker.a '.*' '-' || failed=1
check libtb_agent.a '.*' '-' || failed=1
check libtb_store_lmdb.a 'migrate|turn|range|version|watermark' '-' || failed=1
check libtb_store_mem.a 'migrate|turn|range|version|watermark' '-' || failed=1
exit $failed
