import { beforeEach, describe, expect, it } from 'vitest';
import type { Body } from '../wire/messages/kinds.ts';
import { Refusal } from '../wire/refusal.ts';
import { accessBy } from './access.ts';
import { dashboardApp } from './app.ts';
import { Watch } from './watch.ts';

const token = 'f'.repeat(40);
const nasty = '<script>alert("1")</script>\u202e';
const requestId = '00000000-0000-4000-8000-000000000000';
let asked: Body[];
let refused: { reason: string }[];

function answer(body: Body): Promise<Body> {
  asked.push(body);
  if (body.kind === 'submit') {
    if (body.guest === 'busy') throw new Refusal('busy', 'it is under way');
    return Promise.resolve({ ...body, kind: 'operation', state: 'accepted' } as unknown as Body);
  }
  if (body.kind !== 'query') throw new Error('unexpected');
  const bodies: Record<string, object> = {
    status: {
      cluster: 'c',
      hosts: 1,
      up: 0,
      guests: 1,
      running: 1,
      pending: 0,
      uptime: 100,
      sealing: 'both',
    },
    hosts: {
      hosts: [
        {
          name: 'host-a',
          health: 'suspect',
          cpu: 4,
          memory: 100,
          disk: 0,
          silent: 9,
          guests: 1,
          load: 0.5,
          cpuUsed: 1,
          memoryUsed: 50,
          diskUsed: 0,
        },
      ],
    },
    guests: {
      guests: [
        { name: 'web', state: 'unknown', host: 'host-a', vcpus: 1, memory: 1, disk: 1, image: 'i' },
      ],
    },
    services: {
      directors: [
        {
          ...{ name: 'lvs', policy: 'by-id', silent: 60 },
          services: [
            {
              ...{ name: 'web', address: '10.0.0.1:80', capacity: 40, demand: 70 },
              servers: [{ address: '10.0.0.9:80', guest: 'web1', weight: 32, active: 1, rate: 20 }],
            },
          ],
          grants: [{ from: 'mail', to: 'web', amount: 38 }],
          decisions: [{ at: 1, what: 'failed', from: 'mail', to: 'web', amount: 38, why: nasty }],
        },
      ],
    },
    operations: {
      operations: [
        {
          id: '1',
          action: 'create',
          guest: 'web',
          state: 'undone',
          host: 'host-a',
          reason: nasty,
          decision: nasty,
          since: 1,
          ended: 2,
        },
        {
          id: '2',
          action: 'plug',
          guest: 'db',
          state: 'done',
          host: 'host-a',
          result: '2 vCPUs & more',
          since: 1,
          ended: 2,
        },
      ],
    },
  };
  return Promise.resolve({ kind: body.what, ...bodies[body.what] } as unknown as Body);
}

function open(beyond = false) {
  const watch = new Watch(answer, () => Date.UTC(2026, 0, 1));
  const audit = watch.audit({ refused: (line) => void refused.push(line), close: () => undefined });
  watch.audit({ refused: () => undefined, close: () => undefined }).refused({
    ...{ from: '::1', reason: 'malformed', detail: nasty, asked: nasty, peer: nasty },
  });
  const app = dashboardApp({
    ...{ source: watch.source, audit, beyond, signal: new AbortController().signal },
    access: accessBy(token),
    metrics: () => watch.metrics.text(),
  });
  const env = { incoming: { socket: { remoteAddress: '192.0.2.1' } } };
  return async (
    path: string,
    init: { method?: string; body?: string; headers?: Record<string, string> } = {},
  ) => {
    const headers = { host: 'localhost:8443', ...init.headers };
    return await app.request(`http://localhost:8443${path}`, { ...init, headers }, env);
  };
}

beforeEach(() => {
  asked = [];
  refused = [];
});

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
});
const wanted = { id: requestId, action: 'migrate', guest: 'web', host: 'host-b' };
const ours = { origin: 'http://localhost:8443' };
const signedIn = { ...ours, cookie: `virtgauge=${accessBy(token).cookie}` };
const submitted = () => asked.filter(({ kind }) => kind === 'submit');

