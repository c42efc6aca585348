import { figuresOf, type LoadRequests, type LoadTrace } from './trace.ts';

/**
 * A load that was handed over to another one of the same rate, which also asks where the guest will
 * be: what was due before the second began is the first's.
 */
export function joined(first: LoadTrace, second: LoadTrace): LoadTrace {
  const handover = second.requests.due[0] ?? Infinity;
  const until = first.requests.due.findIndex((at) => at >= handover);
  const end = until === -1 ? first.requests.due.length : until;
  const join = (key: keyof LoadRequests) =>
    Float64Array.from([...first.requests[key].subarray(0, end), ...second.requests[key]]);
  const requests = {
    due: join('due'),
    firstByteAt: join('firstByteAt'),
    answeredAt: join('answeredAt'),
  };
  const failures = new Map(first.failures);
  for (const [reason, times] of second.failures) {
    failures.set(reason, (failures.get(reason) ?? 0) + times);
  }
  return {
    ...{ requests, failures, rate: second.rate, timeout: second.timeout },
    ...figuresOf(requests, second.rate),
    // What is due after the handover is the second's alone.
    watched: { from: first.watched.from, to: (handover === Infinity ? first : second).watched.to },
    raw: [
      ...first.raw,
      ...second.raw.map(({ name, content }) => ({ name: `target-${name}`, content })),
    ],
    warnings: [...new Set([...first.warnings, ...second.warnings])],
  };
}
