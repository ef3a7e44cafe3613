/** Words for screen readers alone, spoken when the person's work is not interrupted. */

/** Speaks `message` through the region that `Announcer` renders. */
export function announce(message: string): void {
  const region = document.getElementById("announcer");
  if (!region) return;
  // The same text twice would not be spoken; an invisible difference makes it new.
  region.textContent = region.textContent === message ? `${message}\u00a0` : message;
}
