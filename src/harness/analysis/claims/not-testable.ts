import type { Run } from '../../results/schema.ts';
import type { Claim } from '../../scenario/claims/schema.ts';
import { acceleratorList, acceleratorOf } from '../accelerators.ts';
import { hostStandIns, isNoiseFloor } from '../badges.ts';
import { incomparableArms } from '../incomparable.ts';
import { shownStorage } from '../storage-names.ts';
import type { Column } from './columns.ts';
import { heldLevels } from './run-vocabulary.ts';

/**
 * Why the figures of a run say nothing about a claim, whatever they are: emulation, storages and hosts
 * that stand in for others, arms that cannot be compared. Empty where they do say something.
 */
export function notTestable(
  run: Run,
  { requires = {}, tolerates = [] }: Claim,
  columns: readonly Column[],
): string[] {
  const numbers = [...new Set(columns.map(({ arm }) => arm))];
  const arms = numbers.map((arm) => run.arms[arm] ?? {});
  const { storages } = run.environment;
  const held = Object.fromEntries(heldLevels(run));
  const used = [
    ...new Set(
      arms.flatMap((arm) =>
        ['storage', 'template'].map((factor) => String(arm[factor] ?? held[factor])),
      ),
    ),
  ].flatMap((name) => {
    const facts = Object.hasOwn(storages, name) ? storages[name] : undefined;
    return facts === undefined ? [] : [{ name, facts }];
  });

  const emulated = arms.flatMap((arm) => {
    const accelerator = acceleratorOf(run, arm);
    return accelerator?.emulated === true ? [accelerator] : [];
  });
  const emulation =
    emulated.length === 0 || tolerates.includes('emulation')
      ? []
      : [`the guests were emulated (${acceleratorList(emulated)})`];
  const standIns = tolerates.includes('stand-in')
    ? []
    : [
        ...used.flatMap(({ name, facts }) =>
          facts.standIn === undefined ? [] : [`${name} is a stand-in (${facts.standIn})`],
        ),
        ...hostStandIns(run).map(
          ({ hosts, standIn }) =>
            `${hosts} ${hosts.startsWith('hosts ') ? 'are stand-ins' : 'is a stand-in'} (${standIn})`,
        ),
      ];
  const kinds = used.flatMap(({ name, facts }) => {
    const wanted = Object.hasOwn(requires, name) ? requires[name] : undefined;
    const told = facts.standIn !== undefined && !tolerates.includes('stand-in');
    if (wanted === undefined || wanted === facts.kind || told) return [];
    return [`the claim is about ${wanted}, and ${shownStorage(name, facts)} is none`];
  });
  const disks = new Set(arms.map((arm) => String(arm['storage'] ?? held['storage'])));
  const [first, ...others] = disks;
  const floors =
    others.length > 0 && others.every((other) => isNoiseFloor(run, first, other))
      ? [`${[...disks].join(' and ')} lie on one device`]
      : [];
  const apart = arms.map((arm) => incomparableArms(run, arms[0] ?? {}, arm));
  const unlike = apart.find((why) => why !== undefined);
  return [
    ...emulation,
    ...standIns,
    ...kinds,
    ...floors,
    ...(unlike === undefined ? [] : [unlike]),
  ];
}
