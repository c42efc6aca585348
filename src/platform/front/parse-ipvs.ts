import type { FrontService, RealServer } from './front.ts';

interface Line {
  kind: 'service' | 'server';
  address: string;
  port: number;
  words: string[];
}

/**
 * Reads what ipvsadm lists of TCP services.
 * @param list of `ipvsadm --list --numeric --exact`: weights and open connections
 * @param rates of the same with `--rate`: new connections a second
 * @throws Error if it is not what ipvsadm prints
 */
export function parseIpvs(list: string, rates: string): FrontService[] {
  const counted = new Map<string, number>();
  for (const [service, server, { words }] of walk(rates)) {
    counted.set(`${service} ${server}`, Number(words[0]));
  }
  const services = new Map<string, FrontService>();
  for (const [service, server, line] of walk(list)) {
    const place = { address: line.address, port: line.port };
    const rate = counted.get(`${service} ${server}`) ?? 0;
    if (line.kind === 'service') {
      services.set(service, { ...place, rate, servers: [] });
      continue;
    }
    // Forward, Weight, ActiveConn, InActConn
    const [, weight, active] = line.words;
    const real: RealServer = {
      ...{ ...place, rate },
      ...{ weight: Number(weight), active: Number(active) },
    };
    services.get(service)?.servers.push(real);
  }
  return [...services.values()];
}

/** Every line with the service to which it belongs, and the server; '' for the service itself. */
function* walk(text: string): Generator<[service: string, server: string, line: Line]> {
  if (!text.startsWith('IP Virtual Server')) {
    throw new Error(`expected what ipvsadm lists, got ${JSON.stringify(text.slice(0, 80))}`);
  }
  let service = '';
  for (const written of text.split('\n')) {
    const match = /^(TCP|\s+->)\s+(\d+\.\d+\.\d+\.\d+):(\d+)\s+(.*)$/.exec(written);
    if (match === null) continue;
    const [, mark = '', address = '', port = '', rest = ''] = match;
    const line = { address, port: Number(port), words: rest.trim().split(/\s+/) };
    const name = `${address}:${port}`;
    if (mark === 'TCP') yield [(service = name), '', { ...line, kind: 'service' }];
    else yield [service, name, { ...line, kind: 'server' }];
  }
}
