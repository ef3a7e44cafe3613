/** Zooming and moving one image in its frame, by wheel, fingers, mouse and keys. */
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import { clamped, FIT, fitted, type Point, type Size, type View, zoomedAt } from "@/previews/zoom";

export const ZOOM_STEP = 1.4;
const PAN_STEP = 80;
/** How far every image can be enlarged over its fitted size, small ones included. */
const MIN_LIMIT = 8;
/** How far a large one can be enlarged over its own pixels. */
const PIXEL_LIMIT = 4;

interface PanZoom {
  frame: RefObject<HTMLDivElement | null>;
  view: View;
  /** How large the image is when it is fitted; null before its own size is known. */
  fittedSize: Size | null;
  /** Of the image's own pixels; null before it is loaded. */
  percent: number | null;
  setNatural: (size: Size) => void;
  zoomBy: (factor: number) => void;
  fit: () => void;
  handlers: {
    onPointerDown: (event: PointerEvent) => void;
    onPointerMove: (event: PointerEvent) => void;
    onPointerUp: (event: PointerEvent) => void;
    onPointerCancel: (event: PointerEvent) => void;
    onDoubleClick: (event: { clientX: number; clientY: number }) => void;
    onKeyDown: (event: KeyboardEvent) => void;
  };
}

/** `known` is the size of the image where that is known before it comes. */
export function usePanZoom(known: Size | null): PanZoom {
  const frame = useRef<HTMLDivElement>(null);
  const pointers = useRef(new Map<number, Point>());
  const box = useBoxSize(frame);
  const [natural, setNatural] = useState(known);
  const [view, setView] = useState(FIT);
  const shown = natural === null || box === null ? null : fitted(natural, box);

  const change = (next: (view: View) => View) => {
    if (natural === null || box === null || shown === null) return;
    const limit = Math.max(MIN_LIMIT, (PIXEL_LIMIT * natural.width) / shown.width);
    setView((current) => clamped(next(current), shown, box, limit));
  };
  const zoomBy = (factor: number, at: Point = { x: 0, y: 0 }) =>
    change((current) => zoomedAt(current, current.scale * factor, at));
  const moveBy = (x: number, y: number) => change((current) => ({ ...current, x: current.x + x, y: current.y + y }));
  const fit = () => setView(FIT);

  const onWheel = useEffectEvent((event: WheelEvent) => {
    event.preventDefault();
    // A pinch on a touch pad comes as a wheel with Ctrl, in smaller steps.
    zoomBy(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), pointIn(frame.current, event));
  });
  useEffect(() => {
    const element = frame.current;
    const listener = (event: WheelEvent) => onWheel(event);
    // React listens to the wheel passively, and a passive listener cannot keep the page from zooming.
    element?.addEventListener("wheel", listener, { passive: false });
    return () => element?.removeEventListener("wheel", listener);
  }, []);

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, pointIn(frame.current, event));
  };
  const onPointerMove = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (before === undefined) return;
    const now = pointIn(frame.current, event);
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    if (other === undefined) moveBy(now.x - before.x, now.y - before.y);
    else zoomBy(distance(now, other) / Math.max(1, distance(before, other)), middle(now, other));
  };
  const onPointerUp = (event: PointerEvent) => {
    pointers.current.delete(event.pointerId);
  };
  const onDoubleClick = (event: { clientX: number; clientY: number }) => {
    if (view.scale > 1) fit();
    else if (natural !== null && shown !== null) zoomBy(Math.max(2, natural.width / shown.width), pointIn(frame.current, event));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = KEYS[event.shiftKey && event.key.startsWith("Arrow") ? `Shift+${event.key}` : event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act({ zoomBy, moveBy, fit });
  };

  return {
    frame, view, setNatural, fit,
    fittedSize: shown,
    percent: natural === null || shown === null ? null : Math.round((100 * shown.width * view.scale) / natural.width),
    zoomBy: (factor) => zoomBy(factor),
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onDoubleClick, onKeyDown },
  };
}

interface Moves {
  zoomBy: (factor: number) => void;
  moveBy: (x: number, y: number) => void;
  fit: () => void;
}

const KEYS: Record<string, ((moves: Moves) => void) | undefined> = {
  "+": ({ zoomBy }) => zoomBy(ZOOM_STEP),
  "=": ({ zoomBy }) => zoomBy(ZOOM_STEP),
  "-": ({ zoomBy }) => zoomBy(1 / ZOOM_STEP),
  "0": ({ fit }) => fit(),
  "Shift+ArrowLeft": ({ moveBy }) => moveBy(PAN_STEP, 0),
  "Shift+ArrowRight": ({ moveBy }) => moveBy(-PAN_STEP, 0),
  "Shift+ArrowUp": ({ moveBy }) => moveBy(0, PAN_STEP),
  "Shift+ArrowDown": ({ moveBy }) => moveBy(0, -PAN_STEP),
};

function useBoxSize(element: RefObject<HTMLElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useEffect(() => {
    const observed = element.current;
    if (observed === null) return undefined;
    const observer = new ResizeObserver(() => setSize({ width: observed.clientWidth, height: observed.clientHeight }));
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** Seen from the middle of the frame. */
function pointIn(frame: HTMLElement | null, { clientX, clientY }: { clientX: number; clientY: number }): Point {
  const box = frame?.getBoundingClientRect() ?? new DOMRect();
  return { x: clientX - box.x - box.width / 2, y: clientY - box.y - box.height / 2 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
