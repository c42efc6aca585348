import type { LookInto } from './content.ts';

/** Bytes that keep the label and the UUID, for any size of page. */
const header = 65_536;

/**
 * Swap space: what it holds is worth nothing to a system that starts. An image of a machine that sleeps
 * has another signature.
 */
export const lookIntoSwap: LookInto = async (read, bytes) => {
  if (bytes < header) return undefined;
  const pages = [4096, 8192, 16_384, 65_536];
  const signatures = await read(pages.map((page) => ({ offset: page - 10, bytes: 10 })));
  if (!signatures.some((text) => text.toString('latin1') === 'SWAPSPACE2')) return undefined;
  return { kind: 'swap', free: [{ offset: header, bytes: bytes - header }] };
};
