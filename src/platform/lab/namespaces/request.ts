import { UserError } from '../../../base/errors.ts';
import { expectLabName } from '../lab-name.ts';
import type { LabPlace } from '../make-lab.ts';
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

export interface LabRequest extends LabOptions, LabPlace {}

/** @throws UserError if no machine could make such a lab */
export function checkRequest({ name, namespaces }: LabRequest): void {
  expectLabName(name);
  if (!Number.isInteger(namespaces) || namespaces < 1 || namespaces > mostHosts) {
    throw new UserError({
      message: `--namespaces: expected a whole number from 1 to ${mostHosts}, got ${namespaces}`,
    });
  }
}
