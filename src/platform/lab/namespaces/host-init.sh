#!/bin/bash
# First process of a host in its own network, UTS, mount, IPC and PID namespaces: builds a root of its
# own over the machine's, starts sshd, then waits and reaps. Everything it mounts goes with it.
#
#   host-init.sh NAME FOLDER SSHD_CONFIG LAB [PATH…]
#
# FOLDER: of this host; LAB: of the lab, kept as it is, and so is every PATH.
set -e
name=$1 folder=$2 config=$3 lab=$4
shift 4
PATH=$PATH:/usr/sbin:/sbin
umask 022
trap 'touch "$folder/failed"' EXIT
# As the machine outside counts.
read -r pid _ < /proc/self/stat
echo "$pid" > "$folder/pid"
[ -z "$LAB_GROUP" ] || echo 0 > "$LAB_GROUP"
hostname "$name"
mount --make-rprivate /
over=$folder/overlay root=$folder/overlay/root
mkdir -p "$over"
mount -t tmpfs -o mode=755 tmpfs "$over"
mkdir "$root"

# overlay PATH: the machine's directory as the host may change it.
overlay() {
  local own=$over/changes${1//\//-}
  mkdir -p "$own/upper" "$own/work"
  mount -t overlay -o "lowerdir=$1,upperdir=$own/upper,workdir=$own/work" overlay "$root$1"
}
overlay /
# What is mounted below / is not in it.
for part in /usr /usr/local /opt /var /var/lib; do
  if mountpoint -q "$part"; then overlay "$part"; fi
done

mount -t proc proc "$root/proc"
# Mounted anew, it shows the host's own network.
mount -t sysfs sysfs "$root/sys" 2> /dev/null || mount --rbind /sys "$root/sys"
if [ -d /sys/fs/cgroup ]; then mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"; fi
mount --rbind /dev "$root/dev"
# What users keep there is not the host's: a slow shell profile would be measured with everything.
for hidden in /run /root /tmp /dev/shm; do
  mkdir -p "$root$hidden"
  mount -t tmpfs -o mode=755 tmpfs "$root$hidden"
done
chmod 1777 "$root/tmp" "$root/dev/shm"
mkdir -p "$root/run/sshd" "$root/run/lock" "$root/srv/local"
for kept in "$@" "$lab"; do
  mkdir -p "$root$kept"
  mount --bind "$kept" "$root$kept"
done
# virtgauge and Node.js, for commands on the host, where they lie in what was hidden.
IFS=: read -r -a own <<< "$LAB_OWN"
for path in "${own[@]}"; do
  if [ ! -e "$root$path" ]; then
    mkdir -p "$root$path"
    mount --bind "$path" "$root$path"
  fi
done
mount --bind "$folder/local" "$root/srv/local"
if [ -d "$lab/shared" ]; then
  mkdir -p "$root/mnt/shared"
  mount --bind "$lab/shared" "$root/mnt/shared"
fi
cp "$folder/hosts" "$root/etc/hosts"
echo "$name" > "$root/etc/hostname"
echo "$folder" | md5sum | cut -c1-32 > "$root/etc/machine-id"
# sshd without PAM refuses accounts that are locked ("!"), as root's is on many systems.
sed -i 's/^root:[^:]*:/root:*:/' "$root/etc/shadow"
mkdir "$root/run/old"
cd "$root"
pivot_root . run/old
umount -l /run/old
rmdir /run/old
"$(command -v sshd)" -f "$config"
touch "$folder/ready"
trap - EXIT
trap 'exit 0' TERM
while :; do
  sleep 86400 &
  wait $!
done
