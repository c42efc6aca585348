import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../base/free-port.ts';

/** Programs that a cluster is made of. */
export const slurmPrograms = ['slurmctld', 'slurmd', 'munged', 'sbatch', 'setpriv'];

/** A Slurm cluster of two nodes, n1 and n2, which both are this machine; needs root. */
export class TestCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'vg-slurm-'));
  readonly #configuration = join(this.folder, 'slurm.conf');
  readonly #daemons: ChildProcess[] = [];

  async start(): Promise<void> {
    // munged insists that all may reach its socket.
    chmodSync(this.folder, 0o755);
    const ports = await freePorts(4);
    const path = (name: string) => join(this.folder, name);
    for (const name of ['state', 'spool-n1', 'spool-n2']) mkdirSync(path(name));
    writeFileSync(path('munge.key'), randomBytes(128), { mode: 0o400 });
    writeFileSync(this.#configuration, this.#text(ports));
    this.#spawn('munged', [
      ...['--foreground', `--key-file=${path('munge.key')}`, `--socket=${path('munge.socket')}`],
      ...[`--pid-file=${path('munge.pid')}`, `--log-file=${path('munge.log')}`],
      `--seed-file=${path('munge.seed')}`,
    ]);
    await this.#until(() => existsSync(path('munge.socket')));
    this.#spawn('slurmctld', ['-D', '-c']);
    for (const node of ['n1', 'n2']) this.#spawn('slurmd', ['-D', '-c', '-N', node]);
    await this.#until(() => this.#ask('sinfo', '-h', '-o', '%T %D') === 'idle 2');
  }

  /** @returns the id of the job */
  submit(options: readonly string[], script: string): string {
    const file = join(this.folder, `job-${randomBytes(4).toString('hex')}.sh`);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    const output = join(this.folder, 'job-%j.out');
    return this.#ask('sbatch', '--parsable', '--output', output, ...options, file);
  }

  /** What a job has printed until now. */
  output(job: string): string {
    const file = join(this.folder, `job-${job}.out`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  cancel(job: string): void {
    this.#ask('scancel', job);
  }

  /** Until a job runs no more. */
  async ended(job: string): Promise<void> {
    // Of a task of an array the number of the array.
    await this.#until(() => !this.#ask('squeue', '-h', '-o', '%F').split('\n').includes(job));
  }

  /** Ends all jobs and daemons, and removes everything. */
  async stop(): Promise<void> {
    spawnSync('scancel', ['--user', String(process.getuid?.() ?? 0)], this.#options());
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      for (let tries = 0; tries < 50 && this.#processes().length > 0; tries++) {
        if (tries % 10 === 0) this.#signal(signal);
        await sleep(100);
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #text([controller, n1, n2]: readonly number[]): string {
    return `
ClusterName=virtgauge
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmUser=root
SlurmctldPort=${controller}
AuthInfo=socket=${this.folder}/munge.socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/builtin
SelectType=select/linear
MpiDefault=none
StateSaveLocation=${this.folder}/state
SlurmdSpoolDir=${this.folder}/spool-%n
SlurmctldPidFile=${this.folder}/slurmctld.pid
SlurmdPidFile=${this.folder}/slurmd-%n.pid
NodeName=n1 NodeAddr=127.0.0.1 NodeHostname=${hostname()} Port=${n1} State=UNKNOWN
NodeName=n2 NodeAddr=127.0.0.1 NodeHostname=${hostname()} Port=${n2} State=UNKNOWN
PartitionName=all Nodes=n1,n2 Default=YES State=UP
`;
  }

  /** It ends when we do, however we do. */
  #spawn(program: string, args: readonly string[]): void {
    const log = openSync(join(this.folder, 'daemons.log'), 'a');
    this.#daemons.push(
      spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
        ...this.#options(),
        stdio: ['ignore', log, log],
      }),
    );
    closeSync(log);
  }

  #options() {
    return { env: { ...process.env, SLURM_CONF: this.#configuration }, timeout: 0 };
  }

  #ask(program: string, ...args: string[]): string {
    const options = { ...this.#options(), encoding: 'utf8' as const, timeout: 30_000 };
    const { stdout, stderr, status } = spawnSync(program, args, options);
    // Not yet, as long as the controller is starting.
    if (status !== 0 && program !== 'sinfo') throw new Error(`${program}: ${stderr}`);
    return stdout.trim();
  }

  async #until(condition: () => boolean): Promise<void> {
    for (let tries = 0; tries < 1300; tries++) {
      if (condition()) return;
      await sleep(200);
    }
    throw new Error(readFileSync(join(this.folder, 'daemons.log'), 'utf8'));
  }

  /** Everything of this cluster: daemons, what watches jobs, jobs. */
  #processes(): number[] {
    const mark = `SLURM_CONF=${this.#configuration}`;
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 1 && pid !== process.pid && environmentOf(pid).includes(mark));
  }

  #signal(signal: NodeJS.Signals): void {
    for (const pid of this.#processes()) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended by itself.
      }
    }
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
