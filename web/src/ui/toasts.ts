/** What just happened, said once: a list outside React that `Toasts` shows. */

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface Toast {
  id: number;
  tone: "info" | "success" | "error";
  message: string;
  action?: ToastAction;
}

interface ToastOptions {
  tone?: Toast["tone"];
  action?: ToastAction;
  /** Milliseconds until it goes by itself. */
  timeout?: number;
}

const MAX_SHOWN = 3;
let toasts: readonly Toast[] = [];
let nextId = 1;
const timers = new Map<number, { left: number; started: number; timer?: ReturnType<typeof setTimeout> }>();
const listeners = new Set<() => void>();

function publish(next: readonly Toast[]): void {
  toasts = next;
  listeners.forEach((listener) => listener());
}

export function getToasts(): readonly Toast[] {
  return toasts;
}

export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function dismissToast(id: number): void {
  clearTimeout(timers.get(id)?.timer);
  timers.delete(id);
  publish(toasts.filter((toast) => toast.id !== id));
}

/** Shows a message and returns its id; errors stay longer, and none leaves while it is read. */
export function showToast(message: string, options: ToastOptions = {}): number {
  const id = nextId++;
  const tone = options.tone ?? "info";
  const toast: Toast = { id, tone, message, ...(options.action ? { action: options.action } : {}) };
  timers.set(id, { left: options.timeout ?? (tone === "error" ? 10_000 : 7_000), started: 0 });
  toasts.slice(0, Math.max(0, toasts.length + 1 - MAX_SHOWN)).forEach((old) => dismissToast(old.id));
  publish([...toasts, toast]);
  resumeToasts();
  return id;
}

/** Stops the clocks while the pointer or the focus is on the messages. */
export function pauseToasts(): void {
  for (const clock of timers.values()) {
    if (clock.timer === undefined) continue;
    clearTimeout(clock.timer);
    clock.left -= Date.now() - clock.started;
    delete clock.timer;
  }
}

export function resumeToasts(): void {
  for (const [id, clock] of timers) {
    if (clock.timer !== undefined) continue;
    clock.started = Date.now();
    clock.timer = setTimeout(() => dismissToast(id), Math.max(1_000, clock.left));
  }
}
