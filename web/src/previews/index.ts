/** Previews: the dialog over the whole window, loaded when it is first opened, and the small pictures of lists. */
import { lazy } from "react";

export const Preview = lazy(() => import("@/previews/Preview"));
export { Thumbnail } from "@/previews/Thumbnail";
