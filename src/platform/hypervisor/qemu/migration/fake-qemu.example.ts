import { duplexPair, type Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicClock } from '../../../../base/clock.ts';
import { JsonLines } from '../../../remote/json-lines.ts';
import { Qmp } from '../qmp.ts';

interface Request {
  execute?: string;
  'exec-oob'?: string;
  arguments: Record<string, unknown>;
  id: number;
}

/** One of the two: its monitor as we reach it, and what its guest does. */
export class FakeQemu {
  readonly qmp: Promise<Qmp>;
  readonly gone: Promise<string>;
  readonly #lines: JsonLines;
  readonly #stream: Duplex;
  #tellGone: (why: string) => void = () => undefined;
  #delivered = Promise.resolve();
  alive = true;
  reachable = true;

  constructor(
    answer: (command: string, args: Record<string, unknown>) => unknown,
    delay: () => number,
  ) {
    const [ours, theirs] = duplexPair();
    this.#stream = ours;
    this.gone = new Promise((resolve) => (this.#tellGone = resolve));
    this.delay = delay;
    this.#lines = new JsonLines(
      theirs,
      (message) => {
        const { execute, 'exec-oob': outOfBand, arguments: args, id } = message as Request;
        if (!this.alive || !this.reachable) return;
        try {
          this.#say({ id, return: answer(execute ?? outOfBand ?? '', args) ?? {} });
        } catch (error) {
          this.#say({ id, error: { class: 'GenericError', desc: (error as Error).message } });
        }
      },
      () => undefined,
    );
    this.#lines.write({ QMP: { capabilities: ['oob'] } });
    this.qmp = Qmp.connect(ours, monotonicClock);
  }

  private readonly delay: () => number;

  event(event: string, data: object = {}): void {
    const now = Date.now() / 1000;
    const timestamp = { seconds: Math.floor(now), microseconds: Math.round((now % 1) * 1e6) };
    this.#say({ event, data, timestamp });
  }

  end(why: string): void {
    if (!this.alive) return;
    this.alive = false;
    if (!this.reachable) return;
    this.#tellGone(why);
    this.#stream.destroy();
  }

  /** In order, but late: each connection has a delay of its own. */
  #say(message: object): void {
    this.#delivered = this.#delivered.then(async () => {
      const milliseconds = this.delay();
      if (milliseconds > 0) await sleep(milliseconds);
      if (this.alive && this.reachable) this.#lines.write(message);
    });
  }
}
