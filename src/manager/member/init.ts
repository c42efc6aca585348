import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { expectName } from '../../base/name.ts';
import { certificateDays } from '../master/members.ts';
import { openStateLog } from '../state/state-log.ts';
import { emptyMaster, reduceMaster } from '../master/state.ts';
import { createAuthority } from '../wire/certificates/authority.ts';
import { createIdentity } from '../wire/certificates/identity.ts';
import { verifyCertificate } from '../wire/certificates/trust.ts';
import type { Arm } from '../wire/session/arms.ts';
import { MemberFolder } from './folder.ts';

export interface InitRequest {
  /** For the master, and for whoever operates the cluster. */
  readonly folders: { readonly master: string; readonly operator: string };
  readonly name: string;
  /** Where the master will be reached: `host:port`. */
  readonly address: string;
  readonly arm: Arm;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Makes a cluster of nobody but its master: authority, certificates of master and operator, an empty
 * state.
 * @throws UserError if there is one already
 */
export async function initCluster({
  folders,
  name,
  address,
  arm,
  now,
}: InitRequest): Promise<void> {
  expectName(name, 'cluster');
  const [master, operator] = [new MemberFolder(folders.master), new MemberFolder(folders.operator)];
  for (const { exists, path } of [master, operator]) {
    if (!exists) continue;
    throw new UserError({
      where: path,
      message: 'there is a member of a cluster here already',
      remedy: 'Choose another folder, or remove this one if that cluster is no more.',
    });
  }
  const cluster = `${name}-${randomBytes(4).toString('hex')}`;
  const authority = await createAuthority(cluster, now);
  const of = (role: 'master' | 'operator') =>
    createIdentity(authority, { name: role, role, now, days: certificateDays });
  const [masterKeys, operatorKeys] = await Promise.all([of('master'), of('operator')]);
  const common = { cluster, master: { name: 'master', address }, arm };
  const trusted = { authority: authority.certificate };
  operator.create(
    { ...common, name: 'operator', role: 'operator' },
    { ...operatorKeys, ...trusted },
  );
  master.create(
    { ...common, name: 'master', role: 'master' },
    { ...masterKeys, ...trusted, authorityKey: authority.privateKey },
  );
  const log = openStateLog({
    folder: join(folders.master),
    empty: emptyMaster,
    reduce: reduceMaster,
  });
  const trust = { ...trusted, revoked: new Set<string>() };
  for (const { certificate } of [masterKeys, operatorKeys]) {
    const peer = verifyCertificate(certificate, trust, now);
    log.append({ kind: 'renewed', name: peer.name, serial: peer.serial });
  }
  log.close();
}
