/** The floating row of a viewer's own controls. */
import type { ReactNode } from "react";

export function Tools({ children }: { children: ReactNode }) {
  return <div className="preview-tools">{children}</div>;
}
