/** Where a zoomed picture stands in its frame: arithmetic only. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture that fits its frame at scale 1, moved by (x, y) pixels from the middle. */
export interface View extends Point {
  readonly scale: number;
}

export const FIT: View = { scale: 1, x: 0, y: 0 };

/** Return how large a picture is when it fits the frame; it is never enlarged. */
export function fitted(picture: Size, frame: Size): Size {
  const scale = Math.min(1, frame.width / picture.width, frame.height / picture.height);
  return { width: picture.width * scale, height: picture.height * scale };
}

/** Return the view with its scale within bounds and no empty space on one side that the other could fill. */
export function clamped(view: View, shown: Size, frame: Size, maxScale: number): View {
  const scale = Math.min(maxScale, Math.max(1, view.scale));
  const room = (length: number, within: number) => Math.max(0, (length * scale - within) / 2);
  const x = room(shown.width, frame.width);
  const y = room(shown.height, frame.height);
  return { scale, x: Math.min(x, Math.max(-x, view.x)), y: Math.min(y, Math.max(-y, view.y)) };
}

/** Return the view scaled to `scale` so that what lies under `point`, seen from the middle of the frame, stays there. */
export function zoomedAt(view: View, scale: number, point: Point): View {
  const factor = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * factor, y: point.y - (point.y - view.y) * factor };
}
