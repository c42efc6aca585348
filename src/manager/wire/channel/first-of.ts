import { Refusal } from '../refusal.ts';
import type { Channel } from '../session/conversation.ts';

/** Several ways, of which one leads somewhere at a time: it is kept until it does so no more. */
export function firstOf(ways: readonly Channel[]): Channel {
  let current = 0;
  const way = () => ways[current % ways.length] as Channel;
  return {
    async get(path, signal) {
      for (let tried = 1; ; tried++) {
        try {
          return await way().get(path, signal);
        } catch (error) {
          if (!isUnreachable(error)) throw error;
          current++;
          if (tried >= ways.length) throw error;
        }
      }
    },

    async post(path, document, signal) {
      try {
        return await way().post(path, document, signal);
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        current++;
        // A session belongs to one end: with the next it has to begin anew.
        throw new Refusal('unknown session', error.message, { cause: error });
      }
    },

    async close() {
      await Promise.all(ways.map((each) => each.close()));
    },
  };
}

function isUnreachable(error: unknown): error is Refusal {
  return error instanceof Refusal && error.reason === 'unreachable';
}
