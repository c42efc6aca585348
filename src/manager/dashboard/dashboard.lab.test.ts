import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { simulateAgents, type SimulatedAgent } from '../agent/simulated/simulated-agents.ts';
import { SimulatedRunner } from '../agent/simulated/simulated-runner.ts';
import { serveMaster } from '../master/serve.ts';
import { MemberFolder } from '../member/folder.ts';
import { initCluster } from '../member/init.ts';
import { openOperator, type Operator } from '../member/operator.ts';
import { seededRandom } from '../../base/stats/random.ts';
import { declared } from '../front/declaration.example.ts';
import { MemoryFront } from '../front/memory-front.example.ts';
import { shareServices } from '../front/share-services.ts';

const executablePath = '/usr/bin/chromium';
const parser = '/usr/lib/python3/dist-packages/prometheus_client/parser.py';
for (const path of [executablePath, parser]) {
  if (!existsSync(path) && process.env.CI === 'true') throw new Error(`missing: ${path}`);
}
const patience = { timeout: 60_000, interval: 100 };

describe.skipIf(!existsSync(executablePath))('the dashboard in a browser (chromium)', () => {
  const place = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
  const folders = { master: join(place, 'master'), operator: join(place, 'operator') };
  const stop = new AbortController();
  const asked: string[] = [];
  const faults: string[] = [];
  let url = '';
  let served: Promise<void>;
  let agents: SimulatedAgent[] = [];
  let operator: Operator;
  let browser: Browser;
  let tab: Page;

  beforeAll(async () => {
    const address = '127.0.0.1:0';
    await initCluster({ folders, name: 'lab', address, arm: 'both', now: Date.now() });
    const port = await new Promise<number>((resolve, reject) => {
      served = serveMaster({
        ...{ folder: folders.master, host: '127.0.0.1', port: 0, signal: stop.signal },
        dashboard: { host: '127.0.0.1', port: 0 },
        onReady: (open, at) => {
          url = at ?? '';
          resolve(open);
        },
      });
      served.catch(reject);
    });
    const master = { name: 'master', address: `127.0.0.1:${port}` };
    const member = new MemberFolder(folders.operator);
    const { certificate, privateKey, trust } = member.identity();
    const keys = { certificate, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
    const asOperator = join(place, 'asking');
    new MemberFolder(asOperator).create(
      { ...member.membership(), master },
      { ...keys, privateKey: keys.privateKey.toString(), authority: trust.authority },
    );
    operator = openOperator(asOperator);
    const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'];
    browser = await chromium.launch({ executablePath, args });
    tab = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    tab.on('request', (request) => asked.push(request.url()));
    tab.on('pageerror', (error) => faults.push(error.message));
    tab.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await tab.goto(url);
    agents = await simulateAgents({
      ...{ hosts: ['host-a', 'host-b'], master, arm: 'both' },
      authority: new MemberFolder(folders.master).authority(),
      room: { cpu: 8, memory: 2 ** 34, disk: 2 ** 40 },
      runner: () => new SimulatedRunner({ delay: 1 }),
    });
  });

  afterAll(async () => {
    await browser.close();
    await operator.close();
    for (const agent of agents) await agent.kill();
    stop.abort();
    await served;
    rmSync(place, { recursive: true });
  });

  /** Kept where VIRTGAUGE_PICTURES names a folder, to be looked at. */
  async function picture(name: string): Promise<void> {
    const folder = process.env.VIRTGAUGE_PICTURES;
    if (folder === undefined) return;
    for (const [colorScheme, width] of [
      ['light', 1200],
      ['dark', 1200],
      ['light', 360],
    ] as const) {
      await tab.emulateMedia({ colorScheme });
      await tab.setViewportSize({ width, height: 900 });
      await tab.screenshot({
        path: join(folder, `${name}-${colorScheme}-${width}.png`),
        fullPage: true,
      });
    }
    await tab.emulateMedia({ colorScheme: 'light' });
    await tab.setViewportSize({ width: 1200, height: 900 });
  }

  const shows = (selector: string, text: string | RegExp) =>
    vi.waitFor(async () => {
      expect(await tab.locator(selector).innerText({ timeout: 1000 })).toMatch(text);
    }, patience);

  const submit = (action: 'create' | 'migrate', guest: string, host: string, address?: string) =>
    operator.ask(
      {
        ...{ kind: 'submit', id: `${action}-${guest}`, action, guest, host, dryRun: false },
        ...(action === 'create' && {
          spec: { vcpus: 2, memory: 2 ** 30, disk: 0, image: 'micro', address },
        }),
      },
      'operation',
    );

  it('says what is empty, and shows hosts as they come', async () => {
    await shows('#guests-body', /No guests yet/);
    await shows('#hosts-body', /host-a[^]*up[^]*host-b[^]*up/);
    await shows('#connection', 'live');
  });

  it('shows guests while they are created and moved, with the reasons', async () => {
    await submit('create', 'web', 'host-a');
    await shows('#now-body', /create[^]*web[^]*host-a[^]*asked for/);
    await shows('#guest-web', /running[^]*host-a/);
    await submit('migrate', 'web', 'host-b');
    await shows('#guest-web', /host-a\s*→ host-b/);
    await shows('#guest-web', /running[^]*host-b/);
    await shows('#ended-body', /migrate[^]*host-a → host-b[^]*asked for[^]*done/);
    await submit('create', 'x', 'nowhere').catch(() => undefined);
    await shows('#refusals-body', /no place for x/);
  });

  it('shows services, who helps whom and why, as it happens', async () => {
    await shows('#services-body', /No services/);
    await submit('create', 'web1', 'host-a', '10.0.0.11/24');
    await submit('create', 'mail1', 'host-b', '10.0.0.12/24');
    await shows('#guest-mail1', /running/);
    const front = new MemoryFront();
    const over = new AbortController();
    const sharing = shareServices({
      ...{ declaration: declared(), front, operator, random: seededRandom('1'), now: Date.now },
      clock: { now: () => performance.now() / 1000, fromWall: (at) => at },
      signal: over.signal,
      answers: () => Promise.resolve(true),
      onDecision: () => undefined,
      onTrouble: (text) => faults.push(text),
    });
    try {
      await shows('#service-lvs-web', /10\.0\.0\.100:80[^]*up[^]*0\/s of 40\/s[^]*web1 weight 32/);
      front.ask('10.0.0.100', 70);
      await shows('#service-lvs-web', /helped[^]*70\/s of 40\/s[^]*38\/s of mail[^]*web-by-mail/);
      await shows('#service-lvs-mail', /helping[^]*38\/s/);
      await shows('#sharing-body', /mail lends 38\/s to web: asked for 70\/s/);
      const text = await (await fetch(`${url}metrics`)).text();
      expect(text).toMatch(
        /service_borrowed_requests_per_second\{service="web",director="lvs"\} 38/,
      );
      await picture('services');
      front.ask('10.0.0.100', 5);
      await shows('#sharing-body', /web gives 38\/s back to mail: web needs it no more/);
      await shows('#service-lvs-web', /up[^]*web1 weight 32/);
    } finally {
      over.abort();
      await sharing;
    }
    await shows('#services-body', /No services/);
  });

  it('acts for whoever has the token, by keyboard alone', async () => {
    const token = readFileSync(join(folders.master, 'dashboard-token'), 'utf8').trim();
    await tab.locator('input[name=token]').focus();
    await tab.keyboard.type(token);
    await tab.keyboard.press('Enter');
    await tab.waitForSelector('select[name=action]');
    await tab.locator('select[name=action]').focus();
    await tab.keyboard.type('migrate');
    await tab.keyboard.press('Tab');
    await tab.keyboard.type('web');
    await tab.keyboard.press('Tab');
    await tab.keyboard.type('host-a');
    await tab.keyboard.press('Escape');
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Enter');
    await shows('#guest-web', /running\s+host-a\s+2/);
  });

  it('tells of a host that disappears, in light and dark, no wider than the window', async () => {
    await agents[0]?.kill();
    await shows(
      '#attention',
      /host-a is suspect: it has been silent since .*; 2 guests were on it/,
    );
    await shows('#guest-web', /unknown/);
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    for (const [colorScheme, width] of [
      ['light', 1200],
      ['dark', 360],
    ] as const) {
      await tab.emulateMedia({ colorScheme });
      await tab.setViewportSize({ width, height: 900 });
      expect(await tab.evaluate(overflow)).toBe(0);
    }
  });

  it.skipIf(!existsSync(parser))('tells Prometheus what its own parser reads', async () => {
    const text = await (await fetch(`${url}metrics`)).text();
    const program = `import json, sys
from prometheus_client.parser import text_string_to_metric_families as families
print(json.dumps([[f.name, f.type, f.documentation, len(f.samples)] for f in families(sys.stdin.read())]))`;
    const read = execFileSync('/usr/bin/python3', ['-c', program], {
      input: text,
      encoding: 'utf8',
    });
    const families = JSON.parse(read) as [string, string, string, number][];
    const ours = families.filter(([name]) => name.startsWith('virtgauge_'));
    expect(ours.length).toBeGreaterThan(15);
    for (const [name, , help] of ours) {
      expect(name).toMatch(/^virtgauge_cluster_[a-z0-9_]+$/);
      expect(help).toMatch(/\.$/);
      // Base units, as Prometheus' guide has them.
      expect(name).not.toMatch(/_(?:ms|milliseconds|minutes|kb|mb|mib|percent)\b/);
    }
    expect(families.map(([name, type]) => `${type} ${name}`)).toEqual(
      expect.arrayContaining([
        'counter virtgauge_cluster_operations_ended',
        'histogram virtgauge_cluster_operation_duration_seconds',
        'gauge virtgauge_cluster_host_memory_bytes',
        'counter process_cpu_seconds',
      ]),
    );
  });

  it('asks for nothing but itself, and says when the master is gone', async () => {
    expect(asked.every((each) => each.startsWith(url))).toBe(true);
    expect(faults).toEqual([]);
    stop.abort();
    await served;
    await shows('#connection', /not connected/);
    await shows('#hosts-body', /host-b/);
  });
});
