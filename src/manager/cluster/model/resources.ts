/** What a host has and a guest takes, in the order of every array of amounts. */
export const resources = ['cpu', 'memory', 'disk', 'diskIo', 'network'] as const;

export type Resource = (typeof resources)[number];

/**
 * `cpu` in cores or vCPUs, kept to 1/1024; `memory` and `disk` in bytes; `diskIo` and `network` in
 * bytes a second, or in whatever one unit the whole cluster uses. All but `cpu` are whole, so that
 * sums are exact and taking away undoes adding to the last bit.
 */
export type Amounts = Readonly<Record<Resource, number>>;

/** These amounts, and 0 of all others. */
export function amounts(some: Partial<Amounts>): Amounts {
  return { cpu: 0, memory: 0, disk: 0, diskIo: 0, network: 0, ...some };
}

/** The largest amount that is no mistake: below it sums over 100,000 guests stay exact. */
export const largestAmount = 2 ** 52;

/** An amount as it is kept: whole, `cpu` to 1/1024. */
export function kept(resource: Resource, value: number): number {
  return resource === 'cpu' ? Math.round(value * 1024) / 1024 : Math.round(value);
}
