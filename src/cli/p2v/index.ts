import type { Command } from 'commander';
import { addPlan } from './plan.ts';

/** `virtgauge p2v plan` */
export function addP2v(program: Command): void {
  const p2v = program
    .command('p2v')
    .description('a running machine becomes a guest: what it would take');
  addPlan(p2v);
}
