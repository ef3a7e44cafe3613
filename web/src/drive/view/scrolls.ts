/** How far each view was scrolled, so that going back finds it as it was left. */
const offsets = new Map<string, number>();

export function rememberScroll(name: string, offset: number): void {
  offsets.set(name, offset);
}

export function scrollOf(name: string): number {
  return offsets.get(name) ?? 0;
}
