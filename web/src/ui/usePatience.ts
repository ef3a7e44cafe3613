/** Asking only for what stays on show: what is scrolled past is not looked at. */
import { useEffect, useState } from "react";

const PATIENCE_MS = 120;

/** True once the component has stayed for a moment. */
export function usePatience(): boolean {
  const [stayed, setStayed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setStayed(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return stayed;
}
