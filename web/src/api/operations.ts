/** The calls of administrators. */
import { request } from "@/api/client";
import type { Capacity, Cost, CostBy, Finding, Growth, GrowthBy, Overview, Reconciliation, Replica, StoreName, StoreRules } from "@/api/operations-types";
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
  return (await request<{ job: Job }>("POST", `${at}/reconciliations`, { body: { store, repair } })).job;
}

export async function listReplicas(signal?: AbortSignal): Promise<Replica[]> {
  return (await request<{ items: Replica[] }>("GET", `${at}/replicas`, given(signal))).items;
}

/** A dry run compares only. */
export async function backfillReplica(id: string, dryRun: boolean): Promise<Job> {
  return (await request<{ job: Job }>("POST", `${at}/replicas/${encodeURIComponent(id)}/backfill`, { body: { dry_run: dryRun } })).job;
}
