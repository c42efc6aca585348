import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicClock } from '../../../../base/clock.ts';
import type { Guest } from '../../hypervisor.ts';
import type { MigrationMethod } from '../../migration.ts';
import { FakeQemu } from './fake-qemu.example.ts';
import type { Move } from './move.ts';
import { Handover } from './handover.ts';
import type { MigrationLimits } from './limits.ts';
import { Mirror } from './mirror.ts';

type Side = 'source' | 'target';
/** For those that never answer. */
export const quickLimits: MigrationLimits = { answer: 0.1, silence: 0.15, end: 0.1, look: 0.01 };
/** For a busy machine. */
export const patientLimits: MigrationLimits = { answer: 5, silence: 5, end: 5, look: 0.01 };

export const plainMethod: MigrationMethod = {
  method: 'pre-copy',
  postCopyAfter: 0.01,
  disk: 'shared',
  multifd: 0,
  xbzrle: false,
  autoConverge: false,
  downtimeLimit: 0.3,
  bandwidth: undefined,
  transport: 'direct',
  timeout: 5,
};

/** Statuses in which the source goes on by itself if its connection ends. */
const revocable = ['setup', 'active', 'pre-switchover', 'device', 'postcopy-device'];

/** What goes wrong: a side is killed, or its host cannot be reached from anywhere any more. */
export interface Fault {
  side: Side;
  how: 'killed' | 'unreachable';
  /** At this step of the two QEMUs, counted from 0. */
  step: number;
}

/**
 * Two QEMUs with a guest, as far as a migration goes, with the order of events that QEMU 7.2 has, or
 * 10.2. It notes every moment in which both would run the guest.
 */
export class QemuPair {
  readonly source: FakeQemu;
  readonly target: FakeQemu;
  sourceRuns = true;
  targetRuns = false;
  /** Rules that were broken, in words. */
  readonly breaches: string[] = [];
  readonly commands: string[] = [];
  steps = 0;
  /** Steps count, and the fault comes, once everything is prepared. */
  #armed = false;
  /** How often `query-migrate` shows a total of 0 after it is complete. */
  zeroTotals = 0;
  /** Never has enough sent to switch over. */
  neverConverges = false;
  /** As QEMU 10.2 and newer: until the source hears that all devices are loaded, it may go back by itself. */
  postCopyDevice = false;
  readonly #fault: Fault | undefined;
  readonly #method: MigrationMethod;
  #status = 'none';
  #loaded = false;
  #letGoWhenLoaded = false;
  #postCopyAsked = false;
  #linked = true;
  #transferred = 0;
  #continue: (() => void) | undefined;
  #job: string | undefined;
  readonly #nodes = new Set<string>();

