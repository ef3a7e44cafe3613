/** What to do with the commits that are chosen. */
import { repositories } from "@/text/repositories";
import { Button, IconButton } from "@/ui/Button";
import { focusFiles } from "@/ui/focusFiles";

const words = repositories.history;

export function CompareBar({ count, onCompare, onClear }: { count: number; onCompare: () => void; onClear: () => void }) {
  return (
    <div className="compare-bar" role="status">
      {count === 0 ? (
        <p className="muted">{words.howToCompare}</p>
      ) : (
        <div className="selection-bar">
          <IconButton
            icon="close"
            label={words.clear}
            onPress={() => {
              focusFiles();
              onClear();
            }}
          />
          <span className="selection-count tabular">{words.marked(count)}</span>
          {count === 2 && <Button variant="primary" icon="compare" onPress={onCompare}>{words.compare}</Button>}
        </div>
      )}
    </div>
  );
}
