import type { Effect } from '../effects.ts';
import { armText, levelText } from '../arms.ts';
import type { Run } from '../../results/schema.ts';
import { quantity, quantityWithInterval, ratioText } from '../quantity.ts';
import type { Sentence } from '../answer.ts';
import { calibrationText, percentText } from './texts.ts';
import { canDisagree, type Disagreement, disagreementsOf } from './disagreements.ts';
import { downtimeMetric, type ObserverName, serviceObserver } from './observers.ts';
import { type ArmOutages, lostWritesOfAll, type ObserverView } from './outages.ts';

/** What the answer says of migrations before all else: whom to believe, and whether all was kept. */
export function migrationSentences(
  run: Run,
  arms: readonly ArmOutages[],
  effects: readonly Effect[],
): { first: Sentence[]; last: Sentence[] } {
  const order = oppositeOrder(effects);
  const worst = worstDisagreement(run, arms);
  const writes = lostWritesSentence(arms);
  const sentence = (kind: Sentence['kind'], text: string | undefined): Sentence[] =>
    text === undefined ? [] : [{ kind, text }];
  return {
    first: [...sentence('disagreement', worst), ...sentence('disagreement', order)],
    last: sentence('lost-writes', writes),
  };
}

/** One sentence an arm: which observers disagree with the network, and by how much. */
export function disagreementNotes(run: Run, arms: readonly ArmOutages[]): string[] {
  return arms.filter(canDisagree).map((one) => {
    const found = disagreementsOf(one);
    const name = armName(run, one.arm);
    const [first] = found;
    if (first === undefined) {
      return `${name}: no observer is further from the network than floors, calibration errors and intervals allow.`;
    }
    const others = found.map(
      ({ other, times }) => `${timesText(times, than[other.observer])} (${median(other)})`,
    );
    return `${name}: the network was out for ${figure(first.service)}: ${joined(others)}.`;
  });
}

/** The widest gap between the hypervisor's account and the network's, over all arms. */
function worstDisagreement(run: Run, arms: readonly ArmOutages[]): string | undefined {
  const size = ({ times }: Disagreement) => Math.abs(Math.log(times));
  const of = (name: ObserverName) =>
    arms
      .flatMap(disagreementsOf)
      .filter(({ other }) => other.observer === name)
      .sort((a, b) => size(b) - size(a));
  const reported = of('hypervisor-reported');
  const found = reported.length > 0 ? reported : of('hypervisor-events');
  const [worst] = found;
  if (worst === undefined) return undefined;
  const { service, other, times } = worst;
  const compared = arms.filter(canDisagree).length;
  const elsewhere =
    compared < 2 ? '' : ` They disagree in ${found.length} of ${compared} arms that can tell.`;
  const error =
    service.calibration === undefined
      ? ' (not calibrated in this run)'
      : ` (calibration error ${calibrationText(service.calibration)})`;
  const blind =
    times > 1
      ? "; the hypervisor's figure leaves out what comes after the target was told to go on"
      : '';
  const text =
    `${said(other)}; the network was out for ${figure(service)}, ` +
    `${timesText(times)} (n = ${service.seen?.n ?? 0}). ` +
    `For the downtime of a service trust the network${error}${blind}.${elsewhere}`;
  return arms.length === 1 ? capital(text) : `${armName(run, worst.arm)}: ${text}`;
}

