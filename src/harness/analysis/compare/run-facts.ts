import type { HostFacts, Run } from '../../results/schema.ts';
import { acceleratorText, usedAccelerators } from '../accelerators.ts';
import { bytesText } from '../quantity.ts';
import { heldLevels } from '../claims/run-vocabulary.ts';

/** Something that is not the same in all runs; one value a run, `–` where it is not known. */
export interface Difference {
  what: string;
  values: string[];
}

/** What differs between runs apart from their figures: where and with what they were made, and what they held. */
export function differencesBetween(runs: readonly Run[]): Difference[] {
  const each = runs.map((run) => new Map(factsOf(run)));
  const all = [...new Set(each.flatMap((facts) => [...facts.keys()]))];
  return all.flatMap((what) => {
    const values = each.map((facts) => facts.get(what) ?? '–');
    return new Set(values).size < 2 ? [] : [{ what, values }];
  });
}

function factsOf(run: Run): [string, string][] {
  const { machine, versions, storages, hosts = {}, virtgauge, node } = run.environment;
  const { imported } = run;
  const accelerators = usedAccelerators(run).map(
    (one) => `${one.hypervisor}: ${acceleratorText(one)}${one.emulated ? ', emulated' : ''}`,
  );
  return [
    ...Object.entries(imported ?? {}).map(
      ([name, { system, version, measuredBy, measuredAt }]): [string, string] => [
        `imported ${name}`,
        `${system} ${version}, measured by ${measuredBy}, ${measuredAt}`,
      ],
    ),
    ['accelerator', accelerators.join('; ')],
    ...(machine === undefined
      ? []
      : ([
          ['machine', `${machine.cpus} × ${machine.cpu}, ${bytesText(machine.memory)}`],
          ['system', `${machine.distribution}, kernel ${machine.kernel}`],
        ] as [string, string][])),
    ...Object.entries(versions),
    ...Object.entries(storages).map(([name, one]): [string, string] => [
      `storage ${name}`,
      [one.label, one.filesystem, `device ${one.device}`].join(', '),
    ]),
    ...Object.entries(hosts).map(([name, host]): [string, string] => [
      `host ${name}`,
      hostText(host),
    ]),
    // Of an import nothing was held here.
    ...(imported === undefined
      ? heldLevels(run)
          .filter(([factor]) => !Object.hasOwn(run.factors, factor))
          .map(([factor, level]): [string, string] => [`held: ${factor}`, String(level)])
      : []),
    ['virtgauge', virtgauge],
    ['node', node],
  ];
}

function hostText({ cpu, cpus, memory, kernel, standIn }: HostFacts): string {
  const parts = [`${cpus} × ${cpu}`, bytesText(memory), `kernel ${kernel}`];
  return [...parts, ...(standIn === undefined ? [] : [`stand-in: ${standIn}`])].join(', ');
}
