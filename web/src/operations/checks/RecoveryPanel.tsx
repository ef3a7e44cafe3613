/** What is not done on the page: the commands that get back what was lost. */
import { Panel } from "@/operations/Panel";
import { Commands } from "@/repositories/Commands";
import { recovery as words } from "@/text/checks";

export function RecoveryPanel() {
  return (
    <Panel title={words.title} hint={words.hint} className="wide recovery">
      <Commands commands={words.commands} />
      <p className="footnotes">{words.howTo}</p>
    </Panel>
  );
}
