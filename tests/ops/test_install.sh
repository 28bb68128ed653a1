#!/usr/bin/env bash
# test_install.sh BUILD_DIR - what cmake --install puts where, that it runs from there, and that the
# units are as closed as they can be. Installs into a folder of its own and takes it away again.
set -eu
build=${1:?usage: test_install.sh BUILD_DIR}
root=$(mktemp -d /tmp/tongbao-install-XXXXXX)
pids=()
failed=0

end() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  rm -rf "$root"
}
trap end EXIT

wrong() { echo "test_install: $*" >&2; failed=1; }
must() { "$@" >"$root/output" 2>&1 || { cat "$root/output" >&2; wrong "failed: $*"; return 1; }; }
# until COMMAND holds, looking twenty times a second for ten seconds
until_true() {
  for _ in $(seq 200); do "$@" >/dev/null 2>&1 && return 0; sleep 0.05; done
  wrong "in vain: $*"
  return 1
}

DESTDIR=$root/dest must cmake --install "$build" --prefix /usr
usr=$root/dest/usr

# ---- every file, and its rights ----
while read -r mode path; do
  [ -e "$usr/$path" ] || { wrong "not installed: $path"; continue; }
  [ "$(stat -c %a "$usr/$path")" = "$mode" ] || wrong "$path has rights $(stat -c %a "$usr/$path"), not $mode"
  [ -s "$usr/$path" ] || wrong "$path is empty"
done <<'LIST'
755 bin/tongbao
755 bin/tongbao-agent
755 bin/tongbao-broker
755 bin/tongbao-tables
644 share/locale/zh_CN/LC_MESSAGES/tongbao.mo
644 share/tongbao/campaigns/black-card.yaml
644 share/tongbao/campaigns/land-requisition.yaml
644 share/tongbao/campaigns/service-quality.yaml
644 share/tongbao/tables/README.md
644 share/tongbao/tables/LICENSE
644 share/tongbao/tables/NOTICE
644 share/tongbao/tables/number-segments.csv.gz
644 share/tongbao/tables/provinces.csv
644 share/tongbao/tables/holidays-2015-2016.csv
644 share/tongbao/tables/holidays-2019-2020.csv
644 share/tongbao/tables/segments.table
644 share/tongbao/tables/provinces.table
644 share/tongbao/tables/calendar.table
644 share/tongbao/config/broker.conf
644 share/tongbao/config/agent.conf
644 share/doc/tongbao/README.md
644 share/doc/tongbao/ARCHITECTURE.md
644 share/doc/tongbao/PROTOCOL.md
644 share/doc/tongbao/LICENSE
644 share/doc/tongbao/NOTICE
644 lib/systemd/system/tongbao-broker.service
644 lib/systemd/system/tongbao-agent@.service
644 lib/sysusers.d/tongbao.conf
644 lib/tmpfiles.d/tongbao.conf
LIST
# nothing else was put there
expected=29
found=$(find "$usr" -type f | wc -l)
[ "$found" -eq "$expected" ] || wrong "$found files were installed, not $expected"

# ---- the programs run from there ----
version=$(sed -n 's/^project(tongbao VERSION \([0-9.]*\).*/\1/p' "$(dirname "$0")/../../CMakeLists.txt")
for program in tongbao tongbao-agent tongbao-broker; do
  must "$usr/bin/$program" --version
  grep -qx "$program $version" "$root/output" || wrong "$program --version says: $(cat "$root/output")"
  must "$usr/bin/$program" --help
done

# translations are found beside the program, and are the installed ones
"$usr/bin/tongbao" --lang zh help | grep -q 协同办件 || wrong "no Chinese from the installed programs"
mv "$usr/share/locale" "$root/locale"
"$usr/bin/tongbao" --lang zh help | grep -q 协同办件 && wrong "the translations are not those installed"
mv "$root/locale" "$usr/share/locale"

