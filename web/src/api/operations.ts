/** The calls of administrators. */
import { request } from "@/api/client";
import type {
  Capacity,
  CheckExtent,
  CheckFindings,
  Cost,
  CostBy,
  Finding,
  Growth,
  GrowthBy,
  Overview,
  Reconciliation,
  Replica,
  RepositoryCheck,
  Restore,
  RestoreTier,
  RestoreWish,
  StoreName,
  StoreRules,
} from "@/api/operations-types";
import type { Job, JobState, Page } from "@/api/types";

const at = "/operations";
const given = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

export function getOverview(signal?: AbortSignal): Promise<Overview> {
  return request("GET", `${at}/overview`, given(signal));
}

export function getGrowth(by: GrowthBy, days: number, signal?: AbortSignal): Promise<Growth> {
  return request("GET", `${at}/growth`, { query: { by, days }, ...given(signal) });
}

/** `whatIf` is one case, such as `tier=warm:30,replicas=1`; without it there is none. */
export function getCost(by: CostBy, { whatIf, forecast = false }: { whatIf?: string; forecast?: boolean }, signal?: AbortSignal): Promise<Cost> {
  return request("GET", `${at}/cost`, { query: { by, what_if: whatIf, forecast }, ...given(signal) });
}

export interface CapacityWish {
  /** Such as `10TB`. */
  size: string;
  chunk: string;
  /** What deduplication saves in percent, such as `20-50`. */
  saved: string;
  pack: string;
  replicas: number;
}

export function getCapacity(wish: CapacityWish, signal?: AbortSignal): Promise<Capacity> {
  return request("GET", `${at}/capacity`, { query: { ...wish }, ...given(signal) });
}

export async function getRules(signal?: AbortSignal): Promise<StoreRules[]> {
  return (await request<{ items: StoreRules[] }>("GET", `${at}/rules`, given(signal))).items;
}

/** Everybody's jobs, the newest first. */
export function listAllJobs(state: JobState | null, cursor: string | null, signal?: AbortSignal): Promise<Page<Job>> {
  return request("GET", "/jobs", { query: { all: true, state, cursor, limit: 50 }, ...given(signal) });
}

/** The comparisons that are kept, the newest first. */
export async function listReconciliations(signal?: AbortSignal): Promise<Reconciliation[]> {
  return (await request<{ items: Reconciliation[] }>("GET", `${at}/reconciliations`, given(signal))).items;
}

/** The first findings of a comparison, by key. */
export async function getFindings(id: string, signal?: AbortSignal): Promise<Finding[]> {
  return (await request<{ findings: Finding[] }>("GET", `${at}/reconciliations/${id}`, given(signal))).findings;
}

/** Without `repair` nothing is changed. */
export async function startReconciliation(store: StoreName, repair: boolean): Promise<Job> {
  return started(`${at}/reconciliations`, { store, repair });
}

export async function listReplicas(signal?: AbortSignal): Promise<Replica[]> {
  return (await request<{ items: Replica[] }>("GET", `${at}/replicas`, given(signal))).items;
}

export interface CopyWish {
  /** Compare only. */
  dryRun: boolean;
  /** From the replica, what the repository store lacks. */
  back?: boolean;
  /** With `back`: also what differs. */
  replace?: boolean;
}

export async function copyReplica(id: string, { dryRun, back = false, replace = false }: CopyWish): Promise<Job> {
  return started(`${at}/replicas/${encodeURIComponent(id)}/backfill`, { dry_run: dryRun, back, replace });
}

/** Everybody's repositories, by name. */
export function listChecks(cursor: string | null, limit: number, signal?: AbortSignal): Promise<Page<RepositoryCheck>> {
  return request("GET", `${at}/checks`, { query: { cursor, limit }, ...given(signal) });
}

/** What the newest check of a repository found. */
export function getCheckFindings(repository: string, signal?: AbortSignal): Promise<CheckFindings> {
  return request("GET", `${at}/checks/${repository}`, given(signal));
}

/** Without a repository all are checked that the service can open; `locked` are left out. */
export function startChecks(repository: string | null, extent: CheckExtent): Promise<{ jobs: string[]; locked: number }> {
  return request("POST", `${at}/checks`, { body: { repository, ...extent } });
}

/** The job's result is the plan. */
export async function planRestore(wish: RestoreWish): Promise<Job> {
  return started(`${at}/restores`, { ...wish, dry_run: true });
}

export async function startRestore(wish: RestoreWish, tier: RestoreTier): Promise<Job> {
  return started(`${at}/restores`, { ...wish, tier, dry_run: false });
}

/** The newest that were asked for. */
export async function listRestores(signal?: AbortSignal): Promise<Restore[]> {
  return (await request<{ items: Restore[] }>("GET", `${at}/restores`, given(signal))).items;
}

/** A dry run counts only. */
export async function backfillDrive(prefix: string, dryRun: boolean): Promise<Job> {
  return started(`${at}/backfill`, { prefix, dry_run: dryRun });
}

async function started(path: string, body: Record<string, unknown>): Promise<Job> {
  return (await request<{ job: Job }>("POST", path, { body })).job;
}
