import type { Shell } from '../../../remote/shell.ts';
import { look } from './look.ts';

/** A device that a driver of the machine uses, and that a guest has not. */
export interface OtherDevice {
  /** As `lspci` or the device itself calls it, else its numbers: `10de:20b0`. */
  name: string;
  /** `nvidia` */
  driver: string;
}

/**
 * Of the PCI bus: InfiniBand (0207), 3D controllers (0302), Fibre Channel (0c04), coprocessors (0b40),
 * accelerators (12), and graphics cards whose driver also computes. Of the USB: what has a driver or a
 * program of its own (class ff), as licence keys and serial adapters do.
 * `$1`: `/sys`.
 */
const script = `
driver() { readlink "$1/driver" 2>/dev/null | sed 's:.*/::'; }
id() { cat "$1" 2>/dev/null; }
for at in "$1"/bus/pci/devices/*; do
  by=$(driver "$at")
  case $(id "$at/class"):$by in
    *:|*:vfio-pci) continue ;;
    0x0207*|0x0302*|0x0b40*|0x0c04*|0x12*|0x03*:nvidia|0x03*:amdgpu|0x03*:xe) ;;
    *) continue ;;
  esac
  name=$(lspci -s "\${at##*/}" 2>/dev/null | sed 's/^[^ ]* [^:]*: //; s/ (rev [^)]*)$//')
  numbers=$(id "$at/vendor"):$(id "$at/device")
  echo "$by \${name:-$(echo "$numbers" | sed 's/0x//g')}"
done
for at in "$1"/bus/usb/devices/*:*; do
  [ "$(id "$at/bInterfaceClass")" = ff ] || continue
  by=$(driver "$at")
  of=\${at%:*}
  echo "\${by:-usb} $(id "$of/product" || echo "$(id "$of/idVendor"):$(id "$of/idProduct")")"
done
true`;

export async function readOtherHardware(shell: Shell, sys = '/sys'): Promise<OtherDevice[]> {
  return parseOtherHardware(await look(shell, script, { args: [sys] }));
}

/** @param text `driver name` a line */
export function parseOtherHardware(text: string): OtherDevice[] {
  const lines = new Set(text.split('\n').filter(Boolean));
  return [...lines].map((line) => {
    const [driver = '', ...words] = line.trim().split(' ');
    return { name: words.join(' '), driver };
  });
}
