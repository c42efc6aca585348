import { isDeepStrictEqual } from 'node:util';
import type { Run } from '../../results/schema.ts';
import { loadSchema } from '../../load/options.ts';
import { environmentDifferences } from '../../runner/same-environment.ts';
import { guestSchema, measureSchema } from '../../scenario/schema.ts';
import { acceleratorList, acceleratorText, usedAccelerators } from '../accelerators.ts';

/**
 * Why figures of two runs must not be set against each other, whatever their arms: other accelerators,
 * other jobs, another load. Empty where they may. Imported runs say nothing of these.
 */
export function whyNotCompared(before: Run, now: Run): string[] {
  if (before.imported !== undefined || now.imported !== undefined) return [];
  const accelerators = ({ environment, ...run }: Run) =>
    new Set(usedAccelerators({ environment, ...run }).map(acceleratorText));
  const [was, is] = [accelerators(before), accelerators(now)];
  const other = !isDeepStrictEqual([...was].sort(), [...is].sort());
  return [
    ...(other
      ? [
          `its guests ran under ${acceleratorList(usedAccelerators(before)) || 'nothing'}, those of ${now.id} under ${acceleratorList(usedAccelerators(now)) || 'nothing'}`,
        ]
      : []),
    ...sections.flatMap(([section, schema]) => {
      const [was, is] = [before, now].map(({ scenario }) => complete(schema, scenario[section]));
      if (isDeepStrictEqual(was, is)) return [];
      return [`its ${section} is another: ${difference(was, is)}`];
    }),
  ];
}

const sections = [
  ['measure', measureSchema],
  ['load', loadSchema],
  ['guest', guestSchema],
] as const;

/**
 * A section with every option. One that did not exist when the run was stored has its default: options
 * are added so that their defaults do what was done before. What this version cannot read is taken as it is.
 */
function complete(schema: (typeof sections)[number][1], stored: unknown): unknown {
  const parsed = schema.safeParse(stored);
  return plain(parsed.success ? parsed.data : stored);
}

/**
 * What differs between where two runs were made, in words; empty where nothing does. Programs and storages
 * that only one has are of arms that the other has not.
 */
export function whereDifferent(before: Run, now: Run): string[] {
  const [was, is] = [before.environment, now.environment];
  const texts = environmentDifferences(was, is);
  const changed = (what: string, was: Fact, is: Fact) =>
    was === is ? [] : [`${what} was ${factText(was)}, is ${factText(is)}`];
  const storages = Object.entries(is.storages).flatMap(([name, facts]) => {
    const other = Object.hasOwn(was.storages, name) ? was.storages[name] : undefined;
    if (other === undefined) return [];
    return storageFacts.flatMap((fact) =>
      changed(`${fact} of storage ${name}`, other[fact], facts[fact]),
    );
  });
  const hosts = ({ hosts = {} }: Run['environment']) => Object.keys(hosts).length;
  // What runs no guests is run by Node itself.
  const alone = [before, now].every((run) => usedAccelerators(run).length === 0);
  return [
    ...(texts === '' ? [] : texts.split('; ')),
    ...changed('number of hosts', hosts(was), hosts(is)),
    ...storages,
    ...(was.savedStates !== undefined && is.savedStates !== undefined
      ? changed('way of saving states', was.savedStates, is.savedStates)
      : []),
    ...(alone ? changed('node', was.node, is.node) : []),
  ];
}

/** Of a storage; devices have other numbers after each start, and quotas are used up. */
const storageFacts = [
  'kind',
  'label',
  'standIn',
  'filesystem',
  'directIo',
  'reflink',
  'serverCache',
] as const;

type Fact = string | number | boolean | undefined;

function factText(value: Fact): string {
  return value === undefined ? 'absent' : String(value);
}

/** JSON has no undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

/** The first place at which two parts of scenarios differ: `guest-io.jobs.0.bs was 4096, is 65536`. */
function difference(was: unknown, is: unknown, path: readonly string[] = []): string {
  if (isObject(was) && isObject(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      if (isDeepStrictEqual(plain(was[key]), plain(is[key]))) continue;
      return difference(was[key], is[key], [...path, key]);
    }
  }
  const text = (value: unknown) => (value === undefined ? 'absent' : JSON.stringify(value));
  const where = path.length === 0 ? 'it' : path.join('.');
  return `${where} was ${text(was)}, is ${text(is)}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
