import { UserError, type Problem } from '../../../base/errors.ts';
import type { SharingRules, SharingState } from './model.ts';

/** @throws UserError naming every figure that is none, every name given twice, every odd rule */
export function checkSharing({ services, grants }: SharingState, rules: SharingRules): void {
  const problems: Problem[] = [];
  const expectSize = (where: string, what: string, value: number, above = false) => {
    if (Number.isFinite(value) && (above ? value > 0 : value >= 0)) return;
    const expected = above ? 'a number above 0' : 'a number from 0 on';
    problems.push({ where, message: `${what}: expected ${expected}, got ${value}` });
  };
  const seen = new Set<string>();
  for (const { id, capacity, demand } of services) {
    expectSize(`service ${id}`, 'capacity', capacity);
    expectSize(`service ${id}`, 'demand', demand);
    if (seen.has(id)) {
      const message = 'expected each service once, got this one twice';
      problems.push({ where: `service ${id}`, message });
    }
    seen.add(id);
  }
  for (const { from, to, amount } of grants) {
    expectSize(`grant of ${from} to ${to}`, 'amount', amount, true);
  }
  const { threshold, hysteresis } = rules;
  if (!(threshold > 0 && threshold <= 1)) {
    problems.push({ message: `threshold: expected a share above 0, at most 1, got ${threshold}` });
  }
  if (!(hysteresis >= 0 && hysteresis <= threshold)) {
    problems.push({
      message: `hysteresis: expected a share from 0 to the threshold ${threshold}, got ${hysteresis}`,
    });
  }
  if (problems.length > 0) throw new UserError(problems);
}
