/** Names of cached answers. Everything a change of the drive can touch starts with `drive`. */
import type { Filters, Place, Sort } from "@/api/drive";
import type { CapacityWish } from "@/api/operations";
import type { CostBy, GrowthBy } from "@/api/operations-types";
import type { Pair } from "@/api/repositories";
import type { JobState } from "@/api/types";

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
  media: (hash: string) => ["drive", "media", hash] as const,
  job: (id: string, state: string) => ["job", id, state] as const,
  repositories: ["repositories"] as const,
  repositoryList: ["repositories", "list"] as const,
  repository: (id: string) => ["repositories", id] as const,
  refs: (id: string) => ["repositories", id, "refs"] as const,
  commit: (id: string, ref: string) => ["repositories", id, "commit", ref] as const,
  commitChanges: (id: string, commit: string) => ["repositories", id, "commit-changes", commit] as const,
  commits: (id: string, commit: string) => ["repositories", id, "commits", commit] as const,
  entries: (id: string, commit: string, path: string) => ["repositories", id, "entries", commit, path] as const,
  entry: (id: string, commit: string, path: string) => ["repositories", id, "entry", commit, path] as const,
  changes: (id: string, { from, to }: Pair, path: string) => ["repositories", id, "changes", from, to, path] as const,
  changeTotals: (id: string, { from, to }: Pair, path: string) => ["repositories", id, "change-totals", from, to, path] as const,
  newBytes: (id: string, { from, to }: Pair, path: string) => ["repositories", id, "new-bytes", from, to, path] as const,
  folderChanges: (id: string, { from, to }: Pair, path: string) => ["repositories", id, "folder-changes", from, to, path] as const,
  operations: ["operations"] as const,
  overview: ["operations", "overview"] as const,
  growth: (by: GrowthBy, days: number) => ["operations", "growth", by, days] as const,
  cost: (by: CostBy) => ["operations", "cost", by] as const,
  forecast: ["operations", "forecast"] as const,
  whatIf: (changes: string) => ["operations", "what-if", changes] as const,
  capacity: (wish: CapacityWish) => ["operations", "capacity", wish] as const,
  rules: ["operations", "rules"] as const,
  reconciliations: ["operations", "reconciliations"] as const,
  findings: (id: string) => ["operations", "findings", id] as const,
  replicas: ["operations", "replicas"] as const,
  checks: ["operations", "checks"] as const,
  checkFindings: (job: string) => ["operations", "check-findings", job] as const,
  restores: ["operations", "restores"] as const,
  jobLog: (id: string) => ["operations", "job-log", id] as const,
  allJobs: (state: JobState | null) => ["operations", "jobs", state] as const,
};
