import type { Analysis } from '../../analysis/analysis.ts';
import { isOwn } from '../../analysis/imported/systems.ts';
import { countText, durationText } from '../../analysis/quantity.ts';
import type { Run, Trial } from '../../results/schema.ts';
import { localLink } from '../local-link.ts';
import { runFacts } from '../run-name.ts';
import { type Html, html } from './template.ts';

/** Which run this is, what its data are, and how its trials ended. */
export function head({ run, trials, badges, simulated }: Analysis, name: string): Html {
  const { machine } = run.environment;
  const description = run.scenario['description'];
  const seconds =
    run.endedAt === undefined
      ? undefined
      : (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
  const took = seconds === undefined ? 'not finished' : durationText(seconds);
  const facts = [
    ...runFacts(run),
    ...(simulated ? [] : [took]),
    ...(machine === undefined ? [] : [`${machine.cpus} × ${machine.cpu}, ${machine.distribution}`]),
  ];
  return html`<header>
    <p class="kicker">virtgauge report</p>
    <h1>${name}</h1>
    ${typeof description === 'string' ? html`<p class="lead">${description}</p>` : undefined}
    <p class="quiet small">${facts.join(' · ')}</p>
    ${
      badges.length === 0
        ? undefined
        : html`<ul class="badges">
            ${badges.map((badge) => html`<li>${badge}</li>`)}
          </ul>`
    }
    <p>${trialCounts(run, trials)}</p>
    ${failures(trials)}
  </header>`;
}

/** `48 trials: 47 completed, 1 failed.`; those of imported runs beside it are counted apart. */
export function trialCounts(run: Run, all: Analysis['trials']): string {
  const trials = all.filter(({ arm }) => isOwn(run, arm));
  const joined = all.length - trials.length;
  const states = ['completed', 'not-converged', 'failed', 'skipped', 'aborted'] as const;
  const counts = states.flatMap((state) => {
    const count = trials.filter((trial) => trial.state === state).length;
    return count === 0 ? [] : [`${countText(count)} ${state.replace('-', ' ')}`];
  });
  const contaminated = trials.filter((trial) => trial.contaminated !== undefined).length;
  if (contaminated > 0) counts.push(`${countText(contaminated)} contaminated by other load`);
  const total = `${countText(trials.length)} ${trials.length === 1 ? 'trial' : 'trials'}`;
  const own = counts.length === 0 ? 'No trials.' : `${total}: ${counts.join(', ')}.`;
  return joined === 0 ? own : `${own} Beside them ${countText(joined)} imported.`;
}

/** Why there is nothing to say. */
export function noAnswer(trials: Analysis['trials']): string {
  return trials.some(({ state }) => state === 'completed')
    ? 'No headline figure was measured, so there is no answer; the tables have the others.'
    : 'No trial was completed, so there is no answer.';
}

const mostFailures = 12;

/** The trials that failed or did not converge. */
export function withoutFigure(trials: Analysis['trials']): Trial[] {
  return trials.filter(({ state }) => state === 'failed' || state === 'not-converged');
}

/** `Trial 17: guest 3 did not answer within 60 s`. */
export function whyNot({ trial, state, reason }: Trial): string {
  const how = state === 'not-converged' ? ' did not converge' : '';
  return `Trial ${trial}${how}: ${reason?.message ?? 'no reason was recorded'}`;
}

function failures(trials: Analysis['trials']): Html | undefined {
  const failed = withoutFigure(trials);
  if (failed.length === 0) return undefined;
  const items = failed.slice(0, mostFailures).map((one) => {
    const { reason } = one;
    const link = reason?.artifact === undefined ? undefined : localLink(reason.artifact);
    const artifact =
      link === undefined ? undefined : html` (<a href="${link}">${reason?.artifact}</a>)`;
    return html`<li>${whyNot(one)}${artifact}</li>`;
  });
  const rest = failed.length - items.length;
  return html`<ul class="failures small">
    ${items}${rest > 0 ? html`<li>and ${countText(rest)} more, see tables/trials.csv</li>` : undefined}
  </ul>`;
}
