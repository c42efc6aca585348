import { largest } from '../../../base/stats/largest.ts';
import { quantity } from '../quantity.ts';
import type { WarningKind } from './warning.ts';

/** Seconds by which a phase's boundary may differ from its independent stamp. */
const allowed = 0.02;

/** Phases whose boundaries two sources see at different times. */
export const boundaries: WarningKind = ({ series }) =>
  series
    .filter(({ key }) => key.metric === 'creation.boundary-difference')
    .flatMap(({ key, arms }) => {
      const values = arms.flat().map(({ value }) => Math.abs(value));
      const over = values.filter((value) => value > allowed);
      if (over.length === 0) return [];
      return [
        `The end of the phase “${key.phase ?? ''}” differs from its independent stamp by more than ${quantity(allowed, 's')} in ${over.length} of ${values.length} trials (at most ${quantity(largest(over), 's')}): its length is uncertain by as much.`,
      ];
    });
