import { UserError } from '../../base/errors.ts';
import { expectName } from '../../base/name.ts';
import { requestKey } from '../wire/certificates/keys.ts';
import { toPem } from '../wire/certificates/pem.ts';
import { verifyCertificate } from '../wire/certificates/trust.ts';
import { openPinnedChannel } from '../wire/channel/client.ts';
import { join, joined } from '../wire/messages/documents.ts';
import { expectRoot, namespace } from '../wire/messages/message.ts';
import { readShape, writeShape } from '../wire/messages/shape.ts';
import { Refusal } from '../wire/refusal.ts';
import type { Arm } from '../wire/session/arms.ts';
import { parseDocument } from '../wire/xml/parse.ts';
import { MemberFolder } from './folder.ts';

/** The first that answers. */
async function openOneOf(addresses: readonly string[], pin: string) {
  const [first = '', ...others] = addresses;
  try {
    return await openPinnedChannel(first, pin);
  } catch (error) {
    const away = error instanceof Refusal && error.reason === 'unreachable';
    if (!away || others.length === 0) throw error;
    return await openOneOf(others, pin);
  }
}

export interface JoinRequest {
  readonly folder: string;
  /** Under which the host was invited. */
  readonly name: string;
  /** Of the master: `host:port`, or several with commas between. */
  readonly address: string;
  /** As `cluster invite` has printed it. */
  readonly token: string;
  readonly arm: Arm;
}

/**
 * Makes this host a member: a key that never leaves it, and a certificate for the token. The master is
 * known by the fingerprint in the token.
 * @throws UserError that says why not
 */
export async function joinCluster({
  folder,
  name,
  address,
  token,
  arm,
}: JoinRequest): Promise<void> {
  expectName(name, 'host');
  const member = new MemberFolder(folder);
  if (member.exists) {
    throw new UserError({ where: folder, message: 'this host is a member of a cluster already' });
  }
  const [, id, pin] = /^(\w+\.\w+)\.([0-9a-f]{64})$/.exec(token) ?? [];
  if (id === undefined || pin === undefined) {
    throw new UserError({
      message: `token: expected what \`virtgauge cluster invite\` prints, got ${JSON.stringify(token.slice(0, 20))}`,
    });
  }
  const { privateKey, request } = await requestKey(name);
  try {
    const { channel, authority } = await openOneOf(address.split(','), pin);
    try {
      const document = writeShape('join', join, { name, token: id, request }, namespace);
      const bytes = await channel.post('/join', document);
      const answer = readShape(expectRoot(parseDocument(bytes), 'joined'), joined, ['xmlns']);
      const certificate = toPem('CERTIFICATE', answer.certificate);
      const peer = verifyCertificate(certificate, { authority, revoked: new Set() }, Date.now());
      if (peer.name !== name || peer.role !== 'agent') throw new Refusal('certificate', peer.name);
      const master = { name: answer.master, address };
      member.create(
        { cluster: peer.cluster, name, role: 'agent', master, arm },
        { certificate, privateKey, authority },
      );
    } finally {
      await channel.close();
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new UserError(
      {
        where: address,
        message: `the host could not join (${error.message})`,
        remedy: 'Is the master there, and the token new? `virtgauge cluster invite` makes another.',
      },
      { cause: error },
    );
  }
}
