/** What must be restored, in numbers, and the ways to have it restored with their time and cost. */
import type { RestoreChoice, RestorePlan } from "@/api/operations-types";
import { Numbers } from "@/operations/checks/Numbers";
import { formatMoney } from "@/operations/format";
import { cold as words } from "@/text/checks";
import { Button } from "@/ui/Button";
import { formatBytes, formatDuration } from "@/ui/format";
import { visible } from "@/ui/visible";

export function ColdPlan({ plan, restore }: { plan: RestorePlan; restore: (choice: RestoreChoice) => void }) {
  const restored = plan.restored > 0 && <p className="muted">{words.wereRestored(plan.restored, formatBytes(plan.restored_bytes))}</p>;
  if (plan.objects === 0) {
    return (
      <div className="check-outcome" role="status">
        <p>{plan.looked_at === 0 ? words.noClasses : words.nothing(plan.looked_at)}</p>
        {restored}
      </div>
    );
  }
  return (
    <div className="check-outcome">
      <div role="status">
        <Numbers
          figures={[
            { title: words.chunks, hint: words.chunksHint, value: plan.objects, isBad: false },
            { title: words.size, hint: words.sizeHint(plan.classes.map(({ name }) => name).join(", ")), value: plan.bytes, isBad: false, format: formatBytes },
            { title: words.files, hint: words.filesHint, value: plan.files_count, isBad: false },
            { title: words.asked, hint: words.askedHint, value: plan.asked, isBad: false },
          ]}
        />
      </div>
      {plan.is_partial && <p>{words.partial}</p>}
      {plan.asked === plan.objects && <p>{words.allAsked}</p>}
      {restored}
      {plan.files.length > 0 && (
        <details className="numbers">
          <summary>{words.showFiles(plan.files_count)}</summary>
          <ul className="plain-list" tabIndex={0} aria-label={words.fileList}>
            {plan.files.map((each) => <li key={each}>{visible(each)}</li>)}
          </ul>
        </details>
      )}
      <table className="table restore-choices">
        <caption className="visually-hidden">{words.choices}</caption>
        <thead>
          <tr>
            <th scope="col">{words.tier}</th>
            <th scope="col">{words.time}</th>
            <th scope="col" className="number">{words.cost}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {plan.choices.map((choice) => (
            <tr key={choice.tier}>
              <th scope="row">{words.tiers[choice.tier]}</th>
              <td className="tabular">{timeText(choice)}</td>
              <td className="number">{costText(choice, plan.currency)}</td>
              <td className="number">
                <Button aria-label={words.restoreLabel(words.tiers[choice.tier])} onPress={() => restore(choice)}>{words.restore}</Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Such as `3 h – 5 h`. */
export function timeText({ seconds: [least, most] }: RestoreChoice): string {
  return least === 0 ? `≤ ${formatDuration(most)}` : `${formatDuration(least)} – ${formatDuration(most)}`;
}

export function costText({ cost }: RestoreChoice, currency: string): string {
  return cost === null ? words.noPrice : formatMoney(cost, currency);
}
