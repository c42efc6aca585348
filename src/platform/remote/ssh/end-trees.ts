import { graceToEnd, limitToEnd, markVariable } from '../process-tree.ts';

/**
 * For a POSIX shell: ends every process with one of the marks, its arguments, in its environment, as
 * `endProcessTree` does on this machine. Exit code 1 if some are still there at the end.
 */
export const endTreesScript = `
marks=; for mark; do marks="$marks -e ${markVariable}=$mark"; done
begin=$(date +%s); told=' '; empty=0
while [ $empty -lt 2 ]; do
  age=$(($(date +%s) - begin)); [ $age -le ${limitToEnd} ] || exit 1
  found=$(grep -lsF $marks /proc/[0-9]*/environ)
  if [ -z "$found" ]; then empty=$((empty + 1)); continue; fi
  empty=0
  for file in $found; do
    pid=\${file#/proc/}; pid=\${pid%/environ}
    if [ $age -gt ${graceToEnd} ]; then kill -s KILL $pid
    else case "$told" in *" $pid "*) ;; *) kill -s TERM $pid; told="$told$pid " ;; esac
    fi
  done 2>/dev/null
  sleep 0.03
done
`;

/** Ends trees of processes by their marks, all that come in meanwhile at once. */
export class TreeEnder {
  readonly #end: (marks: readonly string[]) => Promise<void>;
  #next = new Set<string>();
  #coming: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();

  /** @param end ends those with the marks; never rejects */
  constructor(end: (marks: readonly string[]) => Promise<void>) {
    this.#end = end;
  }

  /** Settles when a look that began after this call has found none left, or has given up. */
  end(mark: string): Promise<void> {
    this.#next.add(mark);
    this.#coming ??= this.#running.then(() => {
      const marks = [...this.#next];
      this.#next = new Set();
      this.#coming = undefined;
      this.#running = this.#end(marks);
      return this.#running;
    });
    return this.#coming;
  }
}
