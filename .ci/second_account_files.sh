#!/usr/bin/env bash
# Checks that a second account can change or read no file of a run. Called with a working directory.
# root is the user; `nobody` is the other one, who can write to the shared directory as in /tmp.
# The command is $SYNTHLAB (else ./synthlab of this checkout).
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
command=${SYNTHLAB:-$root/synthlab}
work=$1/files
shared=$work/shared
home=$work/home

fail() { printf 'second account, files: %s\n' "$*" >&2; exit 1; }
other() { runuser -u nobody -- "$@"; }
other_has() { other sh -c 'printf "%s" "$2" > "$1"' sh "$1" "$2"; }

# Runs the command in the shared directory with a server that does not exist: a file is refused
# before anything is sent.
lab() {
  (
    cd "$shared"
    env -i PATH="$PATH" HOME="$home" ${JAVA_HOME:+"JAVA_HOME=$JAVA_HOME"} \
      OPENAI_BASE_URL=http://127.0.0.1:9/v1 SYNTHLAB_LLM_MAX_ATTEMPTS=1 "$@"
  ) > "$work/said" 2>&1
}

# refused WORD COMMAND...: it fails, and its message has the word.
refused() {
  local word=$1
  shift
  ! lab "$@" || fail "not refused: $*"
  grep -q -- "$word" "$work/said" || fail "no \"$word\" in: $(cat "$work/said")"
}

fresh() {
  rm -rf "$shared"
  mkdir -p "$shared"
  chmod 1777 "$shared"
  printf '{"prompt":"hi"}\n' > "$shared/in.jsonl"
  printf 'precious\n' > "$work/victim"
  chmod 600 "$work/victim"
}

intact() {
  [ "$(cat "$work/victim")" = precious ] || fail "the victim was changed by: $*"
  [ "$(stat -c %a "$work/victim")" = 600 ] || fail "the victim's mode was changed by: $*"
}

run_out() { refused "$1" "$command" run in.jsonl -o out.jsonl; }

mkdir -p "$work" "$home"
chmod 755 "$1" "$work"
other true || { echo "no second account here: not checked"; exit 0; }

# The kernel's own protection would hide that ours is missing.
protected=$(cat /proc/sys/fs/protected_symlinks 2> /dev/null || echo 0)
printf 'fs.protected_symlinks is %s\n' "$protected"

beside=".out.jsonl.lock out.jsonl.job.json out.jsonl.errors.jsonl out.jsonl.bad .out.jsonl.stdin"
for name in $beside; do
  fresh
  other ln -s "$work/victim" "$shared/$name"
  run_out 'symbolic link'
  intact "$name"
done
fresh
other ln -s "$work/missing" "$shared/.out.jsonl.lock"
run_out 'symbolic link'
[ ! -e "$work/missing" ] || fail "a link was followed to a file that does not exist"
fresh
other_has "$shared/.out.jsonl.lock" ''
run_out 'another user'
echo 'links and files beside OUT are refused'

fresh
other ln -s "$work/victim" "$shared/out.jsonl"
run_out 'another user'
intact OUT
fresh
other_has "$shared/out.jsonl" ''
run_out 'another user'
fresh
other mkfifo "$shared/out.jsonl"
run_out 'another user'
echo 'OUT of another user is refused'

database=(env SYNTHLAB_DB_PATH=lab.db SYNTHLAB_LEDGER=on "$command" db migrate)
for name in "" -wal -shm -journal; do
  fresh
  other ln -s "$work/victim" "$shared/lab.db$name"
  refused 'symbolic link' "${database[@]}"
  intact "lab.db$name"
done
fresh
other_has "$shared/lab.db-wal" ''
refused 'another user' "${database[@]}"
echo 'database files of another user are refused'

fresh
open=(sh -c 'umask 0; exec "$@"' sh)
lab "${open[@]}" "${database[@]}" || fail "no ledger: $(cat "$work/said")"
lab "${open[@]}" "$command" run in.jsonl -o out.jsonl || true # no server answers: exit 5
for file in "$shared"/lab.db* "$shared"/out.jsonl* "$shared"/.out.jsonl*; do
  [ -e "$file" ] || continue
  [ "$(stat -c %a "$file")" = 600 ] || fail "$file has the mode $(stat -c %a "$file")"
  ! other cat "$file" > /dev/null 2>&1 || fail "nobody can read $file"
done
echo 'every file is for its owner only, whatever the umask'
