/** A URL without the password that it may have, so that it can be shown. */
export function masked(url: string): string {
  return url.replace(/(:\/\/[^/?#]*?):[^/?#]*@/, '$1:***@');
}
