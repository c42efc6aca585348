import type { Level } from '../results/schema.ts';
import { bytesText, quantity } from './quantity.ts';

/** How the levels of a factor are called where their bare value would not do. */
interface FactorText {
  /** In tables and pictures: `dirtying 50 MiB/s`. */
  text: (level: Level) => string;
  /** In a sentence: `while dirtying 50 MiB/s`. */
  phrase: (level: Level) => string;
}

const rate = (level: Level) => (typeof level === 'number' ? `${bytesText(level)}/s` : `${level}`);
const time = (level: Level) => (typeof level === 'number' ? quantity(level, 's') : `${level}`);
const plain = (text: (level: Level) => string): FactorText => ({
  text,
  phrase: (level) => `with ${text(level)}`,
});

const texts: Readonly<Record<string, FactorText>> = {
  method: plain(String),
  disk: plain((level) => (level === 'mirror' ? 'mirrored disk' : `${level} disk`)),
  multifd: plain((level) => (level === 0 ? 'one stream' : `${level} multifd streams`)),
  xbzrle: plain((level) => (level === true ? 'xbzrle' : 'whole pages')),
  autoConverge: plain((level) => (level === true ? 'auto-converge' : 'no auto-converge')),
  downtimeLimit: plain((level) => `downtime limit ${time(level)}`),
  postCopyAfter: plain((level) => `post-copy after ${time(level)}`),
  bandwidth: plain((level) =>
    level === 'unlimited' ? 'unlimited bandwidth' : `${rate(level)} bandwidth`,
  ),
  dirtyRate: {
    text: (level) => (level === 0 ? 'idle' : `dirtying ${rate(level)}`),
    phrase: (level) => (level === 0 ? 'while idle' : `while dirtying ${rate(level)}`),
  },
};

/** Undefined for factors whose levels speak for themselves. */
export function factorText(factor: string): FactorText | undefined {
  return Object.hasOwn(texts, factor) ? texts[factor] : undefined;
}
