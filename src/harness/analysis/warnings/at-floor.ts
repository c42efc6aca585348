import { armPhrase } from '../arms.ts';
import { isAtFloor } from '../migration/outages.ts';
import { quantity } from '../quantity.ts';
import { listed } from '../../../base/listed.ts';
import type { WarningKind } from './warning.ts';

/** Downtimes that the observer could have seen without any migration. */
export const atFloor: WarningKind = ({ run, outages = [] }) => {
  const found = outages.flatMap(({ arm, views }) =>
    views.filter(isAtFloor).map(({ observer, downtime, floor = 0 }) => {
      const where = `${observer} ${armPhrase(run.arms[arm] ?? {})}`.trim();
      return `${where}: ${quantity(downtime?.median ?? 0, 's')}, floor ${quantity(floor, 's')}`;
    }),
  );
  return found.length === 0
    ? []
    : [
        `Downtimes at the floor of their observer, which sees gaps of that size without a migration as well (${listed(found)}): read them as “no more than that”.`,
      ];
};
