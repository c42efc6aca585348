import { byId } from './by-id.ts';
import type { SharingPolicy } from '../model.ts';

/**
 * Donors by what they are asked for now, the least first, whatever their size: what a balancer does
 * that counts connections without weights. With weights it would be ratio first.
 */
export const leastLoaded: SharingPolicy = (_deficit, donors) =>
  [...donors].sort((a, b) => a.load - b.load || byId(a, b));
