#!/usr/bin/env bash
# Creates a guest as an administrator would by hand: clones its disk, syncs it, starts QEMU, and asks
# the guest's service every 5 ms until it answers. Prints the microseconds that this took, and ends
# the guest.
#
# usage: create-overhead.sh TEMPLATE FORMAT DISK PORT QEMU [ARGUMENT…]
#   TEMPLATE, FORMAT  the image that DISK becomes a clone of
#   PORT              UDP port of this machine that QEMU forwards to the guest's service
#   QEMU, ARGUMENT…   the command line; it uses DISK
#
# While it waits, nothing but builtins of bash runs: a program started for each question would take
# the CPU from the guest.
set -euo pipefail

template=$1 format=$2 disk=$3 port=$4
shift 4
limit=120

exec {pause}<> <(:) # nothing ever comes here, so that read waits its whole time out
qemu=
trap '[[ -z $qemu ]] || kill -KILL "$qemu"; rm -f "$disk"' EXIT

begin=$EPOCHREALTIME
qemu-img create -q -f qcow2 -F "$format" -b "$template" "$disk"
sync "$disk" "${disk%/*}"
"$@" </dev/null >&2 &
qemu=$!

exec {service}<>"/dev/udp/127.0.0.1/$port"
answer=
for ((sequence = 0; SECONDS < limit; sequence++)); do
  # Until QEMU has bound the port, both fail at once.
  if printf 'VG1 %d' "$sequence" >&"$service" 2>/dev/null; then
    # One byte is read from each datagram, and the rest of it is gone: the service alone begins with V.
    read -r -N 1 -t 0.005 -u "$service" answer 2>/dev/null && break || status=$?
    ((status > 128)) && continue
  fi
  kill -0 "$qemu" 2>/dev/null || { echo "QEMU has ended" >&2; qemu=; exit 1; }
  read -r -t 0.005 -u "$pause" || true
done
end=$EPOCHREALTIME

[[ $answer == V ]] || { echo "the guest did not answer within $limit s" >&2; exit 1; }
echo $((${end/./} - ${begin/./}))
