/** Keeps the keyboard in a part of the page whose buttons come and go. */
import { type FocusEvent, type RefObject, useEffect, useRef } from "react";

interface FocusHandlers {
  onFocus: () => void;
  onBlur: (event: FocusEvent) => void;
}

/** When the element that has the focus goes away, `part` itself gets it. Spread the handlers on `part`. */
export function useKeepFocus(part: RefObject<HTMLElement | null>): FocusHandlers {
  const isInside = useRef(false);
  useEffect(() => {
    if (isInside.current && document.activeElement === document.body) part.current?.focus();
  });
  return {
    onFocus: () => {
      isInside.current = true;
    },
    onBlur: ({ target, relatedTarget }) => {
      // An element that is taken away may still say that it has lost the focus.
      const stays = relatedTarget instanceof Node && part.current?.contains(relatedTarget) === true;
      if (target.isConnected && !stays) isInside.current = false;
    },
  };
}
