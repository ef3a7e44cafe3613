/** Puts the keyboard on the files of the view, or where they would be. */
export function focusFiles(): void {
  (document.querySelector<HTMLElement>(".collection") ?? document.getElementById("files"))?.focus({ preventScroll: true });
}
