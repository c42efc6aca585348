import { UserError } from '../../base/errors.ts';
import { openChannel } from '../wire/channel/client.ts';
import { askWhole } from '../wire/messages/ask-whole.ts';
import type { Body, BodyOf, Kind } from '../wire/messages/kinds.ts';
import { Refusal } from '../wire/refusal.ts';
import { Conversation } from '../wire/session/conversation.ts';
import { MemberFolder } from './folder.ts';
import { renewIdentity } from './renew.ts';

/** Asks the master, as the operator whose folder it is. */
export interface Operator {
  /** @throws UserError that says why the master cannot be asked, or does not do it */
  ask<K extends Kind>(body: Body, expected: K): Promise<BodyOf<K>>;
  close(): Promise<void>;
}

/** @throws UserError if this is no folder of an operator */
export function openOperator(folder: string): Operator {
  const member = new MemberFolder(folder);
  const { arm, master } = member.membership();
  let identity = member.identity();
  const self = () => identity;
  const peer = { name: master.name, role: 'master' } as const;
  const channel = openChannel({ address: master.address, arm, self, peer, now: Date.now });
  const talk = new Conversation({ arm, channel, self, peer, now: Date.now });
  return {
    async ask<K extends Kind>(body: Body, expected: K): Promise<BodyOf<K>> {
      const answer = await askWhole((one) => asked(() => talk.request(one), master.address), body);
      await renew();
      if (answer.kind === 'refused') {
        throw new UserError({ message: `the master does not do it (${answer.reason})` });
      }
      if (answer.kind !== expected) throw new Error(`expected ${expected}, got ${answer.kind}`);
      return answer as BodyOf<K>;
    },
    close: () => talk.close(),
  };

  async function renew(): Promise<void> {
    const issue = async (request: string) => {
      const answer = await talk.request({ kind: 'renew', request });
      return answer.kind === 'certificate' ? answer.certificate : undefined;
    };
    const renewed = await asked(
      () => renewIdentity(member, identity, issue, Date.now()),
      master.address,
    );
    if (renewed === undefined) return;
    identity = renewed;
    talk.renew();
  }
}

async function asked<T>(ask: () => Promise<T>, address: string): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new UserError(
      {
        where: address,
        message: `the master cannot be asked (${error.message})`,
        remedy: 'Does it run (`virtgauge cluster master`), and is its address right?',
      },
      { cause: error },
    );
  }
}
