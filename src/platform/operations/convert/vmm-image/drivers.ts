/**
 * Where the modules lie, below `kernel/`, that a VMM image may need: disks and network cards of
 * servers, KVM, bridges and taps, and what these stand on.
 */
export const driverFolders = [
  ...['arch/x86/kvm', 'arch/x86/crypto', 'crypto', 'lib', 'virt'],
  ...['drivers/ata', 'drivers/nvme', 'drivers/scsi', 'drivers/message', 'drivers/block'],
  ...['drivers/virtio', 'drivers/hv', 'drivers/md', 'drivers/dca', 'drivers/ptp', 'drivers/pps'],
  // What KVM for AMD processors stands on.
  ...['drivers/crypto/ccp', 'drivers/char/hw_random'],
  ...['drivers/i2c/algos', 'drivers/firmware', 'drivers/net/ethernet', 'drivers/net/phy'],
  ...['drivers/net/mdio', 'drivers/net/hyperv', 'drivers/net/vmxnet3', 'drivers/net/bonding'],
  ...['net/802', 'net/8021q', 'net/bridge', 'net/core', 'net/llc', 'net/tls'],
];

/** Single modules of folders of which the rest is not needed. */
export const driverFiles = [
  ...['drivers/net/tun', 'drivers/net/mii', 'drivers/net/virtio_net', 'drivers/net/net_failover'],
  ...['drivers/net/mdio', 'drivers/net/tap', 'drivers/vhost/vhost', 'drivers/vhost/vhost_net'],
  ...['drivers/vhost/vhost_iotlb', 'fs/nls/nls_base'],
];
