/** Chunks in classes that must be restored: what a version needs of them, asked for once that is agreed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { listChecks, planRestore, startRestore } from "@/api/operations";
import type { RepositoryCheck, RestoreChoice, RestorePlan, RestoreWish } from "@/api/operations-types";
import { confirmRun } from "@/operations/checks/ConfirmRun";
import { ColdPlan, costText, timeText } from "@/operations/checks/ColdPlan";
import { Restores } from "@/operations/checks/Restores";
import { useWork } from "@/operations/checks/useWork";
import { WorkLine } from "@/operations/checks/WorkLine";
import { Bones, Failed, Panel } from "@/operations/Panel";
import { cold as words } from "@/text/checks";
import { Button } from "@/ui/Button";
import { formatBytes } from "@/ui/format";
import { reportError } from "@/ui/reportError";
import { TextField } from "@/ui/TextField";

const DAYS = [1, 3, 7, 14, 30, 90];
const AT_ONCE = 500;
const USUAL_DAYS = 7;
const USUAL_REF = "main";

export function ColdPanel() {
  const checks = useQuery({ queryKey: [...keys.checks, "all"], queryFn: ({ signal }) => allReadable(signal) });
  return (
    <Panel title={words.title} hint={words.hint} className="wide">
      {checks.data ? (
        checks.data.length === 0 ? <p className="muted">{words.noRepositories}</p> : <Planning repositories={checks.data} />
      ) : checks.error ? (
        <Failed error={checks.error} retry={() => void checks.refetch()} />
      ) : (
        <Bones height={120} />
      )}
      <Restores />
    </Panel>
  );
}

async function allReadable(signal: AbortSignal): Promise<RepositoryCheck[]> {
  const found: RepositoryCheck[] = [];
  let cursor: string | null = null;
  do {
    const page = await listChecks(cursor, AT_ONCE, signal);
    found.push(...page.items.filter((item) => item.is_readable && item.commits > 0));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}

function Planning({ repositories }: { repositories: readonly RepositoryCheck[] }) {
  const client = useQueryClient();
  const work = useWork();
  // What was planned, whatever is chosen meanwhile.
  const [planned, setPlanned] = useState<{ wish: RestoreWish; name: string } | null>(null);
  const plan = (work.ended?.result ?? null) as RestorePlan | null; // of a job of this kind

  function makePlan(wish: RestoreWish, name: string) {
    setPlanned({ wish, name });
    work.start(() => planRestore(wish));
  }

  async function restore(choice: RestoreChoice) {
    if (!plan || !planned) return;
    const { wish, name } = planned;
    const told = [words.tiers[choice.tier], timeText(choice), costText(choice, plan.currency), words.daysOf(plan.days)] as const;
    const isAgreed = await confirmRun({
      title: words.confirmTitle(name, wish.ref),
      body: words.confirmBody(plan.objects - plan.asked, formatBytes(plan.bytes), ...told),
      action: words.confirmNow,
    });
    if (!isAgreed) return;
    try {
      await startRestore(wish, choice.tier);
      work.clear();
    } catch (error) {
      reportError(error);
    }
    await client.invalidateQueries({ queryKey: keys.restores });
  }

  return (
    <>
      <PlanForm repositories={repositories} isRunning={work.isRunning} plan={makePlan} />
      <WorkLine work={work} label={words.planning} />
      {plan && <ColdPlan plan={plan} restore={(choice) => void restore(choice)} />}
    </>
  );
}

interface PlanFormProps {
  repositories: readonly RepositoryCheck[];
  isRunning: boolean;
  plan: (wish: RestoreWish, name: string) => void;
}

function PlanForm({ repositories, isRunning, plan }: PlanFormProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [path, setPath] = useState("");
  const [days, setDays] = useState(USUAL_DAYS);
  const repository = repositories.find(({ id }) => id === chosen) ?? repositories[0];
  const ref = typed ?? repository?.default_branch ?? USUAL_REF;

  return (
    <form
      className="check-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (repository) plan({ repository: repository.id, ref: ref.trim(), paths: path === "" ? [] : [path], days }, repository.name);
      }}
    >
      <label className="field">
        <span className="field-label">{words.repository}</span>
        <select
          className="select"
          value={repository?.id}
          onChange={(event) => {
            setChosen(event.target.value);
            setTyped(null);
          }}
        >
          {repositories.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        </select>
      </label>
      <TextField label={words.ref} value={ref} onChange={setTyped} placeholder={words.refHint} />
      <TextField label={words.path} value={path} onChange={setPath} placeholder={words.pathHint} />
      <label className="field">
        <span className="field-label">{words.days}</span>
        <select className="select" value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {DAYS.map((each) => <option key={each} value={each}>{words.daysOf(each)}</option>)}
        </select>
      </label>
      <Button icon="compare" type="submit" isDisabled={isRunning || ref.trim() === ""}>{words.plan}</Button>
    </form>
  );
}
