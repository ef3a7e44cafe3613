/** Everybody's repositories: how each was found last, and having one or all of them checked. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isFinal } from "@/api/jobs";
import { keys } from "@/api/keys";
import { listChecks, startChecks } from "@/api/operations";
import type { CheckExtent } from "@/api/operations-types";
import { confirmRun } from "@/operations/checks/ConfirmRun";
import { RepositoryCheck } from "@/operations/checks/RepositoryCheck";
import { Bones, Choice, Failed, Panel } from "@/operations/Panel";
import { repositoryChecks as words } from "@/text/checks";
import { announce } from "@/ui/announce";
import { Button } from "@/ui/Button";
import { reportError } from "@/ui/reportError";

const POLL_MS = 2_000;
const AT_ONCE = 50;
const EXTENTS: Record<Extent, CheckExtent> = {
  quick: { read_data: false, sample: null },
  sample: { read_data: false, sample: 0.05 },
  data: { read_data: true, sample: null },
};
const CHOICES = (["quick", "sample", "data"] as const).map((value) => ({ value, label: words.extents[value] }));

type Extent = "quick" | "sample" | "data";

export function RepositoriesPanel() {
  const client = useQueryClient();
  const [extent, setExtent] = useState<Extent>("quick");
  const checks = useInfiniteQuery({
    queryKey: keys.checks,
    queryFn: ({ pageParam, signal }) => listChecks(pageParam, AT_ONCE, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some(({ job }) => job && !isFinal(job.state))) ? POLL_MS : false),
  });
  const items = checks.data?.pages.flatMap((page) => page.items) ?? [];

  async function check(repository: string | null) {
    try {
      const { jobs } = await startChecks(repository, EXTENTS[extent]);
      announce(words.started(jobs.length));
    } catch (error) {
      reportError(error);
    }
    await client.invalidateQueries({ queryKey: keys.checks });
  }

  async function checkAll() {
    const isAgreed = await confirmRun({ title: words.allTitle, body: `${words.allBody(words.extents[extent])} ${words.extentHints[extent]}`, action: words.allNow });
    if (isAgreed) await check(null);
  }

  return (
    <Panel
      title={words.title}
      hint={words.hint}
      className="wide"
      {...(items.length > 0 && {
        controls: (
          <div className="check-actions">
            <Choice label={words.extent} value={extent} options={CHOICES} onChange={setExtent} />
            <Button onPress={() => void checkAll()}>{words.all}</Button>
          </div>
        ),
      })}
    >
      {checks.data ? (
        items.length === 0 ? (
          <p className="muted">{words.none}</p>
        ) : (
          <>
            <p className="muted extent-hint">{words.extentHints[extent]}</p>
            <ul className="store-checks">
              {items.map((item) => <RepositoryCheck key={item.id} repository={item} check={() => void check(item.id)} />)}
            </ul>
            {checks.hasNextPage && <Button isDisabled={checks.isFetchingNextPage} onPress={() => void checks.fetchNextPage()}>{words.more}</Button>}
          </>
        )
      ) : checks.error ? (
        <Failed error={checks.error} retry={() => void checks.refetch()} />
      ) : (
        <Bones />
      )}
    </Panel>
  );
}
