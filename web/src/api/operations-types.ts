/** The shapes of what administrators are told about the service. */
import type { Job, Timestamp } from "@/api/types";

/** `2026-11-23` */
export type Day = string;

export interface Backlog {
  queue: "small" | "reading" | "large";
  queued: number;
  running: number;
  paused: number;
  /** For how many seconds the oldest job that may run has been waiting. */
  oldest_waits: number;
}

/** A look for damage that came to its end. */
export interface Checked {
  what: "repository" | "store";
  /** The store; null for repositories, of which the last check of each is counted in. */
  name: string | null;
  at: Timestamp;
  findings: number;
  repaired: number;
}

export interface Overview {
  parts: { name: string; problem: string | null }[];
  backlog: Backlog[];
  /** Within a day. */
  failed_jobs: number;
  waiting_deletions: number;
  condemned_chunks: number;
  repositories: number;
  logical_bytes: number;
  stored_bytes: number;
  tasks: Record<string, Timestamp>;
  backup: {
    store: string;
    hours: number | null;
    name: string | null;
    at: Timestamp | null;
    size: number | null;
    problem: string | null;
  };
  checked: Checked[];
}

export type GrowthBy = "store" | "kind" | "class" | "tenant" | "repo";

export interface GrowthPoint {
  day: Day;
  name: string;
  objects: number;
  bytes: number;
}

export interface Growth {
  items: GrowthPoint[];
  currency: string;
  daily_cost: { day: Day; total_bytes: number; estimated_cost: number }[];
}

export type CostBy = "kind" | "class" | "repo" | "tenant";

export interface CostLine {
  item: string;
  store: string;
  kind: string;
  storage_class: string;
  tenant: string;
  count: number;
  unit: string;
  price: number;
  amount: number;
  explanation: string;
  is_estimate: boolean;
}

export interface Scenario {
  name: string;
  month: number;
  difference: number;
  once: number;
  writing: number;
  reading: number;
  objects: number;
  notes: string[];
  lines: CostLine[];
  once_lines: CostLine[];
}

/** 19 of 20 such days lie between low and high. */
export interface Expected {
  day: Day;
  value: number;
  low: number;
  high: number;
}

export interface Cost {
  day: Day;
  counted_at: Timestamp;
  currency: string;
  /** `classes` are those that have prices, `hot` always. */
  tables: { store: string; table: string; as_of: Day; source: string; classes: string[] }[];
  total: number;
  groups: { name: string; objects: number; bytes: number; amount: number; is_estimate: boolean }[];
  lines: CostLine[];
  what_if: Scenario[];
  forecast: { days: number; bytes_a_day: number; bytes: Expected[]; cost: Expected[] } | null;
  notes: string[];
}

export interface Between {
  least: number;
  most: number;
}

export interface CapacityItem {
  size: number;
  chunks: number;
  storage_bytes: Between;
  objects: Between;
  prefixes: number;
  put_seconds: Between;
  get_seconds: number;
  index_rows: Between;
  index_bytes: Between;
  month: Between;
  writing: Between;
}

export interface Capacity {
  currency: string;
  table: string;
  as_of: Day;
  assumed: { chunk_bytes: number; least_saved: number; most_saved: number; pack_bytes: number | null; replicas: number; partitions: number };
  items: CapacityItem[];
}

export type RuleKind = "versioning" | "encryption" | "lifecycle" | "replication" | "logging";
type Scalar = null | boolean | number | string;

export interface RuleChange {
  /** Its id; empty for what belongs to no rule. */
  rule: string;
  change: "added" | "changed" | "removed";
  fields: { field: string; before: Scalar; after: Scalar }[];
}

export interface Rules {
  kind: RuleKind;
  state: "as-wanted" | "differs" | "not-asked-for" | "unknown";
  problem: string | null;
  changes: RuleChange[];
  kept: string[];
  warnings: string[];
  command: string | null;
}

export interface StoreRules {
  store: string;
  bucket: string;
  /** None for a folder, which has no rules. */
  kinds: Rules[];
}

export type StoreName = "source" | "media" | "repository";

