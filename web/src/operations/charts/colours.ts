/** The colours of charts: a canvas knows no custom properties, so they are looked up in the theme on show. */

/** Told apart in the light and in the dark, neighbours most of all. */
const HUES = [
  "var(--kind-folder)", "var(--kind-image)", "var(--kind-3d)", "var(--kind-video)",
  "var(--kind-audio)", "var(--kind-code)", "var(--kind-document)", "var(--kind-other)",
] as const;

export function hue(index: number): string {
  return HUES[index % HUES.length] ?? HUES[0];
}

/** The same, for what lies under a line. */
export function pale(colour: string, percent = 62): string {
  return `color-mix(in srgb, ${colour} ${percent}%, transparent)`;
}

/** Returns what looks colours up as they are inside `element` at this moment. */
export function lookUpIn(element: HTMLElement): (colour: string) => string {
  return (colour) => {
    const probe = document.createElement("span");
    probe.style.color = colour;
    element.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
}
