/**
 * Something that may be wanted many times, asked for once.
 * @param permit absent: it is granted at once
 */
export function askOnce(
  permit: (() => Promise<void>) | undefined,
  granted: () => void,
  refused: (reason: string) => void,
): () => void {
  if (permit === undefined) return granted;
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    permit().then(granted, (error: unknown) => {
      refused(`the target may not run: ${(error as Error).message}`);
    });
  };
}
