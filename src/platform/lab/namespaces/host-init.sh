#!/bin/bash
# First process of a host in its own network, UTS, mount, IPC and PID namespaces: builds a root of its
# own over the machine's, starts sshd, then waits and reaps. Everything it mounts goes with it.
#
#   host-init.sh NAME FOLDER SSHD_CONFIG [BIND…]     FOLDER: of this host; BIND: a path kept as it is, the lab's folder first
set -e
name=$1 folder=$2 config=$3
shift 3
PATH=$PATH:/usr/sbin:/sbin
# As the machine outside counts.
read -r pid _ < /proc/self/stat
echo "$pid" > "$folder/pid"
[ -z "$LAB_GROUP" ] || echo 0 > "$LAB_GROUP"
hostname "$name"
mount --make-rprivate /
mkdir -p "$folder/overlay"
mount -t tmpfs -o mode=755 tmpfs "$folder/overlay"
mkdir "$folder/overlay/upper" "$folder/overlay/work" "$folder/overlay/root"
root=$folder/overlay/root
mount -t overlay -o "lowerdir=/,upperdir=$folder/overlay/upper,workdir=$folder/overlay/work" overlay "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
# What users keep there is not the host's: a slow shell profile would be measured with everything.
for hidden in /run /root /tmp; do
  mount -t tmpfs -o mode=755 tmpfs "$root$hidden"
done
chmod 1777 "$root/tmp"
mkdir -p "$root/run/sshd" "$root/run/lock" "$root/srv/local"
lab=$1
for kept in "$@"; do
  mkdir -p "$root$kept"
  mount --bind "$kept" "$root$kept"
done
mount --bind "$folder/local" "$root/srv/local"
if [ -d "$lab/shared" ]; then
  mkdir -p "$root/mnt/shared"
  mount --bind "$lab/shared" "$root/mnt/shared"
fi
cp "$folder/hosts" "$root/etc/hosts"
echo "$name" > "$root/etc/hostname"
echo "$folder" | md5sum | cut -c1-32 > "$root/etc/machine-id"
mkdir "$root/run/old"
cd "$root"
pivot_root . run/old
umount -l /run/old
rmdir /run/old
"$(command -v sshd)" -f "$config"
touch "$folder/ready"
trap 'exit 0' TERM
while :; do
  sleep 86400 &
  wait $!
done
