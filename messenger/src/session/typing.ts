/** Shows agents that the customer types: not at every key, and not for ever. */

/** Agents' side forgets it after five seconds. */
const again = 4_000;
const pause = 6_000;

export class Typing {
  #told = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly tell: (typing: boolean) => void) {}

  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stopped(), pause);
    if (Date.now() - this.#told < again) return;
    this.#told = Date.now();
    this.tell(true);
  }

  stopped(): void {
    clearTimeout(this.#timer);
    if (this.#told === 0) return;
    this.#told = 0;
    this.tell(false);
  }
}
