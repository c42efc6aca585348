import { join } from 'node:path';
import { UserError } from '../../../base/errors.ts';

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
 * The first network 10.77.x.0/24 to which no route leads, default ones left out.
 * @param routes what `ip -4 -o route show table all` prints
 * @throws UserError if there is none
 */
export function freeSubnet(routes: string): number {
  const taken = [...routes.matchAll(/^(?:[a-z]+ )?(\d+)\.(\d+)\.(\d+)\.\d+(?:\/(\d+))?/gm)]
    .map(([, a, b, c, length = '32']) => ({
      network: (Number(a) << 16) | (Number(b) << 8) | Number(c),
      length: Math.min(Number(length), 24),
    }))
    // Shorter ones share out the default route, as VPNs do.
    .filter(({ length }) => length >= 8);
  for (let subnet = 0; subnet < 256; subnet++) {
    const ours = (10 << 16) | (77 << 8) | subnet;
    const led = taken.some(({ network, length }) => (network ^ ours) >> (24 - length) === 0);
    if (!led) return subnet;
  }
  throw new UserError({
    message: 'lab: expected a network 10.77.x.0/24 to which no route leads, found none',
    remedy: 'See "ip route show table all": a route to 10.0.0.0/8, or many labs.',
  });
}
