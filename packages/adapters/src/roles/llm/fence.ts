/** Marks text as data without instructions. */
export interface Fence {
  /** Name of the tag. The authors of the data cannot know it. */
  readonly tag: string;
  /**
   * Puts the text between the tags.
   *
   * @param source what the text is, such as `requirements` or `read src/app.ts`.
   */
  wrap(source: string, text: string): string;
}

/** @param nonce an unguessable text, different for each assignment. */
export function createFence(nonce: string): Fence {
  const tag = `data-${nonce}`;
  // A model can be made to repeat the nonce; data that contains it must not close the fence.
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
