import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeSynced } from '../../platform/write-synced.ts';

/** Who may look and who may act: whoever has the token; its digest is what a browser keeps. */
export interface Access {
  /** Whether this is the token. */
  isToken(text: string): boolean;
  /** Whether a browser has shown the token before. */
  isCookie(text: string): boolean;
  /** What a browser shows from then on in its place. */
  readonly cookie: string;
}

export function accessBy(token: string): Access {
  const cookie = digestOf(`virtgauge dashboard ${token}`).toString('hex');
  const same = (a: string, b: string) => timingSafeEqual(digestOf(a), digestOf(b));
  return {
    isToken: (text) => same(text, token),
    isCookie: (text) => same(text, cookie),
    cookie,
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The token in this file, readable by its owner only; a new one if there is no such file. */
export function tokenIn(path: string): string {
  if (!existsSync(path)) writeSynced(path, `${randomBytes(20).toString('hex')}\n`);
  return readFileSync(path, 'utf8').trim();
}

const loopbackNames = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return loopbackNames.test(host);
}

/**
 * Whether a request is for us by a name of this machine. Else a page of somebody else, whose name leads
 * here (DNS rebinding), could read what a browser reads.
 */
export function isOurName(header: string | undefined): boolean {
  return header !== undefined && isLoopback(header.replace(/:\d{1,5}$/, ''));
}
