import { join } from 'node:path';

/** What every lab has, with all the names that must be known to remove it. */
export interface LabBase {
  name: string;
  /** Drawn at random: no name with it is anybody else's. */
  token: string;
  /** Carried by every process of the lab. */
  mark: string;
  /** Its files: hosts' disks, keys. */
  folder: string;
  /** Third number of 10.77.x.0/24. */
  subnet: number;
  switchNamespace: string;
  /** The controller's interface on the lab's network. */
  uplink: string;
}

/** A host of any lab. */
export interface LabHostBase {
  /** `h1`, `h2`, … */
  name: string;
  address: string;
  /** Its end of the wire, in the switch: at most 15 characters. */
  port: string;
  /** Its files, on the controller. */
  folder: string;
}

/** What is drawn and found for a lab before it is planned. */
export interface Draw {
  name: string;
  /** 16 hexadecimal digits. */
  token: string;
  subnet: number;
  /** Folder in which the lab's is made. */
  parent: string;
}

export function planBase({ name, token, subnet, parent }: Draw): LabBase {
  const short = token.slice(0, 8);
  return {
    ...{ name, token, subnet },
    folder: join(parent, `${name}-${short}`),
    mark: `lab-${token}`,
    switchNamespace: `vg-${name}-${short}-switch`,
    uplink: `vg${short}`,
  };
}

/**
 * A hardware address of the lab's own; the first byte says that nobody has assigned it.
 * @param number of the host, from 1; the same host may have several by `first`
 */
export function hardwareAddress({ token }: LabBase, number: number, first = 0x02): string {
  const ours = token.slice(0, 8).match(/../g) ?? [];
  const hex = (byte: number) => byte.toString(16).padStart(2, '0');
  return [hex(first), ...ours, hex(number)].join(':');
}
