/** Names of cached answers. Everything a change of the drive can touch starts with `drive`. */
import type { Filters, Place, Sort } from "@/api/drive";

/** The root of a space goes by the name of the space. */
function placeName(place: Place): string {
  return place.parentId ?? place.space;
}

export const keys = {
  session: ["session"] as const,
  tokens: ["tokens"] as const,
  jobs: ["jobs"] as const,
  drive: ["drive"] as const,
  lists: ["drive", "list"] as const,
  folder: (place: Place, sort: Sort) => ["drive", "list", "folder", placeName(place), sort.key, sort.order] as const,
  tree: (place: Place) => ["drive", "tree", placeName(place)] as const,
  recent: ["drive", "list", "recent"] as const,
  favorites: ["drive", "list", "favorites"] as const,
  trash: ["drive", "list", "trash"] as const,
  search: (filters: Filters) => ["drive", "list", "search", filters] as const,
  file: (id: string) => ["drive", "file", id] as const,
  path: (id: string) => ["drive", "path", id] as const,
};
