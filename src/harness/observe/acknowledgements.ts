import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Host } from '../../platform/remote/host.ts';

const pattern = /^VG1 ack (\d{1,19}) ([0-9a-f]{16}) \d{1,20}$/;

/** What one write witness has acknowledged, as it is heard outside of its machine. */
export class Acknowledgements {
  readonly #socket: Socket;
  /** Instance → the highest number. */
  readonly #highest = new Map<string, number>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (message) => {
      const [, number = '', instance = ''] = pattern.exec(message.toString('latin1')) ?? [];
      if (instance === '') return;
      const known = this.#highest.get(instance) ?? 0;
      this.#highest.set(instance, Math.max(known, Number(number)));
    });
    // Nothing is said to anybody: there is nobody who could refuse.
    socket.on('error', () => undefined);
  }

  /** Listens on a port of its own. */
  static async listen(): Promise<Acknowledgements> {
    const socket = createSocket('udp4');
    socket.bind(0);
    await once(socket, 'listening');
    return new Acknowledgements(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Where a host reports to: `ADDRESS:PORT` as it sees us; undefined where that cannot be told. */
  async addressFor({ shell }: Pick<Host, 'shell'>): Promise<string | undefined> {
    const { stdout } = await shell.run(['sh', '-c', 'echo "$SSH_CONNECTION"'], { timeout: 30 });
    const [address = ''] = stdout.split(' ');
    return /^\d+(\.\d+){3}$/.test(address) ? `${address}:${this.port}` : undefined;
  }

  /**
   * The highest number that was heard of; 0 if none was. All before it were acknowledged, too, since a
   * witness begins a write when the one before is acknowledged.
   */
  highest(instance: string): number {
    return this.#highest.get(instance) ?? 0;
  }

  /** The highest number of a witness that went on where the one before had ended. */
  get highestOfAll(): number {
    return Math.max(0, ...this.#highest.values());
  }

  close(): void {
    this.#socket.close();
  }
}
