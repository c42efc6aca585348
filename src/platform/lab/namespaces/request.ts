import { UserError } from '../../../base/errors.ts';
import { expectName } from '../../../base/name.ts';
import { mostHosts } from './plan.ts';

export interface LabOptions {
  /** How many hosts. */
  namespaces: number;
  /** A file system that all hosts see at /mnt/shared. */
  shared?: 'directory' | 'moosefs' | undefined;
  /** A libvirtd on each. */
  libvirt?: boolean | undefined;
  /** Bytes a second on each host's wire, in each direction. */
  linkRate?: number | undefined;
  /** Bytes a second that each host reads, and as many that it writes. */
  diskRate?: number | undefined;
}

export interface LabRequest extends LabOptions {
  stateDirectory: string;
  /** Folder for images, which the hosts see; the hosts' disks lie in it, too. */
  cache: string;
  name: string;
  signal?: AbortSignal | undefined;
}

/** The name is a part of the names of network namespaces, beside a token and a host's name. */
const longestName = 24;

/** @throws UserError if no machine could make such a lab */
export function checkRequest({ name, namespaces }: LabRequest): void {
  expectName(name, 'lab');
  if (name.length > longestName) {
    throw new UserError({
      message: `lab: expected a name of at most ${longestName} characters, got ${name}`,
      remedy: 'Choose another by --name.',
    });
  }
  if (!Number.isInteger(namespaces) || namespaces < 1 || namespaces > mostHosts) {
    throw new UserError({
      message: `--namespaces: expected a whole number from 1 to ${mostHosts}, got ${namespaces}`,
    });
  }
}
