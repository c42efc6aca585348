import { UserError } from '../../base/errors.ts';
import { show } from '../../base/yaml/printable.ts';
import type { Arm, Level } from '../results/schema.ts';
import { systemFactor } from '../results/provenance.ts';
import { isLabelText, labelRule } from './label-text.ts';

/** Whether a factor may be called so by whoever imports. */
export function isFactorName(text: string): boolean {
  return /^[a-z][A-Za-z0-9]{0,39}$/.test(text) && text !== systemFactor && text !== 'kind';
}

/** As YAML would read it: `4` is a number, `true` a truth value. */
export function levelFromText(text: string): Level {
  if (/^(0|[1-9]\d*)(\.\d+)?$/.test(text)) return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

/**
 * Levels that hold for all figures, each written `FACTOR=LEVEL`.
 * @throws UserError
 */
export function parseLevels(texts: readonly string[]): Arm {
  const arm: Record<string, Level> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    const [factor, level] = [text.slice(0, equals), text.slice(equals + 1)];
    if (equals < 1 || !isFactorName(factor) || !isLabelText(level)) {
      throw new UserError({
        message: `--level: expected FACTOR=LEVEL such as storage=local (${labelRule}), got ${show(text)}`,
      });
    }
    if (Object.hasOwn(arm, factor)) {
      throw new UserError({ message: `--level: expected every factor once, got ${factor} again` });
    }
    arm[factor] = levelFromText(level);
  }
  return arm;
}
