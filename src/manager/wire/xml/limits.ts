/** What a document may be at most; ours are far smaller. */
export const limits = {
  /** Bytes. */
  size: 1024 * 1024,
  /** Elements within elements; an encrypted handshake has 6. */
  depth: 12,
  /** Elements in all. */
  elements: 20_000,
} as const;
