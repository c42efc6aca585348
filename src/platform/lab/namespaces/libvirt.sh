#!/bin/bash
# libvirtd of a host of a lab, run inside it: `libvirt.sh UUID`. It listens without TLS and without a
# password: nobody but the lab's hosts and the controller is on that network.
set -e
grep -q ^libvirt-qemu: /etc/passwd || {
  echo 'libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin' >> /etc/passwd
  echo 'libvirt-qemu:x:64055:' >> /etc/group
}
grep -q ^kvm: /etc/group || echo 'kvm:x:64056:' >> /etc/group
mkdir -p /etc/libvirt /var/log/libvirt /run/libvirt
rm -rf /var/lib/libvirt/qemu /etc/libvirt/qemu
mkdir -p /var/lib/libvirt/qemu
cat > /etc/libvirt/libvirtd.conf <<END
listen_tls = 0
listen_tcp = 1
auth_tcp = "none"
auth_unix_rw = "none"
auth_unix_ro = "none"
unix_sock_group = "root"
host_uuid = "$1"
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
END
cat > /etc/libvirt/qemu.conf <<'END'
user = "root"
group = "root"
security_driver = "none"
dynamic_ownership = 0
remember_owner = 0
cgroup_controllers = [ ]
namespaces = [ ]
stdio_handler = "file"
END
libvirtd --daemon --listen --config /etc/libvirt/libvirtd.conf --pid-file /run/libvirtd.pid
END_OF_WAIT=$((SECONDS + 30))
until virsh --connect qemu:///system version > /dev/null 2>&1; do
  [ $SECONDS -lt $END_OF_WAIT ] || { cat /var/log/libvirt/libvirtd.log >&2; exit 1; }
  sleep 0.1
done
