/** Whether nobody has moved for a while, so that controls may go out of the picture. */
import { useCallback, useEffect, useRef, useState } from "react";

const IDLE_MS = 2_500;

export function useIdle(mayIdle: boolean): { isIdle: boolean; stir: () => void } {
  const [isIdle, setIdle] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stir = useCallback(() => {
    setIdle(false);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setIdle(true), IDLE_MS);
  }, []);
  useEffect(() => {
    if (mayIdle) stir();
    return () => clearTimeout(timer.current);
  }, [mayIdle, stir]);
  return { isIdle: isIdle && mayIdle, stir };
}
