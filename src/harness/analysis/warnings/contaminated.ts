import { listed } from '../../../base/listed.ts';
import type { WarningKind } from './warning.ts';

/** Trials during which others used the storage: those that were repeated, and those that stay. */
export const contaminated: WarningKind = ({ all, setAside }) => {
  const found = all.filter((trial) => trial.contaminated !== undefined);
  if (found.length === 0) return [];
  const repeated = found.filter(({ trial }) => setAside.has(trial));
  const kept = found.filter(({ trial }) => !setAside.has(trial));
  const count = (n: number) => `${n} ${n === 1 ? 'trial' : 'trials'}`;
  const why = kept.map((one) => `trial ${one.trial}: ${one.contaminated}`);
  const what = [
    ...(repeated.length === 0 ? [] : [`${repeated.length} repeated`]),
    ...(kept.length === 0 ? [] : [`${kept.length} kept and marked (${listed(why)})`]),
  ];
  return [
    `${count(found.length)} ${found.length === 1 ? 'was' : 'were'} contaminated by other load on the storage: ${what.join(', ')}.`,
  ];
};
