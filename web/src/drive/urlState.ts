/** What the address says about a view: its sort, its filters, the file being previewed. */
import type { Filters, Sort } from "@/api/drive";
import type { FileType, Order, SortKey } from "@/api/types";

export type DateFilter = "day" | "week" | "month" | "year" | "older";
export type SizeFilter = "small" | "medium" | "large" | "huge";

export interface DriveSearch {
  sort?: SortKey | undefined;
  order?: Order | undefined;
  preview?: string | undefined;
}

export interface FilterSearch {
  q?: string | undefined;
  type?: FileType | undefined;
  date?: DateFilter | undefined;
  size?: SizeFilter | undefined;
  preview?: string | undefined;
}

type Raw = Record<string, unknown>;

const SORT_KEYS = ["name", "size", "created", "updated", "type"] as const;
const ORDERS = ["asc", "desc"] as const;
export const FILE_TYPES = ["folder", "image", "video", "audio", "document", "3d", "code", "archive", "other"] as const;
export const DATE_FILTERS = ["day", "week", "month", "year", "older"] as const;
export const SIZE_FILTERS = ["small", "medium", "large", "huge"] as const;

export const defaultSort: Sort = { key: "name", order: "asc" };

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((item) => item === value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Reads the address; what it does not understand is left out. */
export function parseDriveSearch(raw: Raw): DriveSearch {
  const found: DriveSearch = { sort: oneOf(SORT_KEYS, raw.sort), order: oneOf(ORDERS, raw.order), preview: textOf(raw.preview) };
  return withoutUndefined(found);
}

export function parseFilterSearch(raw: Raw): FilterSearch {
  const found: FilterSearch = {
    q: textOf(raw.q),
    type: oneOf(FILE_TYPES, raw.type),
    date: oneOf(DATE_FILTERS, raw.date),
    size: oneOf(SIZE_FILTERS, raw.size),
    preview: textOf(raw.preview),
  };
  return withoutUndefined(found);
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T; // only undefined members went
}

export function sortOf(search: DriveSearch): Sort {
  const key = search.sort ?? defaultSort.key;
  return { key, order: search.order ?? firstOrder(key) };
}

/** The order people expect first: names from A, everything else from the largest or newest. */
export function firstOrder(key: SortKey): Order {
  return key === "name" || key === "type" ? "asc" : "desc";
}

/** The sort after a press on a column's title. */
export function nextSort(current: Sort, key: SortKey): Sort {
  if (current.key !== key) return { key, order: firstOrder(key) };
  return { key, order: current.order === "asc" ? "desc" : "asc" };
}

/** The address of a sort; the default leaves no trace. */
export function sortSearch(sort: Sort): Pick<DriveSearch, "sort" | "order"> {
  return {
    sort: sort.key === defaultSort.key ? undefined : sort.key,
    order: sort.order === firstOrder(sort.key) ? undefined : sort.order,
  };
}

export function hasFilters(search: FilterSearch): boolean {
  return Boolean(search.q ?? search.type ?? search.date ?? search.size);
}

const MIB = 1024 ** 2;
const SIZE_RANGES: Record<SizeFilter, Pick<Filters, "min_size" | "max_size">> = {
  small: { max_size: MIB - 1 },
  medium: { min_size: MIB, max_size: 100 * MIB },
  large: { min_size: 100 * MIB, max_size: 1024 * MIB },
  huge: { min_size: 1024 * MIB },
};

const DAYS_BACK: Record<DateFilter, number> = { day: 0, week: 6, month: 29, year: 364, older: 364 };

/** The question to the server; days begin at midnight, so that one day asks one question. */
export function filtersOf(search: FilterSearch, now: Date = new Date()): Filters {
  const filters: Filters = { q: search.q ?? "", ...(search.type ? { type: search.type } : {}), ...(search.size ? SIZE_RANGES[search.size] : {}) };
  if (search.date) {
    const edge = new Date(now.getFullYear(), now.getMonth(), now.getDate() - DAYS_BACK[search.date]).toISOString();
    if (search.date === "older") filters.modified_before = edge;
    else filters.modified_after = edge;
  }
  return filters;
}
