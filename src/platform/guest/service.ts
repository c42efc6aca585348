import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { onAbort } from '../remote/on-abort.ts';

/** One correct answer of the guest's service. Times in seconds. */
export interface ServiceAnswer {
  sequence: number;
  /** Differs between two boots, stays the same over a live migration. */
  instance: string;
  /** When the request went and the answer came, on our clock. */
  sentAt: number;
  at: number;
  /** The guest's own clocks when it answered: since its kernel started, and since 1970. */
  guestTime: number;
  guestWallTime: number;
}

/** Asks the service of one guest by UDP, as often as told, and stamps each answer. */
export class ServiceProbe {
  readonly #socket: Socket;
  readonly #address: { host: string; port: number };
  readonly #clock: Clock;
  readonly #sent = new Map<number, number>();
  readonly #onAnswer: (answer: ServiceAnswer) => void;
  #next = 0;

  constructor(
    address: { host: string; port: number },
    clock: Clock,
    onAnswer: (answer: ServiceAnswer) => void,
  ) {
    this.#address = address;
    this.#clock = clock;
    this.#onAnswer = onAnswer;
    this.#socket = createSocket(isIPv6(address.host.split('%')[0] ?? '') ? 'udp6' : 'udp4');
    this.#socket.on('message', (message, { port }) => {
      if (port === address.port) this.#receive(message.toString('latin1'));
    });
    this.#socket.on('error', () => undefined);
  }

  /** Sends one request; its answer, if one comes, goes to `onAnswer`. */
  ask(): void {
    const sequence = this.#next++;
    this.#sent.set(sequence, this.#clock.now());
    // That nobody listens or no route is there yet is what is being found out.
    this.#socket.send(`VG1 ${sequence}`, this.#address.port, this.#address.host, () => undefined);
  }

  close(): void {
    this.#socket.close();
  }

  #receive(text: string): void {
    const at = this.#clock.now();
    const match = /^VG1 (\d+) ([0-9a-f]{16}) (\d+) (\d+)\s*$/.exec(text);
    if (!match) return;
    const sequence = Number(match[1]);
    const sentAt = this.#sent.get(sequence);
    if (sentAt === undefined) return;
    this.#sent.delete(sequence);
    this.#onAnswer({
      sequence,
      instance: match[2] ?? '',
      sentAt,
      at,
      guestTime: Number(match[3]) / 1e9,
      guestWallTime: Number(match[4]) / 1e9,
    });
  }
}

const interval = 0.005;

/**
 * Asks every 5 ms until the first correct answer: that is the resolution.
 * @param instance whose answer counts; that of any by default
 */
export async function firstAnswer(
  address: { host: string; port: number },
  clock: Clock,
  signal: AbortSignal,
  instance?: string,
): Promise<ServiceAnswer> {
  let probe: ServiceProbe | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopListening: () => void = () => undefined;
  try {
    return await new Promise<ServiceAnswer>((resolve, reject) => {
      signal.throwIfAborted();
      stopListening = onAbort(signal, reject);
      const open = new ServiceProbe(address, clock, (answer) => {
        if (instance === undefined || answer.instance === instance) resolve(answer);
      });
      probe = open;
      timer = setInterval(() => open.ask(), interval * 1000);
    });
  } finally {
    stopListening();
    clearInterval(timer);
    probe?.close();
  }
}

/** Our clock minus the guest's, with how far off it may be. In seconds. */
export interface ClockOffset {
  /** To add to the guest's time since its kernel started. */
  sinceBoot: number;
  /** To add to the guest's wall clock. */
  wall: number;
  uncertainty: number;
}

/**
 * Fits the offset of the guest's clocks from `rounds` requests: the one with the shortest round trip
 * counts, and half of that round trip is the uncertainty (Cristian 1989).
 * @throws Error if none is answered within 2 s
 */
export async function fitClockOffset(
  address: { host: string; port: number },
  clock: Clock,
  rounds = 8,
): Promise<ClockOffset> {
  const answers: ServiceAnswer[] = [];
  let wake: () => void = () => undefined;
  const probe = new ServiceProbe(address, clock, (answer) => {
    answers.push(answer);
    wake();
  });
  try {
    const deadline = clock.now() + 2;
    while (answers.length < rounds && clock.now() < deadline) {
      const answered = new Promise<void>((resolve) => (wake = resolve));
      probe.ask();
      await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 50))]);
    }
  } finally {
    probe.close();
  }
  const [best] = answers.sort((a, b) => a.at - a.sentAt - (b.at - b.sentAt));
  if (best === undefined) throw new Error('the guest did not answer within 2 s');
  const middle = (best.at + best.sentAt) / 2;
  return {
    sinceBoot: middle - best.guestTime,
    wall: middle - best.guestWallTime,
    uncertainty: (best.at - best.sentAt) / 2,
  };
}
