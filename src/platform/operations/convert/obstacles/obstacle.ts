import type { ConversionMethod } from '../conversion.ts';
import type { Inspection, TargetInspection } from '../inspect/index.ts';

/** Something about a machine that its conversion meets. */
export interface Obstacle {
  /** Of these methods. */
  methods: readonly ConversionMethod[];
  /** `refused`: the method cannot be used. `note`: it changes what the result is like. */
  kind: 'refused' | 'note';
  /** Short name, to be sorted and asked for: `kexec-locked`. */
  name: string;
  /** One sentence without a full stop. */
  message: string;
  /** What to do about it. */
  remedy?: string;
}

/** Names of refusals that keep a guest from nothing but what they say: a user may want it all the same. */
export const acceptable = ['other-addresses', 'passphrase', 'mtu'] as const;

/** Looks for obstacles of one sort. */
export type Look = (source: Inspection, target: TargetInspection | undefined) => Obstacle[];

export const allMethods = ['offline', 'warm', 'native-switch', 'warm-switch'] as const;
/** Those in which another kernel takes the place of the machine's. */
export const kexecMethods = ['offline', 'native-switch', 'warm-switch'] as const;
/** Those in which the machine runs on as a guest on its own hardware. */
export const switchMethods = ['native-switch', 'warm-switch'] as const;
/** Those whose guest is started by its own boot loader. */
export const bootedMethods = ['offline', 'warm'] as const;
/** Those that copy the disk of the machine while it runs. */
export const warmMethods = ['warm', 'warm-switch'] as const;
