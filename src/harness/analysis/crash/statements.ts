import type { Run } from '../../results/schema.ts';
import type { Sentence } from '../answer.ts';
import { armPhrase } from '../arms.ts';
import { percentText } from '../migration/texts.ts';
import { countText } from '../quantity.ts';
import { isConvincing, type PowerCuts } from './power-cuts.ts';

const order: readonly PowerCuts['verdict'][] = ['lost', 'not-testable', 'kept', 'control'];

/** One sentence an arm: what was lost first, then what cannot be told, then what was kept. */
export function powerCutSentences(run: Run, all: readonly PowerCuts[]): Sentence[] {
  return [...all]
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
    .map((one) => ({
      kind: one.verdict === 'not-testable' ? 'inconclusive' : 'lost-writes',
      text: capital(sentenceOf(run, one, all)),
    }));
}

function sentenceOf(run: Run, one: PowerCuts, all: readonly PowerCuts[]): string {
  const { n, losing, lost, acknowledged, bound, verdict } = one;
  const where = armPhrase(run.arms[one.arm] ?? {});
  const start = where === '' ? '' : `${where}, `;
  const cuts = `${n} power ${n === 1 ? 'cut' : 'cuts'}`;
  const writes = `${countText(acknowledged)} acknowledged writes`;
  const some = `${losing} of ${cuts} lost writes that were acknowledged (${countText(lost)} of ${countText(acknowledged)})`;
  switch (verdict) {
    case 'control':
      return isConvincing(one)
        ? `Positive control: ${start}${some}. Losses are seen here.`
        : `The positive control has failed: ${start}${some}, and it should have in all of them.`;
    case 'lost':
      return `${start}${some}; up to ${percentText(bound)} of power cuts may (95 % confidence, exact binomial).`;
    case 'kept':
      return `${start}none of ${writes} was lost in ${cuts}; that still permits losses in up to ${percentText(bound)} of power cuts (95 % confidence, 1 − 0.05^(1/n)).`;
    case 'not-testable': {
      const control = all.find(({ arm }) => arm === one.control);
      const why =
        control === undefined
          ? 'no arm with cache unsafe stands beside it'
          : `with cache unsafe only ${control.losing} of ${control.n} lost any`;
      return `${start}none of ${writes} was lost in ${cuts}, which shows nothing here: ${why}, so whether a loss would be seen is not known.`;
    }
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
