/** Keeps the newest in sight, unless the reader has gone back to read. */

const near = 72;
const margin = 12;

export class Follower {
  /** Whether the reader is at the end. */
  atEnd = true;

  constructor(readonly changed: () => void) {}

  scrolled(log: HTMLElement): void {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < near;
    if (atEnd === this.atEnd) return;
    this.atEnd = atEnd;
    this.changed();
  }

  /** Shows the end; of something taller than the window, its beginning. */
  toEnd(log: HTMLElement, smooth: boolean): void {
    const tall = [...log.querySelectorAll<HTMLElement>("tide-form")].at(-1);
    const end = log.scrollHeight - log.clientHeight;
    const start = tall ? tall.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop : end;
    const top = Math.min(end, Math.max(0, start - margin));
    log.scrollTo({ top, behavior: smooth ? "smooth" : "instant" });
    this.atEnd = true;
  }
}
