# disk_mark DISK: what tells a disk from others and stays while it is in use, as a checksum: the signature
# of a partition table, and what the kind of content keeps for itself. On a whole disk each kind changes
# what lies elsewhere, so only its own is read: the UUID of XFS, ext2 to 4, Btrfs or swap, the label of
# LVM; else the header of a GPT. Read by the source before it gives way, and by the VMM.
disk_mark() {
  read_at() { dd if="$marked" bs=1 skip="$1" count="$2" 2> /dev/null; }
  holds() { [ "$(read_at "$1" "$2" | od -An -v -tx1 | tr -d ' \n')" = "$3" ]; }
  marked=$1
  if holds 0 4 58465342; then own='32 16'
  elif holds 1080 2 53ef; then own='1128 16'
  elif holds 65600 8 5f42485266535f4d; then own='65568 16'
  elif holds 4086 10 53574150535041434532; then own='1036 16'
  else own='512 512'
  fi
  { read_at 440 6; read_at $own; } | sha256sum | cut -c 1-64
}
