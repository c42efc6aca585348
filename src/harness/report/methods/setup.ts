import { heldLevels } from '../../analysis/claims/run-vocabulary.ts';
import { bytesText, countText, durationText } from '../../analysis/quantity.ts';
import type { HostFacts, Run, Trial } from '../../results/schema.ts';
import { momentText } from '../moment.ts';

/** When, by what and on what a run was made. */
export function setupParagraph(run: Run): string {
  const { environment, startedAt, endedAt } = run;
  const { virtgauge, node, machine, hosts = {}, versions, storages } = environment;
  const seconds =
    endedAt === undefined ? NaN : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  const took = Number.isFinite(seconds) ? ` and took ${durationText(seconds)}` : '';
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const machineText =
    machine === undefined
      ? []
      : [
          `The controller was a machine with ${machine.cpus} × ${machine.cpu} and ${bytesText(machine.memory)} of memory (${machine.distribution}, kernel ${machine.kernel}).`,
        ];
  return [
    `The run ${run.id} began on ${momentText(startedAt)}${took}; it was made by virtgauge ${virtgauge} (Node ${node}).`,
    ...machineText,
    ...hostsText(hosts),
    ...Object.entries(storages).map(
      ([name, { label, filesystem, device, standIn, directIo }]) =>
        `Storage ${name} was ${label === name ? filesystem : `${label} (${filesystem})`} on device ${device}, ${directIo ? 'opened past the page cache where asked for' : 'without direct I/O'}${standIn === undefined ? '' : `; it stands in for another storage (${standIn})`}.`,
    ),
    ...(programs.length === 0 ? [] : [`Versions: ${programs.join(', ')}.`]),
  ].join(' ');
}

function hostsText(hosts: Readonly<Record<string, HostFacts>>): string[] {
  const all = Object.entries(hosts);
  if (all.length === 0) return [];
  const each = all.map(
    ([name, { cpus, cpu, memory, kernel, standIn, emulated }]) =>
      `${name} (${cpus} × ${cpu}, ${bytesText(memory)}, kernel ${kernel}${emulated === true ? ', itself emulated' : ''}${standIn === undefined ? '' : `, a stand-in: ${standIn}`})`,
  );
  const several = all.length > 1;
  return [`${several ? `${all.length} hosts were` : 'One host was'} used: ${each.join('; ')}.`];
}

/** What the guests were; what was crossed stands in the arms. */
export function guestsParagraph(run: Run): string {
  const held = new Map(heldLevels(run));
  const level = (factor: string) => {
    if (Object.hasOwn(run.factors, factor)) return `${factor} as the arm says`;
    const value = held.get(factor);
    return `${factor} ${factor === 'memory' && typeof value === 'number' ? bytesText(value) : String(value)}`;
  };
  const guest = run.scenario['guest'] as { image?: string; kernel?: string } | undefined;
  const image = guest?.image === undefined || guest.image === 'micro' ? undefined : guest.image;
  const machine = ['machine', 'cpu', 'vcpus', 'memory'].map(level).join(', ');
  const disk = ['provisioning', 'format', 'durability', 'cache', 'aio'].map(level).join(', ');
  return `Guests ran ${image === undefined ? 'a small system of a Linux kernel and busybox, made for such measurements' : `the image ${image}`}${guest?.kernel === undefined ? '' : ` with the kernel ${guest.kernel}`}; their machine: ${machine}; their disk: ${disk}. Whatever is not named had its default.`;
}

/** How many trials were planned, and what became of them. */
export function trialsSentence(run: Run, trials: readonly Trial[]): string {
  const count = (state: Trial['state']) => trials.filter((one) => one.state === state).length;
  const states = (['completed', 'not-converged', 'failed', 'skipped', 'aborted'] as const).flatMap(
    (state) =>
      count(state) === 0 ? [] : [`${countText(count(state))} ${state.replace('-', ' ')}`],
  );
  const repeat = run.scenario['repeat'] as { trials?: number | 'auto' } | undefined;
  const planned =
    run.planned === undefined
      ? ''
      : ` ${countText(run.planned)} ${run.planned === 1 ? 'trial was' : 'trials were'} planned${repeat?.trials === 'auto' ? ', a number fixed once from a pilot and not by how the intervals looked' : ' beforehand'};`;
  return `${planned} ${countText(trials.length)} were made: ${states.join(', ') || 'none'}.${pauses(trials).join('')}`.trim();
}

/** Seconds: less is what lies between any two trials. */
const leastPause = 60;

/** Where the run stood still for longer than any trial took: it was interrupted, and resumed. */
function pauses(trials: readonly Trial[]): string[] {
  const longest = Math.max(leastPause, ...trials.map(({ duration }) => duration));
  const inTime = [...trials].sort((a, b) => a.startedAt - b.startedAt);
  let end = inTime[0]?.startedAt ?? 0;
  return inTime.flatMap(({ startedAt, duration }, done) => {
    const still = startedAt - end;
    end = Math.max(end, startedAt + duration);
    return still > longest
      ? [` After ${countText(done)} of them nothing was run for ${durationText(still)}.`]
      : [];
  });
}
