import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  writeSync,
} from 'node:fs';

/**
 * A file that only grows by whole pieces: what could not be written in full is taken back. What
 * `append` has written survives the death of this process (it lies in the kernel's page cache), and
 * after `sync` that of the machine.
 */
export class AppendOnlyFile {
  readonly path: string;
  #descriptor: number | undefined;
  #size: number;

  /**
   * @param fresh fail with EEXIST if the file is there already
   * @throws the error of open(2)
   */
  constructor(path: string, { fresh = false } = {}) {
    const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | (fresh ? O_EXCL : 0);
    this.path = path;
    this.#descriptor = openSync(path, flags, 0o666);
    this.#size = fstatSync(this.#descriptor).size;
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /** @throws the error of write(2), the file being as it was before */
  append(text: string): void {
    if (text === '') return;
    const descriptor = this.#open();
    const bytes = Buffer.from(text);
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(descriptor, bytes, written);
      }
    } catch (error) {
      this.truncate(this.#size);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Cuts the file back to a size that it had before, in bytes. */
  truncate(size: number): void {
    ftruncateSync(this.#open(), size);
    this.#size = size;
  }

  sync(): void {
    fsyncSync(this.#open());
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    if (this.#descriptor === undefined) throw new Error(`${this.path} has been closed`);
    return this.#descriptor;
  }
}
