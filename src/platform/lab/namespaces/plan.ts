import { join } from 'node:path';

/** One host of a lab, with all the names that it will go by. */
export interface LabHost {
  /** `h1`, `h2`, … */
  name: string;
  address: string;
  /** Network namespace. */
  namespace: string;
  /** Its end of the wire, in the switch: at most 15 characters. */
  port: string;
  /** Its files, on the controller. */
  folder: string;
}

/** What a lab consists of: all that must be known to remove it, written down before it is made. */
export interface LabPlan {
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
  hosts: LabHost[];
}

export const mostHosts = 60;

/** The controller in each lab's network. */
export const controllerNumber = 254;

/** Of guests in each lab's network: no host has them. */
export const guestNumbers = { first: 64, last: 191 };

export function planLab({
  name,
  token,
  subnet,
  parent,
  hosts,
}: {
  name: string;
  /** 16 hexadecimal digits. */
  token: string;
  subnet: number;
  /** Folder in which the lab's is made. */
  parent: string;
  hosts: number;
}): LabPlan {
  const short = token.slice(0, 8);
  const folder = join(parent, `${name}-${short}`);
  return {
    ...{ name, token, subnet, folder },
    mark: `lab-${token}`,
    switchNamespace: `vg-${name}-${short}-switch`,
    uplink: `vg${short}`,
    hosts: Array.from({ length: hosts }, (_, index) => {
      const host = `h${index + 1}`;
      return {
        name: host,
        address: addressIn(subnet, index + 1),
        namespace: `vg-${name}-${short}-${host}`,
        port: `vg${short}${host}`,
        folder: join(folder, host),
      };
    }),
  };
}

export function addressIn(subnet: number, number: number): string {
  return `10.77.${subnet}.${number}`;
}

/**
 * The first network 10.77.x.0/24 that nothing here leads to.
 * @param routes what `ip -4 -o route show table all` prints
 */
export function freeSubnet(routes: string): number {
  const taken = new Set(
    [...routes.matchAll(/\b10\.77\.(\d{1,3})\.\d{1,3}/g)].map((match) => Number(match[1])),
  );
  for (let subnet = 0; subnet < 256; subnet++) if (!taken.has(subnet)) return subnet;
  throw new Error('all of 10.77.0.0/16 is taken');
}
