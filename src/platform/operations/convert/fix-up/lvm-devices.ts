import { knownByHardware } from '../inspect/index.ts';

/**
 * A file of LVM's devices with names that LVM does not trust in the place of those of the hardware. It
 * looks behind such a name for the mark of the volume, and elsewhere where that is not there
 * (`search_for_devnames` of lvm.conf(5)).
 */
export function withoutHardware(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const device = knownByHardware(line);
      if (device === undefined) return line;
      return line.replace(/^IDTYPE=\S+ +IDNAME=\S+/, `IDTYPE=devname IDNAME=${device}`);
    })
    .join('\n');
}
