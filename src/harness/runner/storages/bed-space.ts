import { largest } from '../../../base/stats/largest.ts';
import type { Levels } from '../../scenario/levels.ts';
import { savedStatesSpace } from '../saved-states-space.ts';
import { guestsOn } from '../spread.ts';
import type { PlannedBed } from './plan-beds.ts';

/** What a clone needs beside the bytes that are written in it: metadata, logs of the system. */
const cloneOverhead = 32 * 2 ** 20;

/** A template before it is put on a storage. */
export interface TemplateSize {
  /** Bytes of a guest's disk. */
  size: number;
  /** Bytes of it that are no holes. */
  allocated: number;
}

/** Bytes at most that the files of a bed take. */
export interface BedSpace {
  /** Templates and saved states: for the whole run. */
  kept: number;
  /** Disks of the largest trials at once. */
  trial: number;
  /** The largest file. */
  file: number;
}

/**
 * @param data bytes that the measurements write in a guest, all within what its template has allocated
 * @param creators hosts on which guests are created whose files lie there
 * @param parallel trials at once
 */
export function bedSpace(
  { disks, templates }: Pick<PlannedBed, 'disks' | 'templates'>,
  template: TemplateSize,
  data: number,
  creators = 1,
  parallel = 1,
): BedSpace {
  const { size } = template;
  const formats = new Set(templates.map(({ format }) => format)).size;
  const disk = ({ provisioning }: Pick<Levels, 'provisioning'>) => {
    if (provisioning === 'copy') return size;
    const written = provisioning === 'sparse' ? template.allocated : data;
    return Math.min(size, written + cloneOverhead);
  };
  const trials = disks.map((levels) => guestsOn(creators, levels, parallel) * disk(levels));
  return {
    kept: formats * size + savedStatesSpace(size, templates, creators),
    trial: Math.max(0, largest(trials)),
    file: Math.max(formats > 0 ? size : 0, largest(disks.map(disk))),
  };
}
