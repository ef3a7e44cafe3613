/** Selecting by drawing a box with the mouse. */
import { type PointerEvent as ReactPointerEvent, type RefObject, useRef, useState } from "react";
import type { Box } from "@/drive/layout";

const THRESHOLD = 4;
const EDGE = 36;
const MAX_SPEED = 18;

interface BandOptions {
  scroller: RefObject<HTMLElement | null>;
  /** Where the rows begin below the top of the scrolled content. */
  offsetTop: () => number;
  onStart: (additive: boolean) => void;
  onChange: (box: Box) => void;
}

export function useRubberBand({ scroller, offsetTop, onStart, onChange }: BandOptions) {
  const [band, setBand] = useState<Box | null>(null);
  /** A click follows the release of the mouse and must not undo what the box selected. */
  const justEnded = useRef(false);

  function begin(event: ReactPointerEvent): void {
    const element = scroller.current;
    if (!element) return;
    const at = (x: number, y: number) => {
      const frame = element.getBoundingClientRect();
      return { x: x - frame.left, y: y - frame.top + element.scrollTop - offsetTop() };
    };
    const start = at(event.clientX, event.clientY);
    const additive = event.ctrlKey || event.metaKey || event.shiftKey;
    let pointer = { x: event.clientX, y: event.clientY };
    let drawing = false;
    let frameId = 0;

    function draw(): void {
      const end = at(pointer.x, pointer.y);
      const box = {
        left: Math.min(start.x, end.x),
        right: Math.max(start.x, end.x),
        top: Math.min(start.y, end.y),
        bottom: Math.max(start.y, end.y),
      };
      setBand(box);
      onChange(box);
    }

    function scrollAtEdge(): void {
      if (!element) return;
      const frame = element.getBoundingClientRect();
      const above = Math.max(0, frame.top + offsetTop() + EDGE - pointer.y);
      const below = Math.max(0, pointer.y - (frame.bottom - EDGE));
      if (above || below) {
        element.scrollTop += Math.min(MAX_SPEED, below / 2) - Math.min(MAX_SPEED, above / 2);
        draw();
      }
      frameId = requestAnimationFrame(scrollAtEdge);
    }

    function move(next: PointerEvent): void {
      pointer = { x: next.clientX, y: next.clientY };
      if (!drawing) {
        if (Math.hypot(pointer.x - event.clientX, pointer.y - event.clientY) < THRESHOLD) return;
        drawing = true;
        onStart(additive);
        frameId = requestAnimationFrame(scrollAtEdge);
      }
      draw();
    }

    function end(): void {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      window.removeEventListener("dragstart", onDragStart);
      cancelAnimationFrame(frameId);
      setBand(null);
      justEnded.current = drawing;
      setTimeout(() => {
        justEnded.current = false;
      });
    }

    /** A drag of items takes the pointer over; one that was refused does not. */
    function onDragStart(drag: DragEvent): void {
      if (!drag.defaultPrevented) end();
    }

    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
    window.addEventListener("dragstart", onDragStart);
  }

  return { band, begin, justEnded };
}
