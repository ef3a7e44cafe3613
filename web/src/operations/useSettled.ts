/** A value once it stays as it is for a moment: what moves or is being written asks nothing. */
import { useEffect, useState } from "react";

const SETTLE_MS = 250;

export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
