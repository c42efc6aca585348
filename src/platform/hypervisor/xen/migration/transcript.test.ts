import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MigrationEvent } from '../../migration.ts';
import { Transcript } from './transcript.ts';

/** A log that was captured, with the second in which each line came before it. */
function readLog(name: string) {
  const events: MigrationEvent[] = [];
  const transcript = new Transcript((event) => events.push(event));
  const text = readFileSync(new URL(`fixtures/${name}.log`, import.meta.url), 'utf8');
  for (const line of text.split('\n')) {
    const [, at = '0', words = line] = /^(\d{10}) (.*)$/.exec(line) ?? [];
    transcript.read({ at: Number(at), text: words });
  }
  return { events, transcript };
}

describe('Transcript', () => {
  it('tells the steps of a migration that went well, in their order', () => {
    const { events, transcript } = readLog('migrate-pvh-ok');
    expect(events.map(({ event, at }) => [event, at - 1795222716])).toEqual([
      ['connected', 3],
      ['stop', 21],
      ['suspended', 21],
      ['restored', 21],
      ['hotplug-disk', 22],
      ['hotplug-nic', 24],
      ['transferred', 27],
      ['permitted', 27],
      ['resume', 27],
      ['completed', 30],
    ]);
    expect(transcript.told).toMatchObject({ permitted: true, started: true, successful: true });
    expect(transcript.told.unsupported).toBeUndefined();
  });

  it('tells also of a guest that will panic what xl tells: that it went well', () => {
    const { events, transcript } = readLog('migrate-pvh-rc0-guest-panicked');
    expect(events.at(-1)).toMatchObject({ event: 'completed' });
    expect(transcript.told.successful).toBe(true);
  });

  it('knows a hypervisor that cannot follow the writes of a PV guest', () => {
    const { events, transcript } = readLog('migrate-pv-logdirty-unsupported');
    expect(events.map(({ event }) => event)).toEqual(['connected']);
    expect(transcript.told).toMatchObject({ permitted: false, successful: false });
    expect(transcript.told.unsupported).toMatch(/logdirty: 95,22,0/);
    expect(transcript.reason()).toBe('Failed to enable logdirty: 95,22,0 (22 = Invalid argument)');
  });

  it('reads lines that begin in the middle of another', () => {
    const events: string[] = [];
    const transcript = new Transcript(({ event }) => events.push(event));
    transcript.read({ at: 1, text: 'libxl: migration sender: Target reports successful startup.' });
    transcript.read({ at: 2, text: 'migration target: Domain started successfully.' });
    expect(events).toEqual(['resume']);
  });

  it('tells passes over memory where the toolstack does', () => {
    const events: MigrationEvent[] = [];
    const transcript = new Transcript((event) => events.push(event));
    for (const text of [
      'xc: progress: Frames iteration 0: 1024/32768    3%',
      'xc: progress: Frames iteration 0: 2048/32768    6%',
      'xc: progress: Frames iteration 1 of 5: 40/40  100%',
    ]) {
      transcript.read({ at: events.length, text });
    }
    expect(events).toEqual([
      { at: 0, event: 'round', figures: { round: 1, pages: 32768 } },
      { at: 1, event: 'round', figures: { round: 2, pages: 40 } },
    ]);
    expect(transcript.told.rounds).toBe(2);
  });

  it('takes the bytes that ssh sent from its last words', () => {
    const transcript = new Transcript(() => undefined);
    transcript.read({
      at: 0,
      text: 'Transferred: sent 134992108, received 4321 bytes, in 83.1 seconds',
    });
    expect(transcript.told.transferred).toBe(134992108);
  });

  it('knows that xl does not know which end has the guest', () => {
    const transcript = new Transcript(() => undefined);
    transcript.read({ at: 0, text: '** Migration failed during final handshake **' });
    expect(transcript.told.undecided).toBe(true);
  });

  it('says in plain words that the target was lost', () => {
    const transcript = new Transcript(() => undefined);
    for (const text of [
      'libxl: error: libxl_utils.c:505:libxl_read_exactly: file/stream truncated reading ipc msg header from domain 21 save/restore helper stdout pipe',
      'libxl: error: libxl_exec.c:127:libxl_report_child_exitstatus: domain 21 save/restore helper [2406] died due to fatal signal Broken pipe',
      'migration sender: libxl_domain_suspend failed (rc=-3)',
    ]) {
      transcript.read({ at: 0, text });
    }
    expect(transcript.reason()).toBe(
      'the program on the target, or the way to it, was lost in the middle',
    );
  });

  it('gives the last words of a program that says nothing of errors', () => {
    const transcript = new Transcript(() => undefined);
    for (const text of [
      'ssh: connect to host 10.0.0.9 port 22: No route to host',
      '',
      'libxl: debug: x',
    ])
      transcript.read({ at: 0, text });
    expect(transcript.reason()).toBe('ssh: connect to host 10.0.0.9 port 22: No route to host');
  });
});
