import type { Analysis } from '../../analysis/analysis.ts';
import { type Html, html } from './template.ts';

/** What is to be said of all data of the table that follows; nothing where there is nothing. */
export function badgeLine({ badges }: Pick<Analysis, 'badges'>): Html | undefined {
  return badges.length === 0 ? undefined : html`<p class="quiet small">${badges.join(' · ')}</p>`;
}
