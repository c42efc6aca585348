import { InvalidArgumentError } from 'commander';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port`; an IPv6 address in brackets. */
export function parseAddress(text: string): Address {
  const [, bracketed, plain, port] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) < 65_536) return { host, port: Number(port) };
  throw new InvalidArgumentError('Expected host:port, such as 10.0.0.5:7470.');
}

/** Several of them with commas between, as text: where the masters of a cluster are reached. */
export function addressesText(text: string): string {
  for (const each of text.split(',')) parseAddress(each);
  return text;
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
