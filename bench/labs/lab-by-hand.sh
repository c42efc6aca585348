#!/usr/bin/env bash
# Makes three hosts as an administrator would by hand: a network namespace each, wires to a switch, an
# overlay as root, sshd. Prints the microseconds until all three answer. No caps, no ledger, no way
# back from half of it.
#
# usage: unshare --net --mount --pid --fork --kill-child lab-by-hand.sh FOLDER
#   FOLDER  an empty one, on a disk
#
# All of it lives in namespaces of this script and goes with them.
set -euo pipefail
started=${EPOCHREALTIME/./}
folder=$1
PATH=$PATH:/usr/sbin:/sbin
mount -t tmpfs tmpfs /run # names of network namespaces
mkdir /run/sshd

ip link add switch type bridge
ip addr add 198.51.100.254/24 dev switch
ip link set switch up
ssh-keygen -q -t ed25519 -N '' -f "$folder/id"

# Runs in the namespaces of host $1.
host() {
  set -e
  hostname "h$1"
  mount -t tmpfs tmpfs "$at/changes"
  mkdir "$at/changes/upper" "$at/changes/work"
  mount -t overlay -o "lowerdir=/,upperdir=$at/changes/upper,workdir=$at/changes/work" overlay "$at/root"
  for kept in /sys /dev /run "$folder"; do
    mkdir -p "$at/root$kept"
    mount --rbind "$kept" "$at/root$kept"
  done
  mount -t proc proc "$at/root/proc"
  exec chroot "$at/root" "$(command -v sshd)" -D -f /dev/null -h "$at/key" \
    -o ListenAddress="198.51.100.$1" -o AuthorizedKeysFile="$folder/id.pub" -o StrictModes=no
}
export -f host

for n in 1 2 3; do
  export folder at="$folder/h$n"
  mkdir -p "$at/changes" "$at/root"
  ssh-keygen -q -t ed25519 -N '' -f "$at/key"
  ip netns add "h$n"
  ip link add "h$n" type veth peer name eth0 netns "h$n"
  ip link set "h$n" master switch up
  ip -n "h$n" addr add "198.51.100.$n/24" dev eth0
  ip -n "h$n" link set eth0 up
  ip netns exec "h$n" unshare --mount --uts --ipc --pid --fork --kill-child \
    bash -c "host $n" > "$at/log" 2>&1 < /dev/null &
done
for n in 1 2 3; do
  until (exec 3<> "/dev/tcp/198.51.100.$n/22") 2> /dev/null; do
    [ ${EPOCHREALTIME%[.,]*} -lt $((started / 1000000 + 30)) ] || { cat "$folder"/h*/log >&2; exit 1; }
    sleep 0.005
  done
done
echo $((${EPOCHREALTIME/./} - started))
