import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstAnswer } from '../../../guest/service.ts';
import type { CreatedGuest } from '../../../operations/create.ts';
import { migrateGuest, type MigrationResult } from '../../../operations/migrate.ts';
import type { Host } from '../../../remote/host.ts';
import type { MigrationEvent, MigrationMethod } from '../../migration.ts';
import { LibvirtLab, whyNoLab } from '../lab.example.ts';

const why = whyNoLab();
if (why !== undefined && process.env.CI === 'true') throw new Error(why);

const labName = `lf${process.pid}`;

const slow: MigrationMethod = {
  ...{ method: 'pre-copy', postCopyAfter: 0.5, disk: 'shared', multifd: 0, xbzrle: false },
  ...{ autoConverge: false, downtimeLimit: 0.3, bandwidth: 5 * 2 ** 20, transport: 'direct' },
  timeout: 20,
};

describe.skipIf(why !== undefined)(
  `a migration by libvirt with faults${why ? ` (${why})` : ''}`,
  () => {
    let lab: LibvirtLab;
    let created: CreatedGuest;
    let up = false;
    const down = async () => {
      if (up) await lab.down();
      up = false;
    };
    beforeEach(async () => {
      lab = await LibvirtLab.up(labName);
      up = true;
      created = await lab.boot();
    });
    afterEach(down);
    afterAll(down);

    /** @param act once, while the guest is on its way */
    async function move(
      changes: Partial<MigrationMethod>,
      when: MigrationEvent['event'],
      act: (event: MigrationEvent) => unknown,
    ): Promise<MigrationResult> {
      const [, target] = lab.hosts;
      const spec = await lab.spec(target, { disk: created.guest.spec.disk });
      let done = false;
      const request = { created, target, spec, method: { ...slow, ...changes } };
      return migrateGuest(request, new AbortController().signal, (event) => {
        if (done || event.event !== when) return;
        done = true;
        void act(event);
      });
    }

    async function expectStillThere(): Promise<void> {
      const { guest, instance } = created;
      expect(await guest.running()).toBe(true);
      const signal = AbortSignal.timeout(30_000);
      const answer = await firstAnswer(guest.service.udp, guest.host.clock, signal);
      expect(answer.instance).toBe(instance);
    }

    async function qemusOn({ shell }: Host): Promise<number[]> {
      const line = ['sh', '-c', 'pgrep -f "^[^ ]*qemu-system" || true'] as const;
      return (await shell.run(line)).stdout.split('\n').filter(Boolean).map(Number);
    }

    it.each(['direct', 'p2p'] as const)(
      "goes on at the source when the target's libvirtd is killed (%s)",
      async (transport) => {
        const [, target] = lab.hosts;
        const result = await move({ transport }, 'progress', () =>
          target.shell.run(['pkill', '-KILL', 'libvirtd']),
        );
        expect(result, JSON.stringify(result)).toMatchObject({
          state: 'failed',
          survivor: 'source',
        });
        await expectStillThere();
      },
    );

    it.each(['direct', 'p2p'] as const)(
      'goes on at the source when the target dies (%s)',
      async (transport) => {
        const [, target] = lab.hosts;
        const result = await move({ transport }, 'progress', () => lab.kill(target));
        expect(result, JSON.stringify(result)).toMatchObject({
          state: 'failed',
          survivor: 'source',
        });
        await expectStillThere();
      },
    );

    it('says that nobody is known to run it when the source dies', async () => {
      const [source, target] = lab.hosts;
      const result = await move({}, 'progress', () => lab.kill(source));
      expect(result, JSON.stringify(result)).toMatchObject({ state: 'failed', survivor: 'none' });
      expect(await qemusOn(target)).toEqual([]);
    });

    it('says that the guest is lost when post-copy breaks', async () => {
      const [source, target] = lab.hosts;
      const result = await move({ method: 'post-copy' }, 'resume', () =>
        target.shell.run(['pkill', '-KILL', '-f', '^[^ ]*qemu-system']),
      );
      expect(result, JSON.stringify(result)).toMatchObject({ state: 'failed', survivor: 'none' });
      for (const host of [source, target]) expect(await qemusOn(host)).toEqual([]);
    });
  },
);
