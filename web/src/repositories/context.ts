/** The repository on show, for every part of its views. */
import { createContext, use } from "react";
import type { Repository, RepositoryRef } from "@/api/repository-types";

export interface OnShow {
  repository: Repository;
  refs: readonly RepositoryRef[];
  /** What the address calls the version on show; null where there is nothing to show. */
  ref: string | null;
}

export const OnShowContext = createContext<OnShow | null>(null);

/** Only below a `RepositoryPage` that has loaded. */
export function useOnShow(): OnShow {
  const onShow = use(OnShowContext);
  if (!onShow) throw new Error("useOnShow is used outside of RepositoryPage");
  return onShow;
}
