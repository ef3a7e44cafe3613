/** Dialogs as questions: `await ask(...)` shows one and gives its answer. */
import { type ReactNode, Suspense, useSyncExternalStore } from "react";

type Render<T> = (done: (answer: T) => void) => ReactNode;

interface Asked {
  id: number;
  content: ReactNode;
}

let asked: readonly Asked[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function publish(next: readonly Asked[]): void {
  asked = next;
  listeners.forEach((listener) => listener());
}

/** Shows what `render` gives until it calls `done`, and resolves with what it was called with. */
export function ask<T>(render: Render<T>): Promise<T> {
  return new Promise((resolve) => {
    const id = nextId++;
    const content = render((answer) => {
      publish(asked.filter((dialog) => dialog.id !== id));
      resolve(answer);
    });
    publish([...asked, { id, content }]);
  });
}

/** Where the asked dialogs appear; rendered once. */
export function Dialogs() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked,
  );
  return shown.map((dialog) => (
    <Suspense key={dialog.id} fallback={null}>
      {dialog.content}
    </Suspense>
  ));
}
