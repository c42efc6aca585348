import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOperator, type Operator } from '../../manager/member/operator.ts';
import type { BodyOf } from '../../manager/wire/messages/kinds.ts';
import { labDown, labNames } from '../../platform/lab/index.ts';
import { startVirtgauge, type Started } from '../virtgauge.example.ts';
import { untilAnswers } from './until-answers.example.ts';

export interface Running extends Started {
  /** Resolves when it has said that it answers. */
  readonly ready: () => Promise<void>;
}

/** A cluster that is commanded from this machine, with a state directory of its own. */
export class CommandedCluster {
  readonly state = mkdtempSync(join(tmpdir(), 'virtgauge-cluster-'));
  readonly #begun: Started[] = [];
  #operator: Operator | undefined;

  ask<K extends Parameters<Operator['ask']>[1]>(
    body: Parameters<Operator['ask']>[0],
    expected: K,
  ): Promise<BodyOf<K>> {
    this.#operator ??= openOperator(join(this.state, 'cluster/operator'));
    return this.#operator.ask(body, expected);
  }

  /** What the master knows of a guest. */
  async guest(name: string) {
    const { guests } = await this.ask({ kind: 'query', what: 'guests' }, 'guests');
    return guests.find((each) => each.name === name);
  }

  /** Runs a command to its end, and gives what it printed as JSON. */
  async json(...args: string[]): Promise<unknown> {
    return JSON.parse(await this.cli(...args, '--json'));
  }

  async cli(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.start([], ...args).outcome;
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return stdout.trim();
  }

  start(inside: readonly string[], ...args: string[]): Running {
    const env = { VIRTGAUGE_STATE: this.state };
    const started = startVirtgauge(['cluster', ...args], { env, inside });
    this.#begun.push(started);
    return { ...started, ready: () => untilAnswers(started) };
  }

  async down(): Promise<void> {
    await this.#operator?.close();
    for (const name of labNames(this.state)) await labDown({ stateDirectory: this.state, name });
    for (const { child } of this.#begun) child.kill('SIGKILL');
    await Promise.all(this.#begun.map(({ outcome }) => outcome));
    rmSync(this.state, { recursive: true });
  }
}
