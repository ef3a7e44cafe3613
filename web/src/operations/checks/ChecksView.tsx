/** Whether all is there that must be, and getting what is not: compared, counted, agreed to, done. */
import { useQuery } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { listReconciliations, listReplicas } from "@/api/operations";
import type { StoreName } from "@/api/operations-types";
import { BackfillPanel } from "@/operations/checks/BackfillPanel";
import { ColdPanel } from "@/operations/checks/ColdPanel";
import { RecoveryPanel } from "@/operations/checks/RecoveryPanel";
import { ReplicaCheck } from "@/operations/checks/ReplicaCheck";
import { RepositoriesPanel } from "@/operations/checks/RepositoriesPanel";
import { StoreCheck } from "@/operations/checks/StoreCheck";
import { Bones, Failed, Panel } from "@/operations/Panel";
import { checks as words } from "@/text/checks";
import "@/operations/checks/checks.css";

const STORES: readonly StoreName[] = ["source", "media", "repository"];

export default function ChecksView() {
  const reports = useQuery({ queryKey: keys.reconciliations, queryFn: ({ signal }) => listReconciliations(signal) });
  const replicas = useQuery({ queryKey: keys.replicas, queryFn: ({ signal }) => listReplicas(signal) });

  return (
    <div className="panels">
      <Panel title={words.stores} hint={words.storesHint} className="wide">
        {reports.data ? (
          <ul className="store-checks">
            {STORES.map((store) => <StoreCheck key={store} store={store} last={reports.data.find((report) => report.store === store)} />)}
          </ul>
        ) : reports.error ? (
          <Failed error={reports.error} retry={() => void reports.refetch()} />
        ) : (
          <Bones height={320} />
        )}
      </Panel>
      <BackfillPanel />
      <RepositoriesPanel />
      <ColdPanel />
      <Panel title={words.replicas} hint={words.replicasHint} className="wide">
        {replicas.data ? (
          replicas.data.length === 0 ? <p className="muted">{words.noReplicas}</p> : <ul className="store-checks">{replicas.data.map((replica) => <ReplicaCheck key={replica.id} replica={replica} />)}</ul>
        ) : replicas.error ? (
          <Failed error={replicas.error} retry={() => void replicas.refetch()} />
        ) : (
          <Bones />
        )}
      </Panel>
      <RecoveryPanel />
    </div>
  );
}