/** A comparison of a store with the database; one that has not finished tells of the keys so far. */
export interface Reconciliation {
  id: string;
  store: StoreName;
  repair: boolean;
  started_at: Timestamp;
  finished_at: Timestamp | null;
  objects: number;
  bytes: number;
  rows: number;
  orphans: number;
  orphan_bytes: number;
  missing: number;
  wrong_sizes: number;
  repaired: number;
}

export interface Finding {
  kind: "orphan" | "missing" | "wrong-size";
  key: string;
  size: number | null;
  expected: number | null;
  /** What was done about it. */
  repair: string | null;
  /** What can be done about it. */
  fix: string;
}

export interface Replica {
  id: string;
  region: string;
  bucket: string;
  /** As it was when it was last compared. */
  state: {
    compared_at: Timestamp;
    objects: number;
    bytes: number;
    missing: number;
    missing_bytes: number;
    older: number;
    different: number;
    extra: number;
    extra_bytes: number;
    incomplete: number;
    lag_seconds: number;
  } | null;
  /** Why the last comparison failed: `state` is of an earlier one then. */
  failure: { failed_at: Timestamp; detail: string } | null;
}

/** What a check of a repository counted. */
export interface CheckNumbers {
  job: string;
  at: Timestamp;
  read_data: boolean;
  /** The part of the data that was read, between 0 and 1. */
  sample: number | null;
  commits: number;
  chunks: number;
  chunks_read: number;
  bytes_read: number;
  damaged: number;
  hurt_files: number;
  hurt_commits: number;
  is_cut_short: boolean;
  need_restore: number;
}

/** A repository, whoever's it is, and how it was found when it was last checked. */
export interface RepositoryCheck {
  id: string;
  name: string;
  owner: string;
  /** Of an encrypted one the service needs a key. */
  is_readable: boolean;
  default_branch: string | null;
  commits: number;
  stored_bytes: number;
  /** The newest check that was asked for. */
  job: Job | null;
  /** What the newest found that came to its end. */
  found: CheckNumbers | null;
}

export interface CheckFindings {
  found: CheckNumbers;
  damaged: { kind: "chunk" | "manifest"; id: string; fault: "missing" | "truncated" | "swapped" | "changed" | "unreadable"; detail: string }[];
  hurt_files: { path: string; commits: number; commit: string }[];
  /** Only to who may read the repository. */
  names_files: boolean;
}

/** How thoroughly a repository is checked. */
export interface CheckExtent {
  read_data: boolean;
  sample: number | null;
}

export type RestoreTier = "expedited" | "standard" | "bulk";

export interface RestoreChoice {
  tier: RestoreTier;
  /** At least and at most. */
  seconds: [number, number];
  cost: number | null;
}

/** What a version needs restored before it can be read. */
export interface RestorePlan {
  objects: number;
  bytes: number;
  /** Those of them that somebody has asked for already. */
  asked: number;
  restored: number;
  restored_bytes: number;
  /** 0 where no class must be restored. */
  looked_at: number;
  is_partial: boolean;
  days: number;
  currency: string;
  classes: { class: string; name: string; objects: number; bytes: number; asked: number }[];
  choices: RestoreChoice[];
  files_count: number;
  /** The first of them. */
  files: string[];
}

export interface RestoreWish {
  repository: string;
  ref: string;
  paths: string[];
  days: number;
}

export interface Restore {
  job: Job;
  repository: string;
  name: string;
  ref: string | null;
  tier: RestoreTier;
  days: number;
}

/** What was found in the bucket that the drive does not know. */
export interface BackfillReport {
  scanned: number;
  already_registered: number;
  folders_created: number;
  files_created: number;
  /** A key with the reason why it is no file of any drive. */
  errors: string[];
  dry_run: boolean;
}

/** What a comparison of a replica found, or copying to or from it did. */
export interface CopyReport {
  dry_run: boolean;
  objects: number;
  bytes: number;
  missing: number;
  missing_bytes: number;
  older: number;
  different: number;
  changed_bytes: number;
  /** Of what differs: damaged where it would be copied to, and right where it comes from. */
  proved: number;
  proved_bytes: number;
  /** Of what differs: damaged on a side that nobody can tell, or on both; it stays. */
  unproved: number;
  copied: number;
  copied_bytes: number;
  problems_count: number;
  held_back: boolean;
  problems: { key: string; detail: string }[];
}