/** Levels that the hypervisor and the network rank in opposite order, both beyond doubt. */
function oppositeOrder(effects: readonly Effect[]): string | undefined {
  const known = effects.filter(
    ({ series, judgement }) =>
      series.key.metric === downtimeMetric && judgement.kind === 'different',
  );
  const by = (observer: ObserverName) =>
    known.filter(({ series }) => series.key.observer === observer);
  for (const name of ['hypervisor-reported', 'hypervisor-events'] as const) {
    for (const one of by(name)) {
      const service = by(serviceObserver).find(
        (other) =>
          other.factor === one.factor && other.base === one.base && other.level === one.level,
      );
      const [theirs, network] = [one.ratio, service?.ratio];
      if (theirs === undefined || network === undefined) continue;
      if (theirs.estimate < 1 === network.estimate < 1) continue;
      const level = levelText(one.factor, one.level);
      const base = levelText(one.factor, one.base);
      const who = name === 'hypervisor-reported' ? "the hypervisor's figure" : 'stop to resume';
      return (
        `Hypervisor and network rank ${level} and ${base} in opposite order: by ${who} the outage ` +
        `with ${level} is ${ratioPhrase(theirs, ` as long as with ${base}`)}, ` +
        `by the network ${ratioPhrase(network, '')}. ` +
        `For a service the order of the network counts.`
      );
    }
  }
  return undefined;
}

/** `0.079 times as long as with pre-copy (0.074–0.082)` */
function ratioPhrase({ estimate, interval }: NonNullable<Effect['ratio']>, as: string): string {
  const precise = interval !== undefined && interval.high - interval.low < 0.02;
  const bounds =
    interval === undefined
      ? ''
      : ` (${ratioText(interval.low, precise)}–${ratioText(interval.high, precise)})`;
  return `${ratioText(estimate, precise)} times${as}${bounds}`;
}

/** Whether acknowledged writes are missing, and what that many migrations can say of it. */
export function lostWritesSentence(arms: readonly ArmOutages[]): string | undefined {
  const all = lostWritesOfAll(arms);
  if (all === undefined) return undefined;
  const { lost, losing, n, cancelled, bound } = all;
  const checked = `${n} checked ${n === 1 ? 'migration' : 'migrations'}`;
  const migrations = cancelled === 0 ? checked : `${checked} (${cancelled} of them cancelled)`;
  return lost === 0
    ? `No acknowledged write was lost in ${migrations}; that still permits losses in up to ${percentText(bound)} of migrations (95 % confidence, 1 − 0.05^(1/n)).`
    : `${lost} acknowledged ${lost === 1 ? 'write was' : 'writes were'} lost in ${losing} of ${migrations}; up to ${percentText(bound)} of migrations may lose some (95 % confidence, exact binomial).`;
}

/** `the hypervisor reported 8.00 ms` */
function said(view: ObserverView): string {
  const value = figure(view);
  switch (view.observer) {
    case 'hypervisor-reported':
      return `the hypervisor reported ${value}`;
    case 'hypervisor-events':
      return `from stop to resume passed ${value}`;
    case 'guest':
      return `the guest's clock stood for ${value}`;
    case 'disk':
      return `the disk was still for ${value}`;
    case 'network':
      return `the network was out for ${value}`;
  }
}

function figure({ seen }: ObserverView): string {
  if (seen === undefined) return 'nothing';
  if (seen.interval === undefined) return quantity(seen.median, 's');
  const { value, interval } = quantityWithInterval(seen.median, seen.interval, 's');
  return `${value} (${interval})`;
}

/** How long the network was out: `140 times as long as …`, `12 % shorter than …`. */
function timesText(times: number, another?: string): string {
  const against = (word: string) => (another === undefined ? '' : ` ${word} ${another}`);
  if (!Number.isFinite(times)) return `longer${against('than')}`;
  if (times >= 2) return `${ratioText(times)} times as long${against('as')}`;
  return `${percentText(Math.abs(times - 1))} ${times < 1 ? 'shorter' : 'longer'}${against('than')}`;
}

/** What another observer saw, after `as` and `than`. */
const than: Readonly<Record<ObserverName, string>> = {
  'hypervisor-reported': 'the hypervisor reported',
  'hypervisor-events': 'from stop to resume',
  network: 'in the network',
  guest: "the guest's clock stood",
  disk: 'the disk was still',
};

function median({ seen }: ObserverView): string {
  return quantity(seen?.median ?? NaN, 's');
}

function armName(run: Run, arm: number): string {
  const levels = run.arms[arm] ?? {};
  return capital(armText(levels).replaceAll(' · ', ', '));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function joined(items: readonly string[]): string {
  return items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
