# Sent to the source: ends what runs, syncs, makes file systems read-only, and gives way to the loaded
# kernel. Its arguments call kexec. Each step is told in a line as it is reached. VG_SPARED: pids that are
# not ended. VG_HOLD: seconds; it waits so long for the word `go` before it gives way, and as long again
# after each `wait`, and starts the machine again from its own disk where neither comes.
say() { echo "vg-cut-over $1"; }
# Whoever listens may be gone: what has begun ends all the same.
trap '' PIPE
# What takes long tells that it is still at it.
beat() { while sleep 10; do say working; done; }

# Those through which we are talked to: this shell, what it was told to spare, and all above them.
spared=' '
for pid in $$ $VG_SPARED; do
  while [ "$pid" -gt 1 ]; do
    spared="$spared$pid "
    read -r line < "/proc/$pid/stat" || break
    line=${line##*) }
    line=${line#* }
    pid=${line%% *}
  done
done

# A client of DHCP that is asked to end takes the address with it.
for folder in /proc/[0-9]*; do
  name=
  { read -r name < "$folder/comm"; } 2> /dev/null
  [ "$name" != dhcpcd ] || kill -s KILL "${folder#/proc/}" 2> /dev/null
done

# Programs that are not spared; the kernel's own threads have no command line.
programs() {
  found=
  for folder in /proc/[0-9]*; do
    pid=${folder#/proc/}
    case $spared in *" $pid "*) continue ;; esac
    [ "$pid" = 1 ] && continue
    name= line=
    { read -r name < "$folder/comm"; } 2> /dev/null
    case $name in systemd*|dbus-*) continue ;; esac
    { read -r line < "$folder/cmdline"; } 2> /dev/null
    [ -n "$line" ] && found="$found $pid"
  done
}

# end_all SIGNAL TENTHS: false if some are left.
end_all() {
  tenths=$2
  programs
  # Word by word.
  [ -z "$found" ] || kill -s "$1" $found 2> /dev/null
  while [ -n "$found" ]; do
    [ "$tenths" -gt 0 ] || return 1
    tenths=$((tenths - 1))
    sleep 0.1
    programs
  done
}

say cut-over
beat &
beating=$!
if [ -d /run/systemd/system ]; then
  systemctl list-units --plain --no-legend --type=service,socket,timer,path --state=active |
    while read -r unit _; do
      case $unit in ssh*|systemd-*|dbus*|user@*|session-*|network*|NetworkManager*) ;;
        ifup@*|ifup-*|wicked*|dhcpcd*|dhclient*|connman*|wpa_supplicant*|cloud-*) ;;
        *) echo "$unit" ;;
      esac
    done | xargs -r timeout 180 systemctl stop
else
  # Init starts nothing anew any more.
  kill -s TSTP 1
fi
kill "$beating"
end_all TERM 100 || end_all KILL 20
say stopped
beat &
beating=$!
start_again() {
  echo b > /proc/sysrq-trigger
  reboot -f
}
# A disk that hangs would keep the machine out of service for ever: for two minutes nothing is read or
# written by then.
(
  still=0
  before=
  while [ "$still" -lt 12 ]; do
    sleep 10
    now=
    while read -r _ _ _ reads _ _ _ writes _; do now="$now $reads $writes"; done < /proc/diskstats
    still=$((still + 1))
    [ "$now" = "$before" ] || still=0
    before=$now
  done
  start_again
) &
watching=$!
# It may be there no longer when the disk has to stand still.
[ -z "$VG_HOLD" ] || swapoff -a 2> /dev/null
sync
read_only() {
  while read -r device place _ options _; do
    case $device in /dev/*) ;; *) continue ;; esac
    case ",$options," in *,rw,*) echo "$place" ;; esac
  done < /proc/mounts
}
for place in $(read_only); do mount -o remount,ro "$place" 2> /dev/null; done
if [ -n "$(read_only)" ]; then
  # What a program that cannot be ended keeps open.
  echo u > /proc/sysrq-trigger
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -n "$(read_only)" ] || break
    sleep 0.1
  done
  sync
fi
kill "$beating" "$watching"
say synced
if [ "$VG_HOLD" ]; then
  # Also where the connection is cut without a word.
  while :; do
    (
      sleep "$VG_HOLD"
      start_again
    ) &
    watching=$!
    word=
    read -r word
    kill "$watching"
    [ "$word" = wait ] || break
  done
  [ "$word" = go ] || start_again
fi
say kexec
# The line has to leave first.
sleep 0.03
"$@" -e -x
# It does not leave: what starts now asks for the tombstone first.
start_again
