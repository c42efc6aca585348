import { z } from 'zod';
import type { GuestDevices } from '../../hotplug.ts';

const schema = z
  .array(
    z.object({
      domid: z.number(),
      config: z.object({
        b_info: z.object({
          max_vcpus: z.number().optional(),
          avail_vcpus: z.array(z.number()).optional(),
          max_memkb: z.number().optional(),
          target_memkb: z.number().optional(),
        }),
        disks: z.array(z.object({ vdev: z.string() })).default([]),
        nics: z.array(z.object({ mac: z.string() })).default([]),
      }),
    }),
  )
  .min(1);

/**
 * What a domain has, from `xl list -l ID`.
 * @throws Error if it is not what xl prints
 */
export function parseDevices(json: string): GuestDevices {
  const parsed = schema.safeParse(readJson(json));
  const [domain] = parsed.data ?? [];
  if (domain === undefined) {
    const [issue] = parsed.error?.issues ?? [];
    const where = issue === undefined ? '' : `: ${issue.path.join('.')}: ${issue.message}`;
    throw new Error(`expected a domain's configuration from xl list -l${where}`);
  }
  const { b_info: info, disks, nics } = domain.config;
  return {
    vcpus: info.avail_vcpus?.length ?? info.max_vcpus ?? 1,
    memory: (info.target_memkb ?? info.max_memkb ?? 0) * 1024,
    disks: disks.map(({ vdev }) => vdev),
    nics: nics.map(({ mac }) => mac.toLowerCase()),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
