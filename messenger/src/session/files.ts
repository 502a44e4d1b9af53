/**
 * Files on their way to agents. One that is chosen again because no answer came goes under the ids of before, also after
 * a reload, so that the server takes it once.
 */

import { type Api, ApiError } from "../protocol/api.ts";
import type { Vault } from "./storage.ts";

interface Underway {
  readonly id: string;
  /** The upload, once it has arrived. */
  readonly upload?: string;
}

export class Files {
  constructor(
    readonly api: Api,
    readonly vault: Vault,
  ) {}

  /** `act` makes the requests. */
  async send(conversation: string, file: File, act: (request: () => Promise<void>) => Promise<void>): Promise<void> {
    const chosen = `${file.name}/${file.size}/${file.lastModified}`;
    const before = this.#all(conversation)[chosen];
    let now: Underway = before ?? { id: crypto.randomUUID() };
    try {
      await act(async () => {
        const upload = now.upload ?? (await this.api.upload(conversation, file));
        now = { ...now, upload };
        this.#keep(conversation, chosen, now);
        await this.api.attach(conversation, now.id, upload);
      });
      this.#keep(conversation, chosen);
    } catch (error) {
      // Whether it was taken is known, unless the server could not be asked.
      if (!(error instanceof ApiError && error.transient)) this.#keep(conversation, chosen);
      // The upload of before was taken by nothing, and is not kept any more.
      if (!(before?.upload && error instanceof ApiError && error.status === 404)) throw error;
      await this.send(conversation, file, act);
    }
  }

  /** What stands in the conversation has arrived: chosen again, it is another one. */
  seen(conversation: string, upload: string | undefined): void {
    for (const [chosen, underway] of Object.entries(this.#all(conversation))) {
      if (underway.upload === upload) this.#keep(conversation, chosen);
    }
  }

  #all(conversation: string): Readonly<Record<string, Underway>> {
    return (this.vault.draft(`files:${conversation}`) ?? {}) as Readonly<Record<string, Underway>>;
  }

  /** Without an `underway` it is forgotten. */
  #keep(conversation: string, chosen: string, underway?: Underway): void {
    const { [chosen]: _, ...others } = this.#all(conversation);
    const all = underway ? { ...others, [chosen]: underway } : others;
    this.vault.keepDraft(`files:${conversation}`, Object.keys(all).length > 0 ? all : undefined);
  }
}
