import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../base/errors.ts';
import { namePattern } from '../../base/name.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import type { Authority, Role } from '../wire/certificates/authority.ts';
import { identityOf, type Identity } from '../wire/certificates/identity.ts';
import { arms, type Arm } from '../wire/session/arms.ts';

const armNames = Object.keys(arms) as [Arm, ...Arm[]];

const membershipSchema = z.strictObject({
  cluster: z.string(),
  name: z.string().regex(namePattern),
  role: z.enum(['master', 'agent', 'operator'] satisfies Role[]),
  master: z.strictObject({ name: z.string().regex(namePattern), address: z.string() }),
  arm: z.enum(armNames),
});

/** Who somebody is in a cluster. */
export type Membership = z.infer<typeof membershipSchema>;

const files = {
  membership: 'cluster.json',
  /** Certificate and key in one file, so that they are never of two kinds. */
  identity: 'identity.pem',
  authority: 'authority.pem',
  authorityKey: 'authority-key.pem',
  revoked: 'revoked.json',
} as const;

/** The folder of one member of a cluster: who it is, its certificate and key, whom it trusts. */
export class MemberFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get exists(): boolean {
    return existsSync(join(this.path, files.membership));
  }

  /** @throws UserError if there is none, or it cannot be read */
  membership(): Membership {
    const where = join(this.path, files.membership);
    const parsed = membershipSchema.safeParse(this.#json(files.membership));
    if (parsed.success) return parsed.data;
    throw new UserError({
      where,
      message: 'expected what `virtgauge cluster init` or `cluster join` writes',
    });
  }

  identity(): Identity {
    const { name } = this.membership();
    const both = this.#text(files.identity);
    const at = both.indexOf('-----BEGIN PRIVATE KEY-----');
    const [certificate, privateKey] = [both.slice(0, at), both.slice(at)];
    const trust = { authority: this.#text(files.authority), revoked: this.revoked() };
    return identityOf(name, { certificate, privateKey }, trust);
  }

  /** Only in the folder of a master. */
  authority(): Authority {
    const [certificate, privateKey] = [files.authority, files.authorityKey];
    return { certificate: this.#text(certificate), privateKey: this.#text(privateKey) };
  }

  /** Serials that counted no more when we last heard. */
  revoked(): ReadonlySet<string> {
    if (!existsSync(join(this.path, files.revoked))) return new Set();
    return new Set(z.array(z.string()).parse(this.#json(files.revoked)));
  }

  saveRevoked(serials: ReadonlySet<string>): void {
    this.#write(files.revoked, JSON.stringify([...serials]));
  }

  saveCertificate({ certificate, privateKey }: { certificate: string; privateKey: string }): void {
    this.#write(files.identity, `${certificate.trim()}\n${privateKey.trim()}\n`);
  }

  /** Makes the folder; the membership is written last, so that a folder is whole or none. */
  create(
    membership: Membership,
    keys: { certificate: string; privateKey: string; authority: string; authorityKey?: string },
  ): void {
    makeFolder(this.path, 0o700);
    if (keys.authorityKey !== undefined) this.#write(files.authorityKey, keys.authorityKey);
    this.#write(files.authority, keys.authority);
    this.saveCertificate(keys);
    this.#write(files.membership, `${JSON.stringify(membership, null, 2)}\n`);
  }

  #json(name: string): unknown {
    const text = this.#text(name);
    try {
      return JSON.parse(text);
    } catch (error) {
      const message = `it is no JSON (${(error as Error).message})`;
      throw new UserError({ where: join(this.path, name), message }, { cause: error });
    }
  }

  #text(name: string): string {
    try {
      return readFileSync(join(this.path, name), 'utf8');
    } catch (error) {
      throw new UserError(
        {
          where: this.path,
          message: `this is no folder of a member of a cluster (${(error as Error).message})`,
          remedy:
            'Make a cluster with `virtgauge cluster init`, join one with `virtgauge cluster join`, or name the folder with --folder.',
        },
        { cause: error },
      );
    }
  }

  #write(name: string, text: string): void {
    const path = join(this.path, name);
    writeFileSync(`${path}.next`, text, { mode: 0o600, flush: true });
    renameSync(`${path}.next`, path);
  }
}
