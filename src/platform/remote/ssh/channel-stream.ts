import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/**
 * A channel as a stream like any other: ssh2's own neither ends when it is destroyed nor tells those
 * who write to one that is closed.
 */
export class ChannelStream extends Duplex {
  readonly #channel: ClientChannel;

  constructor(channel: ClientChannel, whenLost: Promise<string>) {
    super();
    this.#channel = channel;
    channel.on('error', () => undefined);
    channel.once('end', () => this.push(null));
    channel.once('close', () => {
      if (this.readableEnded) this.destroy();
      else this.once('end', () => this.destroy());
    });
    // A loss must not end our process where nobody listens; 'close' tells of it.
    this.on('error', () => undefined);
    void whenLost.then((reason) => this.destroy(new Error(`the connection ended: ${reason}`)));
  }

  /** Takes what the channel gives; where it is not asked for more, the channel waits. */
  receive(chunk: Buffer): void {
    if (!this.destroyed && !this.push(chunk)) this.#channel.pause();
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#channel.writable) this.#channel.write(chunk, done);
    else done(new Error('the other end was closed'));
  }

  override _final(done: () => void): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // Read to its end, or the channel would never be given back.
    this.#channel.resume();
    this.#channel.close();
    done(error);
  }
}

/** A socket of a host, over a channel. */
export function channelSocket(channel: ClientChannel, whenLost: Promise<string>): Duplex {
  const stream = new ChannelStream(channel, whenLost);
  channel.on('data', (chunk: Buffer) => stream.receive(chunk));
  return stream;
}
