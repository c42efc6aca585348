import type { Command } from 'commander';
import { addMembers } from './members.ts';
import { addOperations } from './operations.ts';
import { addReports } from './reports.ts';
import { addServices } from './services.ts';

/** `virtgauge cluster …` */
export function addCluster(program: Command): void {
  const cluster = program
    .command('cluster')
    .description('hosts under one master: place, start, stop and move guests');
  addMembers(cluster);
  addServices(cluster);
  addReports(cluster);
  addOperations(cluster);
}
