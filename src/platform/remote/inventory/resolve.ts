import { dirname, resolve } from 'node:path';
import { didYouMean } from '../../../base/yaml/closest.ts';
import type { Finding } from '../../../base/yaml/finding.ts';
import { show, showPath } from '../../../base/yaml/printable.ts';
import { keySpan, valueSpan, type Tree } from '../../../base/yaml/tree.ts';
import { endpointSchema, type Endpoint, type HostEntry, type WrittenHost } from './schema.ts';

/** What stands for what an inventory leaves open. */
export interface Defaults {
  /** Who logs in. */
  user: string;
  /** The controller's home. */
  home: string;
}

interface Written {
  hosts: Readonly<Record<string, WrittenHost>>;
  /** Hosts that may be named as a jump. */
  gates: Readonly<Record<string, WrittenHost>>;
  /** The name under which a host of another name was written, for messages. */
  writtenAs?: (name: string) => string;
  tree: Tree;
  /** Path of the inventory: what its relative paths start from. */
  file: string;
  defaults: Defaults;
}

/** Every host with all that it takes to reach it, in the order written; what cannot be is found. */
export function resolveHosts(written: Written): { entries: HostEntry[]; findings: Finding[] } {
  const resolver = new Resolver(written);
  const entries = Object.keys(written.hosts).map((name) => resolver.entry(name));
  return { entries, findings: resolver.findings };
}

/** What only a host has to which we log in. */
const forSsh = ['address', 'port', 'user', 'key', 'knownHosts', 'jump', 'console'] as const;

class Resolver {
  readonly findings: Finding[] = [];
  readonly #written: Written;

  constructor(written: Written) {
    this.#written = written;
  }

  entry(name: string): HostEntry {
    const host = this.#host(name);
    const { bridge, libvirtUri, hypervisors, emulated, reset } = host;
    const { cache, storages, runtime = '/tmp' } = host;
    const ssh = this.#checked(name, host) ? this.#endpoint(name, [name]) : undefined;
    const power = this.#power(name, host);
    return {
      name,
      ...(ssh && { ssh }),
      address: host.migrationAddress ?? ssh?.address ?? '127.0.0.1',
      ...(bridge !== undefined && { bridge }),
      ...(libvirtUri !== undefined && { libvirtUri }),
      ...(hypervisors !== undefined && { hypervisors }),
      ...(emulated !== undefined && { emulated }),
      ...(power && { power }),
      ...(reset !== undefined && { reset }),
      runtime,
      ...(cache !== undefined && { cache }),
      storages,
    };
  }

  /** Whether it is a host to log in to. */
  #checked(name: string, host: WrittenHost): boolean {
    if (host.local === undefined) {
      if (host.address !== undefined) return true;
      this.#find([name], 'expected an address, or local: true for this machine, got neither');
      return false;
    }
    for (const key of forSsh) {
      if (host[key] === undefined) continue;
      this.#find([name, key], 'expected nothing for ssh beside local: true, got a value');
    }
    return false;
  }

  /** Both commands or none: a host that is off must come back. */
  #power(name: string, { powerOff, powerOn, local }: WrittenHost): HostEntry['power'] {
    if (powerOff === undefined && powerOn === undefined) return undefined;
    if (local) {
      this.#find([name, 'local'], 'expected another machine where power is cut, got this one');
      return undefined;
    }
    if (powerOff !== undefined && powerOn !== undefined) return { off: powerOff, on: powerOn };
    if (powerOn === undefined) this.#find([name, 'powerOff'], 'expected powerOn beside it');
    else this.#find([name, 'powerOn'], 'expected powerOff beside it');
    return undefined;
  }

  #endpoint(name: string, way: readonly string[]): Endpoint {
    const { address = '', port = 22, jump, key, knownHosts, user, ...rest } = this.#host(name);
    const { console, emulated } = rest;
    const login = {
      user: user ?? this.#written.defaults.user,
      ...(key !== undefined && { key: this.#path(key) }),
      knownHosts:
        knownHosts === undefined
          ? [this.#path('~/.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts']
          : [this.#path(knownHosts)],
    };
    const gate = jump === undefined ? undefined : this.#jump(name, jump, login, way);
    return {
      ...{ address, port, ...login },
      ...(console !== undefined && { console: this.#path(console) }),
      ...(emulated !== undefined && { emulated }),
      ...(gate && { jump: gate }),
    };
  }

  #jump(
    name: string,
    text: string,
    login: Pick<Endpoint, 'user' | 'key' | 'knownHosts'>,
    way: readonly string[],
  ): Endpoint | undefined {
    const path = [name, 'jump'] as const;
    const { gates: hosts } = this.#written;
    if (Object.hasOwn(hosts, text)) {
      if (way.includes(text)) {
        this.#find(path, `expected a way to the host, got a circle: ${[...way, text].join(' → ')}`);
        return undefined;
      }
      if (hosts[text]?.address !== undefined) return this.#endpoint(text, [...way, text]);
      this.#find(path, `expected a host to log in to, got ${show(text)}, which is this machine`);
      return undefined;
    }
    const gate = parseLogin(text, login);
    // A bare word is more likely a misspelt host than a machine of that name.
    if (gate !== undefined && /[@.:]/.test(text)) return gate;
    this.#find(
      path,
      `expected a host of this inventory or user@address:port, got ${show(text)}`,
      didYouMean(text, Object.keys(hosts)),
    );
    return undefined;
  }

  #host(name: string): WrittenHost {
    const { hosts, gates } = this.#written;
    return hosts[name] ?? gates[name] ?? { storages: {} };
  }

  #path(written: string): string {
    const { file, defaults } = this.#written;
    const path = written.replace(/^~(?=\/|$)/, () => defaults.home);
    return resolve(dirname(file), path);
  }

  #find([host, ...keys]: readonly [string, ...string[]], message: string, hint?: string): void {
    const { tree, writtenAs = (name: string) => name } = this.#written;
    const path = ['hosts', writtenAs(host), ...keys];
    const span = path.length > 2 ? valueSpan(tree, path) : keySpan(tree, path);
    this.findings.push({ span, message: `${showPath(path)}: ${message}`, hint });
  }
}

/** Reads `user@address:port`, `address`, `[fe80::1]:22`; undefined if it is none. */
function parseLogin(
  text: string,
  login: Pick<Endpoint, 'user' | 'key' | 'knownHosts'>,
): Endpoint | undefined {
  const [, user = login.user, bracketed, plain, port = '22'] =
    /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const parsed = endpointSchema.safeParse({
    ...{ ...login, user },
    ...{ address: bracketed ?? plain, port: Number(port) },
  });
  return parsed.success ? parsed.data : undefined;
}
