import type { ConversionSurvivor } from '../../platform/operations/convert/conversion.ts';

/** What can be done about a reason, in one sentence; the first that fits. */
const remedies: readonly [RegExp, (target: string) => string][] = [
  [
    /no space left|nospace|enospc|not enough space/i,
    (target) => `Make room on ${target}, or name another storage (--storage).`,
  ],
  [/did not converge/, () => 'Let it write less, give it a faster link or more time (--timeout).'],
  [
    /out of reach|is gone|on the target QEMU|connection|timed out|cut off|does not answer|nothing (was copied|moved)|not copied/i,
    (target) => `Bring ${target} and the link to it back, or name another target (--target).`,
  ],
];

/** What an operator does next about a conversion that failed: one or two sentences. */
export function whatNext(
  { reason, survivor }: { reason: string; survivor: ConversionSurvivor },
  { source, target }: { source: string; target: string },
): string {
  const about = remedies.find(([pattern]) => pattern.test(reason))?.[1](target);
  switch (survivor) {
    case 'source-guest':
      return [
        ...(about === undefined ? [] : [about]),
        `Convert again: it goes on from its guest; or: virtgauge p2v rollback ${source}.`,
      ].join(' ');
    case 'source':
      return [...(about === undefined ? [] : [about]), 'Convert again: it is as before.'].join(' ');
    case 'target':
      return `It serves from ${target}; before the source gets power: virtgauge p2v status ${source}.`;
    case 'undecided':
      return `Start nothing by hand; who runs it says: virtgauge p2v status ${source}.`;
  }
}
