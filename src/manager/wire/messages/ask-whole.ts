import type { Body } from './kinds.ts';

/** The answer to a message, also where it needs several documents. */
export async function askWhole(ask: (body: Body) => Promise<Body>, body: Body): Promise<Body> {
  const answer = await ask(body);
  if (body.kind !== 'query' || answer.kind !== 'guests' || answer.more === undefined) return answer;
  const rest = await askWhole(ask, { ...body, after: answer.more });
  if (rest.kind !== 'guests') return rest;
  return { kind: 'guests', guests: [...answer.guests, ...rest.guests] };
}
