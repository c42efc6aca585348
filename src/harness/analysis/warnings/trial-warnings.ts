import { listed } from '../../../base/listed.ts';
import type { WarningKind } from './warning.ts';

const most = 6;

/** What the measurements themselves noted, once each, with the trials concerned. */
export const trialWarnings: WarningKind = ({ trials, series }) => {
  const hasSteady = series.some(({ key }) => key.metric === 'guest-io.steady');
  const byText = new Map<string, string[]>();
  for (const { trial, warnings = [] } of trials) {
    for (const text of warnings) {
      // Told by the samples already, with arms.
      if (hasSteady && text.includes('not steady')) continue;
      byText.set(text, [...(byText.get(text) ?? []), String(trial)]);
    }
  }
  const texts = [...byText].map(
    ([text, numbers]) =>
      `${text} (${numbers.length === 1 ? 'trial' : 'trials'} ${listed(numbers)})`,
  );
  const rest = texts.length - most;
  return rest <= 0
    ? texts
    : [...texts.slice(0, most), `and ${rest} more warnings of trials, see tables/trials.csv`];
};
