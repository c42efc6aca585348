import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../base/package-root.ts';
import { missingForLab } from '../missing-for-lab.example.ts';

/** The files of docs/ci.md as they stand there, by their first key. */
const files = readFileSync(join(packageRoot, 'docs/ci.md'), 'utf8')
  .split('```yaml\n')
  .slice(1)
  .map((block) => parse(block.split('\n```')[0] ?? '') as Record<string, unknown>);

interface Step {
  run?: string;
  if?: string;
}
const github = files.find(({ jobs }) => jobs !== undefined) as {
  env: Record<string, string>;
  jobs: { gate: { steps: Step[] } };
};
const gitlab = files.find(({ performance }) => performance !== undefined) as {
  performance: { variables: Record<string, string>; script: string[] };
};

/** As short as it can be; the files themselves are untouched. */
const settings = { SCENARIO: 'scenarios/ci/micro.yaml', OPTIONS: '--set repeat.trials=1' };

const missing = missingForLab(['git', 'bash', 'qemu-system-x86_64']);
let folder: string;
let clone: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  if (missing.length > 0) return;
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-ci-'));
  clone = join(folder, 'clone');
  environment = {
    ...process.env,
    HOME: folder,
    // Images were made before: to build them is not what is tested.
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    VIRTGAUGE_STATE: join(folder, 'state'),
    CI: 'true',
  };
  await bash(`git clone --quiet --depth 1 "file://${packageRoot}" "${clone}"`, {}, folder);
  // What package-lock.json names, as a cache of the runner would bring it.
  await bash(`cp -al "${packageRoot}/node_modules" "${clone}/node_modules"`, {}, folder);
}, 120_000);
afterAll(() => {
  if (missing.length === 0) rmSync(folder, { recursive: true, force: true });
});

/** As runners do it; output only where it fails. */
function bash(script: string, more: NodeJS.ProcessEnv, cwd = clone): Promise<string> {
  const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
  const child = spawn('bash', args, { cwd, env: { ...environment, ...more } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${script}\nended with ${code}:\n${output.slice(-3000)}`));
    });
  });
}

it.skipIf(missing.length > 0)(
  'the steps of GitHub Actions run in a fresh clone',
  async () => {
    const summary = join(folder, 'summary.md');
    const variables = { GITHUB_STEP_SUMMARY: summary, GITHUB_RUN_ID: '4711' };
    expect(Object.keys(github.env)).toEqual(Object.keys(settings));
    const scripts = github.jobs.gate.steps.flatMap(({ run }) => run ?? []);
    expect(scripts.length).toBeGreaterThanOrEqual(4);
    for (const script of scripts) await bash(script, { ...settings, ...variables });
    expect(readFileSync(summary, 'utf8')).toContain('ci-micro');
    expect(existsSync(join(folder, 'virtgauge-history/4711/run.json'))).toBe(true);
  },
  400_000,
);

it.skipIf(missing.length > 0)(
  'the script of GitLab CI runs in a fresh clone, and finds the history',
  async () => {
    // Its clone is another: nothing of the run before is in it.
    for (const made of ['results', 'gate'])
      rmSync(join(clone, made), { recursive: true, force: true });
    const { variables, script } = gitlab.performance;
    expect(Object.keys(variables)).toEqual(Object.keys(settings));
    const branch = { CI_COMMIT_BRANCH: 'main', CI_DEFAULT_BRANCH: 'main', CI_JOB_ID: '12' };
    const output = await bash(script.join('\n'), { ...settings, ...branch });
    expect(output).toContain('1 of the 5 earlier runs needed');
    expect(existsSync(join(clone, 'gate/gate.junit.xml'))).toBe(true);
    expect(existsSync(join(folder, 'virtgauge-history/12/run.json'))).toBe(true);
  },
  400_000,
);
