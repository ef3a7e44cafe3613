/** The rules of every bucket against what the settings want, and the commands that apply them. */
import { useQuery } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { getRules } from "@/api/operations";
import type { RuleChange, Rules, StoreRules } from "@/api/operations-types";
import { storeName } from "@/operations/names";
import { Bones, Failed, Panel } from "@/operations/Panel";
import { Commands } from "@/repositories/Commands";
import { operations } from "@/text/operations";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import "@/operations/rules/rules.css";

const words = operations.rules;

export default function RulesView() {
  const rules = useQuery({ queryKey: keys.rules, queryFn: ({ signal }) => getRules(signal), staleTime: 60_000 });

  if (!rules.data) {
    return rules.error ? <Failed error={rules.error} retry={() => void rules.refetch()} /> : <Bones height={420} />;
  }
  return (
    <div className="panels">
      <div className="view-controls wide">
        <p className="muted">{words.hint}</p>
        <Button icon="retry" isDisabled={rules.isFetching} onPress={() => void rules.refetch()}>{words.again}</Button>
      </div>
      {[...rules.data].sort((a, b) => Number(a.kinds.length === 0) - Number(b.kinds.length === 0)).map((store) => <Store key={store.store} store={store} />)}
    </div>
  );
}

function Store({ store: { store, bucket, kinds } }: { store: StoreRules }) {
  return (
    <Panel title={storeName(store)} hint={bucket} className="wide">
      {kinds.length === 0 ? (
        <p className="muted">{words.folder}</p>
      ) : (
        <ul className="rules">
          {kinds.map((kind) => <Kind key={kind.kind} rules={kind} />)}
        </ul>
      )}
    </Panel>
  );
}

function Kind({ rules: { kind, state, problem, changes, kept, warnings, command } }: { rules: Rules }) {
  return (
    <li>
      <h3>
        {words.kinds[kind]} <span className={`state ${state}`}>{words.states[state]}</span>
      </h3>
      {problem !== null && <p className="muted">{problem}</p>}
      {warnings.map((warning) => (
        <p key={warning} className="rule-warning">
          <Icon name="warning" size={16} />
          <span>{warning}</span>
        </p>
      ))}
      {changes.length > 0 && (
        <details className="numbers" open={changes.length <= 2}>
          <summary>{words.show(changes.length)}</summary>
          {changes.map((change) => <Difference key={change.rule} change={change} />)}
        </details>
      )}
      {kept.length > 0 && <p className="muted">{words.kept(kept.join(", "))}</p>}
      {command !== null && <Commands commands={[{ does: words.apply, line: command }]} />}
    </li>
  );
}

function Difference({ change: { rule, change, fields } }: { change: RuleChange }) {
  return (
    <table className="table difference">
      <caption>
        <span className="mono">{rule || words.whole}</span> <span className={`mark ${change}`}>{words.changes[change]}</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">{words.field}</th>
          <th scope="col">{words.before}</th>
          <th scope="col">{words.after}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row" className="mono">{field}</th>
            <td className="mono"><Value value={before} /></td>
            <td className="mono"><Value value={after} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ value }: { value: RuleChange["fields"][number]["before"] }) {
  return value === null ? <span className="muted">{words.unset}</span> : <>{String(value)}</>;
}
