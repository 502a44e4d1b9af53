import { LitElement } from "lit";

/**
 * The page is ours alone, so its elements render into the document: one style sheet, and labels, descriptions and
 * focus work across them.
 */
export class PageElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
