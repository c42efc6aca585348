import type { Command } from 'commander';
import { addAgent } from './agent.ts';
import { addArrangements } from './arrangements.ts';
import { addConvert } from './convert.ts';
import { addMembers } from './members.ts';
import { addOperations } from './operations.ts';
import { addReports } from './reports.ts';
import { addServices } from './services.ts';
import { addShare } from './share.ts';
import { addWatch } from './watch.ts';

/** `virtgauge cluster …` */
export function addCluster(program: Command): void {
  const cluster = program
    .command('cluster')
    .description('hosts under one master: place, start, stop and move guests');
  addMembers(cluster);
  addServices(cluster);
  addAgent(cluster);
  addReports(cluster);
  addOperations(cluster);
  addArrangements(cluster);
  addConvert(cluster);
  addShare(cluster);
  addWatch(cluster);
}
