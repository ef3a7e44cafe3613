let isFirstView = true;

/** Whoever opened a view by keyboard goes on in its list; the first page of all begins at its top. */
export function focusIfNowhere(list: HTMLElement | null): void {
  const isNowhere = document.activeElement === document.body || document.activeElement?.id === "files";
  if (isNowhere && !isFirstView) list?.focus({ preventScroll: true });
  isFirstView = false;
}

/** Puts the keyboard on the files of the view, or where they would be. */
export function focusFiles(): void {
  (document.querySelector<HTMLElement>(".collection") ?? document.getElementById("files"))?.focus({ preventScroll: true });
}
