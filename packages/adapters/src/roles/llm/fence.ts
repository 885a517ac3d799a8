/** Marks text as data that holds no instructions. */
export interface Fence {
  /** The name of the tag; nobody who wrote the data can have known it. */
  readonly tag: string;
  /**
   * The text between the tags.
   *
   * @param source what the text is, such as `requirements` or `read src/app.ts`.
   */
  wrap(source: string, text: string): string;
}

/** @param nonce unguessable, different for each assignment. */
export function createFence(nonce: string): Fence {
  const tag = `data-${nonce}`;
  // What contains the nonce (a model can be talked into repeating it) must not close the fence.
  const neutral = (text: string) => text.replaceAll(nonce, '[fence]');
  return {
    tag,
    wrap(source, text) {
      const name = neutral(source)
        .replace(/[\s"<>]+/g, ' ')
        .trim();
      return `<${tag} source="${name}">\n${neutral(text)}\n</${tag}>`;
    },
  };
}
