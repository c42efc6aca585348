import type { Command } from 'commander';
import { formatBitRate } from '../base/bit-rate.ts';
import { formatBytes } from '../base/units.ts';
import { goneMachines, labDown, labNames, readLab, type LabRecord } from '../platform/lab/index.ts';
import { stateDirectory } from '../platform/ledger/state-directory.ts';
import { addLabUp } from './lab-up.ts';

/** `virtgauge lab up|down|list` */
export function addLab(program: Command): void {
  const lab = program.command('lab').description('hosts that are made on this machine (root)');
  addLabUp(lab);
  lab
    .command('down')
    .description('remove a lab with all that runs in it')
    .argument('[name]', 'name of the lab; not needed where there is only one')
    .action(down);
  lab
    .command('list')
    .description('show the labs of this machine')
    .option('--json', 'print them as JSON', false)
    .action(list);
}

async function down(name: string | undefined): Promise<void> {
  const [only, ...others] = labNames(stateDirectory());
  const chosen = name ?? (others.length === 0 && only !== undefined ? only : 'lab');
  await labDown({ stateDirectory: stateDirectory(), name: chosen });
  console.log(`lab ${chosen} is gone`);
}

function list({ json }: { json: boolean }): void {
  const labs = labNames(stateDirectory()).map((name) => {
    const lab = readLab(stateDirectory(), name);
    return { name, lab, ...(lab?.kind === 'machines' && { gone: goneMachines(lab) }) };
  });
  if (json) {
    console.log(JSON.stringify(labs));
    return;
  }
  if (labs.length === 0) console.log('no labs; make one: virtgauge lab up --namespaces 3');
  for (const { name, lab, gone = [] } of labs) {
    console.log(lab ? describe(lab) : `${name}  (half made)`);
    for (const { host, reason } of gone) console.log(`  ${host} is gone: ${indent(reason)}`);
  }
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n    ');
}

function describe(lab: LabRecord): string {
  const own =
    lab.kind === 'namespaces'
      ? [
          ...(lab.libvirt ? ['libvirt'] : []),
          ...(lab.diskRate === undefined ? [] : [`disks capped at ${formatBytes(lab.diskRate)}/s`]),
        ]
      : [
          `machines ${lab.hosts.map(({ machine }) => machine).join(', ')} under ${lab.accelerator}`,
          `disk cache ${lab.diskCache}`,
        ];
  const facts = [
    `${lab.hosts.length} hosts at ${lab.hosts.map(({ address }) => address).join(', ')}`,
    ...(lab.shared ? [`shared ${lab.shared}`] : []),
    ...own,
    ...(lab.linkRate === undefined ? [] : [`wires capped at ${formatBitRate(lab.linkRate)}`]),
    `files in ${lab.folder}`,
  ];
  return `${lab.name}  ${facts.join('; ')}`;
}