  constructor(method: MigrationMethod, fault?: Fault, delay: () => number = () => 0) {
    this.#method = method;
    this.#fault = fault;
    this.source = new FakeQemu((name, args) => this.#answer('source', name, args), delay);
    this.target = new FakeQemu((name, args) => this.#answer('target', name, args), delay);
  }

  /** Nodes and jobs that are left on the source. */
  get left(): string[] {
    return [...this.#nodes, ...(this.#job === undefined ? [] : [this.#job])];
  }

  async move(limits: MigrationLimits): Promise<Move> {
    const [source, target] = await Promise.all([
      this.#end('source', limits),
      this.#end('target', limits),
    ]);
    // Before the fault all answer, however busy this machine is.
    const mirrorLimits = { ...patientLimits };
    const mirror =
      this.#method.disk === 'mirror' ? await Mirror.serve(source, target, mirrorLimits) : undefined;
    Object.assign(mirrorLimits, limits);
    const handover = new Handover();
    this.#armed = true;
    return { source, target, uri: 'tcp:there:1', method: this.#method, mirror, limits, handover };
  }

  async #end(side: Side, limits: MigrationLimits) {
    const qemu = this[side];
    const qmp = await qemu.qmp;
    const guest = {
      spec: { name: 'guest', network: { kind: 'user' } },
      host: { name: side, address: side, clock: monotonicClock },
      gone: qemu.gone,
      running: () =>
        qmp.execute('query-status', {}, { timeout: limits.answer }).then(
          ({ running }) => running,
          () => false,
        ),
      destroy: () => {
        if (qemu.reachable) this.#kill(side, 'was ended by SIGKILL');
        return qemu.reachable ? Promise.resolve() : new Promise(() => undefined);
      },
    } as unknown as Guest;
    return { guest, qmp };
  }

  /** One thing is about to happen; the fault, if it is its turn, comes before it. */
  #step(): void {
    if (!this.#armed) return;
    const { side, how } = this.#fault ?? {};
    if (this.#fault?.step === this.steps++ && side && how) {
      if (how === 'killed') this.#kill(side, 'was ended by SIGKILL');
      else {
        this[side].reachable = this.#linked = false;
        // In the end TCP says so.
        if (this.#status === 'postcopy-device') this.#breakOff();
      }
    }
  }

  #kill(side: Side, why: string): void {
    if (!this[side].alive) return;
    this[side].end(`QEMU ${why}`);
    this.#linked = false;
    this.#run(side, false);
    if (side === 'target') this.#breakOff();
    // A target that has not loaded all gives up when its connection ends.
    else if (!this.#loaded) this.target.end('QEMU ended with code 1: load of migration failed');
  }

  #run(side: Side, runs: boolean): void {
    const before = side === 'source' ? this.sourceRuns : this.targetRuns;
    if (before === runs) return;
    if (side === 'source') this.sourceRuns = runs;
    else this.targetRuns = runs;
    this[side].event(runs ? 'RESUME' : 'STOP');
    if (this.sourceRuns && this.targetRuns) this.breaches.push(`both run at step ${this.steps}`);
  }

  #become(status: string): void {
    this.#status = status;
    this.source.event('MIGRATION', { status });
  }

  /** What the source does when its connection ends, or when it is told to stop. */
  #breakOff(status = 'failed'): void {
    if (!this.source.alive) return;
    this.#linked = false;
    if (this.#status === 'postcopy-active') this.#become('postcopy-paused');
    else if (revocable.includes(this.#status)) {
      this.#become(status);
      this.#run('source', true);
    }
    this.#continue?.();
  }

  #over(): boolean {
    return ['failed', 'cancelled', 'postcopy-paused'].includes(this.#status);
  }

  async #migrate(): Promise<void> {
    const going = () => this.source.alive && this.target.alive && this.#linked;
    const pause = () => sleep(1);
    const stages: (() => void)[] = [
      () => this.#become('setup'),
      () => this.#become('active'),
      () => this.source.event('MIGRATION_PASS', { pass: 1 }),
    ];
    for (const stage of stages) {
      this.#step();
      if (!going() || this.#over()) return;
      stage();
      await pause();
    }
    const postCopy = this.#method.method === 'post-copy';
    while (this.neverConverges || (postCopy && !this.#postCopyAsked)) {
      await pause();
      this.#transferred += 4096;
      if (!going() || this.#status !== 'active') return;
    }
    this.#step();
    if (!going() || this.#status !== 'active') return;
    // QEMU says so before it stops the guest.
    if (postCopy && !this.postCopyDevice && this.#method.disk === 'shared') {
      this.#become('postcopy-active');
    }
    this.#run('source', false);
    await pause();
    if (!going() || this.#over()) return;
    if (this.#method.disk === 'mirror') {
      this.#become('pre-switchover');
      await new Promise<void>((resolve) => (this.#continue = resolve));
      if (this.#over()) return;
      this.#become(postCopy && !this.postCopyDevice ? 'postcopy-active' : 'device');
    }
    const devices = postCopy && this.postCopyDevice;
    if (devices) this.#become('postcopy-device');
    this.#step();
    if (!going() || this.#over()) return;
    this.#loaded = true;
    if (this.#letGoWhenLoaded) this.#run('target', true);
    this.target.event('MIGRATION', { status: postCopy ? 'postcopy-active' : 'completed' });
    if (devices) {
      await pause();
      this.#step();
      if (!going() || this.#over()) return;
      this.#become('postcopy-active');
    }
    for (let page = 0; page < 3; page++) {
      await pause();
      this.#step();
      this.#transferred += 4096;
      if (!going() || this.#over()) return;
    }
    if (postCopy) this.target.event('MIGRATION', { status: 'completed' });
    this.#become('completed');
    for (let after = 0; after < 4; after++) {
      await pause();
      this.#step();
    }
  }

  #answer(side: Side, name: string, args: Record<string, unknown>): unknown {
    this.commands.push(`${side}: ${name}`);
    this.#step();
    if (!this[side].alive) throw new Error('ended');
    switch (name) {
      case 'query-status': {
        const running = side === 'source' ? this.sourceRuns : this.targetRuns;
        return { status: running ? 'running' : 'paused', running };
      }
      case 'cont': {
        this.#cont(side);
        return;
      }
      case 'query-migrate':
        return this.#info();
      case 'migrate':
        void this.#migrate();
        return;
      case 'migrate-start-postcopy':
        this.#postCopyAsked = true;
        return;
      case 'migrate-continue':
        this.#continue?.();
        return;
      case 'migrate_cancel':
        this.#cancel();
        return;
      case 'yank':
        this.#breakOff();
        return;
      case 'query-block':
        return [{ device: 'disk0', inserted: { 'node-name': '#block1' } }];
      default:
        return this.#mirrorAnswer(name, args);
    }
  }

  #cancel(): void {
    if (this.#status.startsWith('postcopy')) {
      if (this.postCopyDevice) throw new Error('Postcopy migration in progress, cannot cancel.');
      this.breaches.push('cancelled in post-copy');
    }
    this.#breakOff('cancelled');
  }

  #mirrorAnswer(name: string, args: Record<string, unknown>): unknown {
    switch (name) {
      case 'query-block-jobs':
        return this.#job === undefined ? [] : [{ device: this.#job, offset: this.steps, len: 99 }];
      case 'blockdev-add':
        this.#nodes.add(String(args['node-name']));
        return;
      case 'blockdev-mirror': {
        const device = String(args['job-id']);
        this.#job = device;
        setTimeout(() => this.source.event('BLOCK_JOB_READY', { device }), 3);
        return;
      }
      case 'block-job-cancel': {
        if (this.#job === undefined) throw new Error('Job not found');
        this.#job = undefined;
        const error = this.#linked ? {} : { error: 'Input/output error' };
        this.source.event('BLOCK_JOB_COMPLETED', { device: args.device, ...error });
        return;
      }
      case 'blockdev-del':
        this.#nodes.delete(String(args['node-name']));
        return;
    }
    return undefined;
  }

  #cont(side: Side): void {
    if (side === 'source') {
      this.#run('source', true);
      return;
    }
    if (this.sourceRuns) this.breaches.push('the target was let go while the source ran');
    if (this.#loaded) this.#run('target', true);
    else this.#letGoWhenLoaded = true;
  }

  #info(): object {
    const done = this.#status === 'completed';
    const total = done && this.zeroTotals-- > 0 ? 0 : 1500;
    return {
      status: this.#status,
      ...(done && { 'total-time': total, downtime: 40, 'setup-time': 2 }),
      ram: {
        transferred: this.#transferred,
        remaining: 0,
        'dirty-sync-count': 2,
        'dirty-pages-rate': 10,
        'page-size': 4096,
      },
    };
  }
}
