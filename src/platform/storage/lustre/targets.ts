import { targetName } from './target-name.ts';

/** One line of `lfs osts` or `lfs mdts`. */
export interface TargetState {
  index: number;
  name: string;
  active: boolean;
}

/** Reads `lfs osts` or `lfs mdts`; other lines are skipped. */
export function parseTargets(text: string, fsname: string): TargetState[] {
  return [...text.matchAll(/^\s*(\d+):\s+(\S+)\s+([A-Z]+)\s*$/gm)].map(
    ([, index, name = '', state]) => ({
      index: Number(index),
      name: targetName(name, fsname),
      active: state === 'ACTIVE',
    }),
  );
}
