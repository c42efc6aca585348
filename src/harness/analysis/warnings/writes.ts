import { formatBytes } from '../../../base/units.ts';
import type { WarningKind } from './warning.ts';

/** A run that came to its limit of bytes before its last trial. */
export const writes: WarningKind = ({ run, all }) => {
  if (run.writes?.ended !== true) return [];
  const { limit, templates, trials } = run.writes;
  const done = run.planned === undefined ? `${all.length}` : `${all.length} of ${run.planned}`;
  return [
    `The write budget of ${formatBytes(limit)} ended the run after ${done} trials: ${formatBytes(templates + trials)} were written to storages, as planned or seen.`,
  ];
};
