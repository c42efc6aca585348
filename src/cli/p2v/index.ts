import type { Command } from 'commander';
import { addConvert } from './convert.ts';
import { addDecide } from './decide.ts';
import { addFailover } from './failover.ts';
import { addPlan } from './plan.ts';
import { addRollback } from './rollback.ts';
import { addStatus } from './status.ts';

/** `virtgauge p2v plan|convert|status|rollback|decide|failover` */
export function addP2v(program: Command): void {
  const p2v = program
    .command('p2v')
    .description('a running machine becomes a guest of another host (P2V)');
  addPlan(p2v);
  addConvert(p2v);
  addStatus(p2v);
  addRollback(p2v);
  addDecide(p2v);
  addFailover(p2v);
}
