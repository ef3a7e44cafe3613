/** What things of the service are called for people. */
import { OTHERS } from "@/operations/charts/series";
import { operations } from "@/text/operations";

export function storeName(store: string): string {
  return operations.stores[store] ?? (store === OTHERS ? operations.others : store);
}

/** Of a store and a kind, such as `repository chunk`. */
export function kindName(kind: string): string {
  return operations.kinds[kind] ?? (kind === OTHERS ? operations.others : kind);
}

export function className(storageClass: string): string {
  return operations.classes[storageClass] ?? storageClass;
}

/** The store in which things of a kind are, such as `repository` of `repository chunk`. */
export function storeOf(kind: string): string {
  return kind.split(" ")[0] ?? kind;
}