describe('the page', () => {
  it('has no text that is markup, asks for nothing elsewhere, and stands in no frame', async () => {
    const page = await open()('/');
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).toContain('&lt;script&gt;alert(&quot;1&quot;)');
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('2 vCPUs &amp; more');
    expect(text).not.toContain('\u202e');
    expect(text).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\//);
    expect(text).not.toMatch(/ (?:style|on\w+)="/);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('says of services that nobody tells of how old that is', async () => {
    const text = await (await open()('/')).text();
    const row = /<tr id="service-lvs-web">[^]*?<\/tr>/.exec(text)?.[0] ?? '';
    expect(row).toMatch(/unknown[^]*38\/s of mail[^]*web1[^]*weight 32[^]*silent for 60 s/);
  });

  it('is told apart from a page of somebody else whose name leads here', async () => {
    const page = await open()('/', { headers: { host: 'enemy.example:8443' } });
    expect(page.status).toBe(403);
    expect(refused).toMatchObject([{ reason: 'not allowed', from: '192.0.2.1' }]);
  });

  it('beyond this machine is for holders of the token only', async () => {
    const ask = open(true);
    expect((await ask('/')).status).toBe(401);
    for (const path of ['/events', '/metrics']) expect((await ask(path)).status).toBe(403);
    expect(asked).toEqual([]);
    const headers = { authorization: `Bearer ${token}` };
    expect((await ask('/', { headers })).status).toBe(200);
    expect((await ask('/metrics', { headers })).status).toBe(200);
  });
});

describe('acting', () => {
  it('needs the token', async () => {
    const ask = open();
    for (const headers of [
      ours,
      { ...ours, cookie: 'virtgauge=' },
      { ...ours, cookie: `virtgauge=${token}` },
    ]) {
      const answered = await ask('/operations', form(wanted, headers));
      expect(answered.status).toBe(403);
    }
    expect((await ask('/sign-in', form({ token: 'x' }, ours))).status).toBe(403);
    expect(refused.map(({ reason }) => reason)).toEqual(['token', 'token', 'token', 'token']);
    expect(submitted()).toEqual([]);
  });

  it('is open to whoever has shown it, by one request', async () => {
    const ask = open();
    const signIn = await ask('/sign-in', form({ token }, ours));
    expect(signIn.status).toBe(303);
    const cookie = signIn.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/);
    expect(cookie).not.toContain(token);
    const done = await ask(
      '/operations',
      form(wanted, { ...ours, cookie: cookie.split(';')[0] ?? '' }),
    );
    expect(done.status).toBe(303);
    expect(submitted()).toEqual([
      {
        kind: 'submit',
        id: requestId,
        action: 'migrate',
        guest: 'web',
        host: 'host-b',
        dryRun: false,
      },
    ]);
  });

  it('is not open to a page of somebody else in the same browser', async () => {
    const foreign = { ...signedIn, origin: 'https://enemy.example' };
    expect((await open()('/operations', form(wanted, foreign))).status).toBe(403);
    expect(submitted()).toEqual([]);
  });

  it.each([
    { action: 'remove' },
    { guest: 'a; reboot' },
    { guest: '' },
    { host: '../x' },
    { id: 'x' },
  ])('refuses %o, and says so in the audit log', async (change) => {
    expect((await open()('/operations', form({ ...wanted, ...change }, signedIn))).status).toBe(
      403,
    );
    expect(refused).toMatchObject([{ reason: 'not allowed' }]);
    expect(submitted()).toEqual([]);
  });

  it('says why the master does not do it', async () => {
    const answered = await open()('/operations', form({ ...wanted, guest: 'busy' }, signedIn));
    expect(answered.status).toBe(403);
    expect(await answered.text()).toContain('it is under way');
  });

  it('takes no large form', async () => {
    const large = form({ ...wanted, guest: 'x'.repeat(20_000) }, signedIn);
    expect((await open()('/operations', large)).status).toBe(413);
  });
});

it('tells Prometheus of hosts, guests and refusals', async () => {
  const answered = await open()('/metrics');
  const lines = (await answered.text()).split('\n');
  expect(answered.headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4/);
  expect(lines).toEqual(
    expect.arrayContaining([
      'virtgauge_cluster_hosts{state="suspect"} 1',
      'virtgauge_cluster_guests{state="unknown"} 1',
      'virtgauge_cluster_host_up{host="host-a"} 0',
      'virtgauge_cluster_host_promised_memory_bytes{host="host-a"} 50',
      'virtgauge_cluster_refusals_total{reason="malformed"} 1',
      'virtgauge_cluster_service_demand_requests_per_second{service="web",director="lvs"} 70',
      'virtgauge_cluster_service_borrowed_requests_per_second{service="web",director="lvs"} 38',
      'virtgauge_cluster_service_server_weight{service="web",director="lvs",server="web1"} 32',
    ]),
  );
});
