import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../base/package-root.ts';
import { labNames, readLab } from '../index.ts';
import { isRoot, testLab, unlessRoot } from './lab.example.ts';

const lab = testLab('cut');
const { state, name, traces, token } = lab;
afterEach(lab.removeAll);
afterAll(lab.close);

const main = join(packageRoot, 'src/cli/main.ts');
const virtgauge = (...args: string[]) => run(process.execPath, '--import', 'tsx', main, ...args);
const run = (program: string, ...args: string[]) => {
  const child = spawn(program, args, {
    cwd: packageRoot,
    env: { ...process.env, VIRTGAUGE_STATE: state },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  }
  const ended = new Promise<{ code: number | null; text: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, text: said.join('') })),
  );
  return { child, ended };
};
const labUp = () => virtgauge('lab', 'up', '--namespaces', '3', '--name', name);

/** Resolves when something has been recorded of the lab, or its maker has ended. */
async function recorded(child: ChildProcess): Promise<void> {
  while (child.exitCode === null && !existsSync(join(state, 'labs', name, 'lab.json'))) {
    await sleep(2);
  }
}

describe.skipIf(!isRoot)(`lab up${unlessRoot}`, () => {
  it.each([0, 15, 40, 80, 120, 200, 400])(
    'killed %d ms after it has begun leaves what lab down removes',
    async (milliseconds) => {
      const { child, ended } = labUp();
      await recorded(child);
      await sleep(milliseconds);
      child.kill('SIGKILL');
      await ended;
      expect(labNames(state)).toEqual([name]);
      const made = readLab(state, name)?.token ?? 'none';
      await lab.down();
      expect(traces(made)).toEqual([]);
      expect(labNames(state)).toEqual([]);
    },
  );

  it('interrupted leaves nothing, and nobody removes it meanwhile', async () => {
    const { child, ended } = labUp();
    await recorded(child);
    const made = token();
    await expect(lab.down()).rejects.toThrow(`process ${child.pid} is making it`);
    child.kill('SIGINT');
    const { code, text } = await ended;
    expect({ code, text }).toEqual({
      code: 130,
      text: 'interrupted; everything of the lab is removed\n',
    });
    expect(traces(made)).toEqual([]);
    expect(labNames(state)).toEqual([]);
  });

  it('stays when its command has ended, until clean --labs', async () => {
    const { code, text } = await labUp().ended;
    expect(code).toBe(0);
    expect(text).toContain(join(state, 'labs', name, 'inventory.yaml'));
    expect(text).toContain(`--hosts lab:${name}`);
    const made = token();
    expect((await virtgauge('clean').ended).text).toContain('nothing to remove');
    expect(lab.ssh(2, 'hostname')).toBe('h3');
    expect((await virtgauge('lab', 'list').ended).text).toContain(`${name}  3 hosts at 10.77.`);
    expect((await virtgauge('clean', '--labs').ended).text).toContain(`lab ${name} is gone`);
    expect(traces(made)).toEqual([]);
  });

  it.each([
    ['--disk-rate 10MiB', 'mount -t tmpfs tmpfs /sys/fs/cgroup', '--disk-rate: expected a kernel'],
    ['--libvirt', 'mount -t tmpfs tmpfs /usr/sbin', 'apt-get install --no-install-recommends'],
    ['', 'exec setpriv --bounding-set -sys_admin', 'must be privileged'],
  ])(
    '%s where the machine cannot (%s) says so once and leaves nothing',
    async (option, take, said) => {
      const line = `${process.execPath} --import tsx ${main} lab up --namespaces 2 --name ${name} ${option}`;
      const without = take.startsWith('exec') ? `${take} ${line}` : `${take}; ${line}`;
      const { code, text } = await run('unshare', '--mount', 'bash', '-c', without).ended;
      expect({ code, said: text.split(said).length - 1 }).toEqual({ code: 1, said: 1 });
      expect(text).not.toMatch(/\n\s+at .*:\d+:\d+/);
      expect(labNames(state)).toEqual([]);
      expect(lab.traces(name)).toEqual([]);
    },
  );
});
