/** Kernel modules, as folders below `kernel/`, that no machine made by QEMU has anything for. */
export const unneededModules = [
  ...['sound', 'samples', 'drivers/media', 'drivers/gpu', 'drivers/iio', 'drivers/usb'],
  ...['drivers/hid', 'drivers/hwmon', 'drivers/platform', 'drivers/comedi', 'drivers/staging'],
  ...['drivers/infiniband', 'drivers/bluetooth', 'drivers/mtd', 'drivers/isdn', 'drivers/atm'],
  ...['drivers/leds', 'drivers/edac', 'drivers/w1', 'drivers/mmc', 'drivers/memstick'],
  ...['drivers/firewire', 'drivers/accessibility', 'drivers/mfd', 'drivers/regulator'],
  ...['drivers/nfc', 'drivers/pcmcia', 'drivers/parport', 'drivers/power', 'drivers/thermal'],
  ...['drivers/watchdog', 'drivers/net/wireless', 'drivers/net/can', 'drivers/net/usb'],
  ...['drivers/net/hamradio', 'drivers/net/wan', 'drivers/net/dsa', 'drivers/net/phy'],
  ...['drivers/net/ieee802154', 'drivers/net/fddi', 'drivers/net/ethernet', 'drivers/ata'],
  ...['drivers/input', 'drivers/video', 'drivers/i2c', 'drivers/scsi', 'drivers/misc'],
  ...['net/wireless', 'net/mac80211', 'net/bluetooth', 'net/can', 'net/nfc', 'net/6lowpan'],
  ...['net/ieee802154', 'net/mac802154', 'net/ax25', 'net/rds', 'net/tipc', 'net/batman-adv'],
  ...['fs/ocfs2', 'fs/gfs2', 'fs/jfs', 'fs/f2fs', 'fs/ubifs', 'fs/jffs2', 'fs/reiserfs', 'fs/ceph'],
];
