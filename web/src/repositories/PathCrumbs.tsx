/** The way from the root of a repository to a folder of it. */
import { nameOf, stepsOf } from "@/repositories/paths";
import { text } from "@/text";
import { repositories } from "@/text/repositories";
import { Button } from "react-aria-components";
import { IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Menu } from "@/ui/Menu";
import { useMediaQuery } from "@/ui/useMediaQuery";
import { visible } from "@/ui/visible";

const words = repositories.file;
const NARROW = "(max-width: 800px)";
/** More steps than this fold into a menu, so that the last ones stay readable. */
const MAX_SHOWN = 4;

interface PathCrumbsProps {
  root: string;
  path: string;
  onGo: (path: string) => void;
}

export function PathCrumbs({ root, path, onGo }: PathCrumbsProps) {
  const isNarrow = useMediaQuery(NARROW);
  const steps = ["", ...stepsOf(path)];
  const kept = isNarrow ? 1 : steps.length > MAX_SHOWN ? 2 : steps.length;
  const folded = steps.slice(isNarrow ? 0 : 1, -kept).toReversed();
  const shown = folded.length === 0 ? steps : [...(isNarrow ? [] : [""]), ...steps.slice(-kept)];
  const label = (step: string) => visible(step === "" ? root : nameOf(step));
  const items = folded.map((step) => ({ id: step || "/", label: label(step), icon: "folder" as const, onAction: () => onGo(step) }));
  return (
    <nav className="path-crumbs" aria-label={words.breadcrumbs}>
      <ol>
        {shown.map((step, index) => (
          <li key={step}>
            {folded.length > 0 && index === (isNarrow ? 0 : 1) && (
              <>
                <Menu label={words.breadcrumbs} groups={[{ id: "path", items }]}>
                  <IconButton icon="more" label={text.drive.folders} className="small" />
                </Menu>
                <Icon name="chevronRight" size={12} />
              </>
            )}
            {index === shown.length - 1 ? (
              <span className="path-step truncate" aria-current="location" title={label(step)}>{label(step)}</span>
            ) : (
              <>
                <Button className="path-step truncate" onPress={() => onGo(step)}>{label(step)}</Button>
                <Icon name="chevronRight" size={12} />
              </>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
