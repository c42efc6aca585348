import { html, type Html } from '../../base/html.ts';

/** A state, told by a sign and a word, never by colour alone. */
export function stateWord(state: string): Html {
  const [sign, kind] = signs[state] ?? ['·', 'quiet'];
  return html`<span class="state ${kind}"><span aria-hidden="true">${sign}</span> ${state}</span>`;
}

const signs: Readonly<Record<string, readonly [sign: string, kind: string]>> = {
  up: ['●', 'good'],
  running: ['●', 'good'],
  done: ['✓', 'good'],
  accepted: ['◔', 'busy'],
  helping: ['●', 'good'],
  helped: ['◑', 'busy'],
  grant: ['→', 'busy'],
  release: ['←', 'quiet'],
  started: ['✓', 'good'],
  draining: ['◑', 'busy'],
  paused: ['◑', 'busy'],
  stopped: ['○', 'quiet'],
  unmanaged: ['◇', 'quiet'],
  unknown: ['?', 'bad'],
  suspect: ['▲', 'bad'],
  overloaded: ['▲', 'bad'],
  unmet: ['▲', 'bad'],
  undone: ['✕', 'bad'],
  failed: ['✕', 'bad'],
  down: ['■', 'bad'],
};

/** How much of an amount is promised: a bar, and the same in words. */
export function shareBar(used: number, of: number, format: (amount: number) => string): Html {
  const text = `${format(used)} of ${format(of)}`;
  if (of <= 0) return html`${text}`;
  const share = Math.min(1, used / of);
  const width = `${(share * 100).toFixed(1)}%`;
  const kind = share > 0.9 ? 'full' : '';
  return html`<svg class="bar ${kind}" aria-hidden="true">
      <rect class="rest" width="100%" height="100%" rx="2" />
      <rect class="used" width="${width}" height="100%" rx="2" /></svg
    ><span class="amount">${text}</span>`;
}

/** `12:03:04`, UTC; with the date if it is another day. */
export function moment(at: number | undefined, now: number): string {
  if (at === undefined) return '';
  const [day, time] = [new Date(at).toISOString().slice(0, 10), new Date(at).toISOString()];
  const today = new Date(now).toISOString().slice(0, 10);
  return day === today ? time.slice(11, 19) : `${day} ${time.slice(11, 19)}`;
}

/** Seconds as people say them: `0.4 s`, `12 s`, `3 min`, `5 h`, `2 d`. */
export function span(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  if (seconds < 172_800) return `${(seconds / 3600).toFixed(0)} h`;
  return `${(seconds / 86_400).toFixed(0)} d`;
}
