/**
 * The same address at the host that the page came from, where all that is made of media is served too.
 * The service may go by several names; the page reads from its own alone.
 */
export function ownAddress(url: string): string {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
}
