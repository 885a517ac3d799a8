import { type Body, isObject, objectAt } from './request-body.ts';

/** What the input of a request is estimated by. */
export interface RequestSize {
  /** Of the request as UTF-8 text, without the data of its images. */
  readonly bytes: number;
  readonly images: number;
}

/**
 * Tokens that an image is taken for, whatever its bytes: more than Anthropic (about 1,600), Gemini and the larger
 * models of OpenAI count for one at its highest resolution.
 */
export const IMAGE_TOKENS = 6000;

/** Measures a request: its images count as such, and not by the length of their data. */
export function measureRequest(body: Body): RequestSize {
  let images = 0;
  let imageBytes = 0;

  function visit(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const data = isObject(value) ? imageIn(value) : undefined;
    if (data === undefined) {
      for (const member of Object.values(value)) visit(member);
      return;
    }
    images += 1;
    imageBytes += data.length;
  }

  visit(body);
  return { bytes: Buffer.byteLength(JSON.stringify(body)) - imageBytes, images };
}

/** The data or the address of the image that a part of a request is; undefined: it is none. */
function imageIn(part: Body): string | undefined {
  const { type, image_url: url } = part;
  switch (type) {
    case 'image': {
      const { data, url: address = '' } = objectAt(part, 'source');
      return String(data ?? address);
    }
    case 'input_image':
      return typeof url === 'string' ? url : '';
    case 'image_url':
      return String(objectAt(part, 'image_url')['url'] ?? '');
  }
  for (const name of ['inlineData', 'inline_data', 'fileData', 'file_data']) {
    const { mimeType, mime_type: kind = mimeType, data = '' } = objectAt(part, name);
    if (typeof kind === 'string' && kind.startsWith('image/')) return String(data);
  }
  return undefined;
}
