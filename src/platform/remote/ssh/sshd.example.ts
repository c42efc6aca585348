import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../base/free-port.ts';
import type { Endpoint } from '../inventory/schema.ts';

const program = '/usr/sbin/sshd';

/** Why no sshd can be started here; undefined if one can. */
export const noSshd = existsSync(program) ? undefined : 'missing: openssh-server';

/** A real sshd on loopback, with host keys, users' keys and a known_hosts of its own. */
export class TestSshd {
  readonly folder = mkdtempSync(join(tmpdir(), 'vg-sshd-'));
  readonly hostKey = join(this.folder, 'host_ed25519');
  readonly userKey = join(this.folder, 'user');
  readonly knownHosts = join(this.folder, 'known_hosts');
  #port = 0;
  #child: ChildProcess | undefined;

  /** @param settings lines for sshd_config, which come before ours */
  static async start(settings: readonly string[] = []): Promise<TestSshd> {
    const sshd = new TestSshd();
    makeKey(sshd.hostKey);
    makeKey(sshd.userKey);
    sshd.#port = await freePort();
    sshd.trust(sshd.hostKey);
    writeFileSync(join(sshd.folder, 'authorized_keys'), readFileSync(`${sshd.userKey}.pub`));
    const config = [
      ...settings,
      `Port ${sshd.#port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${sshd.hostKey}`,
      `AuthorizedKeysFile ${join(sshd.folder, 'authorized_keys')}`,
      `PidFile ${join(sshd.folder, 'pid')}`,
      'StrictModes no',
      'UsePAM no',
      // Bash takes itself for a shell within a shell, and leaves the ~/.bashrc of this machine alone.
      'SetEnv SHLVL=5',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
    ];
    writeFileSync(join(sshd.folder, 'sshd_config'), `${config.join('\n')}\n`);
    await sshd.up();
    return sshd;
  }

  /** Starts it, also once more after `down`. */
  async up(): Promise<void> {
    // Run by root, it wants a folder to change its root to.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const log = join(this.folder, 'log');
    this.#child = spawn(program, ['-D', '-f', join(this.folder, 'sshd_config'), '-E', log], {
      stdio: 'ignore',
    });
    for (let tries = 0; !(await listens(this.#port)); tries += 1) {
      if (tries === 100 || this.#child.exitCode !== null) {
        throw new Error(`sshd did not start: ${readFileSync(log, 'utf8')}`);
      }
      await sleep(50);
    }
  }

  get endpoint(): Endpoint {
    return {
      ...{ address: '127.0.0.1', port: this.#port, user: userInfo().username },
      ...{ key: this.userKey, knownHosts: [this.knownHosts] },
    };
  }

  /** Enters a key as that of this host; before, there may be any. */
  trust(key: string): void {
    const [type = '', base64 = ''] = readFileSync(`${key}.pub`, 'utf8').split(' ');
    writeFileSync(this.knownHosts, `[127.0.0.1]:${this.#port} ${type} ${base64.trim()}\n`);
  }

  /** A new key in its folder. */
  makeKey(name: string, passphrase?: string, type?: string): string {
    const path = join(this.folder, name);
    makeKey(path, passphrase, type);
    return path;
  }

  /** Ends the processes that serve connections, as if their host had gone; sshd itself stays. */
  cutConnections(): void {
    const pid = this.#child?.pid ?? 0;
    for (const child of childrenOf(pid)) {
      for (const each of [...childrenOf(child), child]) {
        if (isSshd(each)) process.kill(each, 'SIGKILL');
      }
    }
  }

  down(): void {
    this.#child?.kill('SIGKILL');
  }

  stop(): void {
    this.cutConnections();
    this.down();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function makeKey(path: string, passphrase = '', type = 'ed25519'): void {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-f', path]);
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Not the commands that it runs. */
function isSshd(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd');
  } catch {
    return false;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
