/** What things of the service are called for people. */
import { OTHERS } from "@/operations/charts/series";
import { operations } from "@/text/operations";

/** A replica is called `repository replica eu`, and only `repository replica` where it has no name. */
const REPLICA = /^repository replica ?(.*)$/;

export function storeName(store: string): string {
  const replica = REPLICA.exec(store);
  if (replica) return operations.overview.replica(replica[1] ?? "").trim();
  return operations.stores[store] ?? (store === OTHERS ? operations.others : store);
}

/** Of a store and a kind, such as `repository chunk`. */
export function kindName(kind: string): string {
  const end = kind.lastIndexOf(" ");
  const replica = REPLICA.exec(kind.slice(0, end));
  const what = operations.kinds[`repository ${kind.slice(end + 1)}`];
  if (replica && what) return operations.inReplica(what, replica[1] ?? "");
  return operations.kinds[kind] ?? (kind === OTHERS ? operations.others : kind);
}

export function className(storageClass: string): string {
  return operations.classes[storageClass] ?? storageClass;
}

/** The store in which things of a kind are, such as `repository` of `repository chunk`. */
export function storeOf(kind: string): string {
  return kind.split(" ")[0] ?? kind;
}
