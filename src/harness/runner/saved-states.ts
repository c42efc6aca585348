import { posix } from 'node:path';
import type { Hypervisor } from '../../platform/hypervisor/hypervisor.ts';
import { hypervisorNamed } from '../../platform/hypervisor/index.ts';
import type { CreateRequest } from '../../platform/operations/create.ts';
import { makeRestorePoint, type RestorePoint } from '../../platform/operations/save-state.ts';
import type { Host } from '../../platform/remote/host.ts';
import type { Levels } from '../scenario/levels.ts';
import { GuestFailure } from './guest-failure.ts';
import { savedKind, type SavedLevels } from './saved-kind.ts';

/**
 * What restored guests start from: for each host, template and kind of machine, a guest is booted
 * and saved when the first of its kind is asked for. Its files lie beside the template, and go with
 * that.
 */
export class SavedStates {
  readonly #points = new Map<string, Promise<RestorePoint>>();
  #made = 0;

  /**
   * What the guests of a trial start from, on each of its hosts; nothing if they boot.
   * @param requestOn a request for a guest of the trial on a host
   * @throws GuestFailure that says why there is nothing to be restored from
   */
  forTrial(
    hosts: readonly Host[],
    levels: SavedLevels & Pick<Levels, 'start'>,
    signal: AbortSignal,
    requestOn: (host: Host, index: number) => CreateRequest,
  ): Promise<Pick<CreateRequest, 'template' | 'state'>[]> {
    if (levels.start === 'boot') return Promise.resolve([]);
    const kind = savedKind(levels);
    const hypervisor = hypervisorNamed(levels.hypervisor);
    return Promise.all(
      hosts.map(async (host, index) => {
        const request = requestOn(host, index);
        try {
          const { disk, state } = await this.#pointOf(host, hypervisor, kind, request, signal);
          return { template: disk, state };
        } catch (error) {
          const why = `has no saved state to start from: ${(error as Error).message}`;
          throw new GuestFailure(0, request.spec.consoleLog, new Error(why, { cause: error }));
        }
      }),
    );
  }

  /**
   * The point for guests such as the request's.
   * @param kind of the guest
   * @param request for a guest that boots from the template; its disk is put elsewhere
   * @throws Error that says why there is none; the next call tries again
   */
  #pointOf(
    host: Host,
    hypervisor: Hypervisor,
    kind: string,
    request: CreateRequest,
    signal: AbortSignal,
  ): Promise<RestorePoint> {
    const key = JSON.stringify([host.name, request.template.path, kind]);
    const known = this.#points.get(key);
    if (known !== undefined) return known;
    const name = `saved-${host.name}-${this.#made++}`;
    const path = posix.join(posix.dirname(request.template.path), name);
    const point = make(host, hypervisor, request, path, signal);
    this.#points.set(key, point);
    point.catch(() => this.#points.delete(key));
    return point;
  }
}

async function make(
  host: Host,
  hypervisor: Hypervisor,
  request: CreateRequest,
  path: string,
  signal: AbortSignal,
): Promise<RestorePoint> {
  const [disk, state] = [`${path}.img`, `${path}.state`];
  // Whole, so that a copy of it is as large as one of the template.
  const provisioning = { method: 'sparse', durability: 'synced' } as const;
  try {
    const whole = { ...request, diskPath: disk, provisioning };
    return await makeRestorePoint({ host, hypervisor }, whole, state, signal);
  } catch (error) {
    await host.shell.run(['rm', '-f', '--', disk, state]).catch(() => undefined);
    throw error;
  }
}
