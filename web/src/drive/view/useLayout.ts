/** Where the items of a view of this width stand. */
import { useMemo } from "react";
import { gridLayout, type Layout, listLayout } from "@/drive/layout";
import { useMediaQuery } from "@/ui/useMediaQuery";

export function useLayout(view: "list" | "grid", width: number): Layout {
  // How far from the edge browser.css begins the head of the view.
  const edge = useMediaQuery("(width <= 800px)") ? 16 : 24;
  return useMemo(() => (view === "list" ? listLayout(width, edge) : gridLayout(width, edge)), [view, width, edge]);
}
