import { UserError } from '../../base/errors.ts';
import { startHttpLoad } from '../../harness/observe/http/index.ts';
import { gaps, signsOf } from '../../harness/observe/outages.ts';
import { cacheDirectory } from '../../platform/guest/image/cache.ts';
import { markEnvironment } from '../../platform/ledger/kinds/marked-processes.ts';
import { randomToken, type Ledger } from '../../platform/ledger/ledger.ts';
import { thisMachine } from '../../platform/remote/this-machine.ts';

/** A page of the machine that is asked all the while. */
export interface AskedPage {
  port: number;
  page: string;
}

/** Requests a second. */
const rate = 20;
/** Nothing shorter is called an outage, in seconds. */
const least = 0.25;
/** Columns of the trace. */
const columns = 72;
const levels = ['█', '▓', '▒', '░', '·'];

/** Seconds in which a service that runs answers. */
const patience = 5;

/**
 * Asks a web service until `stop`, which tells in lines of text when it was away.
 * @throws UserError if it does not answer to begin with
 */
export async function watchService(
  address: string,
  { port, page }: AskedPage,
  ledger: Ledger,
): Promise<{ stop(): Promise<string[]> }> {
  const url = `http://${address}:${port}${page}`;
  await expectAnswer(url);
  const host = thisMachine(cacheDirectory(process.env));
  const mark = randomToken();
  ledger.enter({ kind: 'processes', mark });
  const environment = markEnvironment(mark);
  const from = host.clock.now();
  const load = await startHttpLoad({
    ...{ host, targets: [{ host: address, port }], rate, page, environment },
  });
  return {
    async stop() {
      const to = host.clock.now();
      const { requests } = await load.stop();
      const answered = requests.answeredAt.filter((at) => !Number.isNaN(at));
      const window = { from, to };
      const outages = gaps(signsOf(answered, window), window, least);
      return traceLines(url, answered, window, outages);
    },
  };
}

/** @throws UserError if the page is not there */
export async function expectAnswer(url: string): Promise<void> {
  const got = await statusOf(url);
  if (got === 'status 200') return;
  throw new UserError({
    message: `expected ${url} to answer with status 200 before the conversion, got ${got}`,
    remedy: 'Name port and page of a service that runs, or leave --service out.',
  });
}

async function statusOf(url: string): Promise<string> {
  try {
    const { status, body } = await fetch(url, {
      ...{ redirect: 'manual', signal: AbortSignal.timeout(patience * 1000) },
    });
    await body?.cancel();
    return `status ${status}`;
  } catch (error) {
    const { name, message, cause } = error as Error;
    if (name === 'TimeoutError') return `no answer in ${patience} s`;
    return cause instanceof Error ? cause.message : message;
  }
}

/**
 * The trace of a service: a column for each stretch of time, full where all requests were answered, a
 * dot where none was; below it each outage.
 * @param answered when, in seconds
 */
export function traceLines(
  what: string,
  answered: Float64Array,
  { from, to }: { from: number; to: number },
  outages: readonly { from: number; to: number }[],
): string[] {
  const width = (to - from) / columns;
  const counts = new Float64Array(columns);
  for (const at of answered) {
    const column = Math.floor((at - from) / width);
    if (column >= 0 && column < columns) counts[column] = (counts[column] ?? 0) + 1;
  }
  const bar = [...counts].map((count) => {
    const missing = Math.max(0, 1 - count / (width * rate));
    return levels[Math.min(levels.length - 1, Math.floor(missing * levels.length))] ?? '';
  });
  const away = outages.reduce((sum, outage) => sum + outage.to - outage.from, 0);
  return [
    `${what}, asked ${rate} times a second; a column is ${width.toFixed(1)} s`,
    bar.join(''),
    ...outages.map((outage) => {
      const begun = (outage.from - from).toFixed(1);
      return `  out of service for ${(outage.to - outage.from).toFixed(2)} s, from ${begun} s on`;
    }),
    outages.length === 0
      ? '  never out of service'
      : `  ${outages.length} ${outages.length === 1 ? 'outage' : 'outages'}, ${away.toFixed(2)} s in all`,
  ];
}
