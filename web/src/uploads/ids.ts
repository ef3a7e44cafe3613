/** Ids that sort by age. */

let counter = 0;

/** Return a new id: the time, a counter, and enough chance to be alone in the world. */
export function newId(): string {
  counter += 1;
  const time = Date.now().toString(36).padStart(9, "0");
  const random = crypto.getRandomValues(new Uint32Array(3));
  return [time, counter.toString(36).padStart(6, "0"), ...[...random].map((part) => part.toString(36))].join("-");
}