# ---- samples: every line, with its comment mark taken off, is an option the daemon knows ----
for sample in broker agent; do
  sed -n 's/^#\([a-z-]* = \)/\1/p; /^[a-z-]* = /p' "$usr/share/tongbao/config/$sample.conf" >"$root/$sample.conf"
  "$usr/bin/tongbao-$sample" --config "$root/$sample.conf" --check-config >"$root/output" 2>&1 && wrong "the sample $sample.conf names no files that are here"
  grep -qE 'no such option|unknown' "$root/output" && { cat "$root/output" >&2; wrong "$sample.conf has an option the daemon does not know"; }
done

# ---- a small hub of the installed programs, from configuration files ----
hub=$root/hub
must "$usr/bin/tongbao" directory exercise --provinces 1 --table "$usr/share/tongbao/tables/provinces.csv" --out "$hub"
port=$((20000 + $$ % 10000))
cat >"$hub/broker.conf" <<CONF
store = $hub/store
key = $hub/keys/hub.key
directory = $hub/directory/directory.2.doc
listen = tcp://127.0.0.1:$port
quota = 16M
CONF
cat >"$hub/agent.conf" <<CONF
party = bureau.11
store = $hub/agent
key = $hub/keys/bureau.11.key
directory = $hub/directory/directory.2.doc
hub = tcp://127.0.0.1:$port
socket = $hub/run/agent.sock
quota = 16777216
CONF
must "$usr/bin/tongbao-broker" --config "$hub/broker.conf" --check-config
"$usr/bin/tongbao-broker" --config "$hub/broker.conf" >"$hub/broker.log" 2>&1 &
pids+=($!)
until_true grep -q event=ready "$hub/broker.log" || cat "$hub/broker.log" >&2
grep -q "event=config store=$hub/store" "$hub/broker.log" || wrong "the broker does not print its effective values"
"$usr/bin/tongbao-agent" --config "$hub/agent.conf" >"$hub/agent.log" 2>&1 &
pids+=($!)
linked() { "$usr/bin/tongbao" status --json --socket "$hub/run/agent.sock" | grep -q '"linked": *true'; }
until_true linked || cat "$hub/agent.log" >&2
[ "$(stat -c %a "$hub/run")" = 750 ] || wrong "the socket's folder has rights $(stat -c %a "$hub/run")"
[ "$(stat -c %a "$hub/run/agent.sock")" = 660 ] || wrong "the socket has rights $(stat -c %a "$hub/run/agent.sock")"

# faults of a configuration file are all said, with their lines
printf 'store = a\nquota = much\nnonsense\ncolour = red\n' >"$hub/bad.conf"
"$usr/bin/tongbao-broker" --config "$hub/bad.conf" >"$root/output" 2>&1 && wrong "a bad configuration was taken"
for line in "bad.conf:2: --quota wants" "bad.conf:3: write it as" "bad.conf:4: no such option: --colour" "--key is missing"; do
  grep -qF -- "$line" "$root/output" || { cat "$root/output" >&2; wrong "not said: $line"; }
done

# ---- the units ----
if command -v systemd-analyze >/dev/null; then
  for unit in tongbao-broker.service tongbao-agent@.service; do
    must systemd-analyze security --offline=yes --threshold=15 "$usr/lib/systemd/system/$unit" || true
  done
  cp -r "$usr/lib/systemd/system" "$root/units"
  sed -i "s|=/usr/bin/|=$usr/bin/|" "$root"/units/*.service
  mv "$root/units/tongbao-agent@.service" "$root/units/tongbao-agent@bureau.11.service"
  must systemd-analyze verify --man=no "$root"/units/*.service || true
  grep -q . "$root/output" && { cat "$root/output" >&2; wrong "systemd-analyze verify complains"; }
else
  echo "test_install: systemd-analyze is not here; the units are not rated" >&2
fi
for unit in "$usr"/lib/systemd/system/*.service; do
  grep -q '^ExecStart=/usr/bin/tongbao-' "$unit" || wrong "$unit does not start the installed program"
  grep -q '@' <(grep -v '^Description\|^#\|SystemCall' "$unit") && wrong "$unit has a place that was not filled in"
done

exit $failed
