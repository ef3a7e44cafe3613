/** A tree of folders, each level fetched when it is first opened. */
import { useQueries } from "@tanstack/react-query";
import { Button, Collection, Tree, TreeItem, TreeItemContent } from "react-aria-components";
import { keys } from "@/api/keys";
import { listSubfolders, placeOfNode, roots, type TreeNode } from "@/drive/dialogs/tree";
import { text } from "@/text";
import { Icon } from "@/ui/Icon";
import { visible } from "@/ui/visible";
import "@/drive/dialogs/tree.css";

interface Branch extends TreeNode {
  children: Branch[];
}

interface Props {
  /** Folders that cannot be chosen, nor anything inside them. */
  hidden: ReadonlySet<string>;
  expanded: ReadonlySet<string>;
  onExpand: (expanded: ReadonlySet<string>) => void;
  selected: TreeNode;
  onSelect: (node: TreeNode) => void;
}

export function FolderTree({ hidden, expanded, onExpand, selected, onSelect }: Props) {
  const { branches, byId } = useBranches(expanded, hidden);
  return (
    <Tree
      className="tree"
      aria-label={text.drive.moveDialog.tree}
      items={branches}
      selectionMode="single"
      selectionBehavior="replace"
      disallowEmptySelection
      selectedKeys={[selected.id]}
      onSelectionChange={(chosen) => {
        const node = chosen === "all" ? undefined : byId.get(String([...chosen][0]));
        if (node) onSelect(node);
      }}
      expandedKeys={expanded}
      onExpandedChange={(open) => onExpand(new Set([...open].map(String)))}
    >
      {renderBranch}
    </Tree>
  );
}

function renderBranch(branch: Branch) {
  const isRoot = branch.folderId === null;
  return (
    <TreeItem id={branch.id} textValue={visible(branch.name)} className="tree-item" hasChildItems>
      <TreeItemContent>
        {({ level, isExpanded }) => (
          <div className="tree-row" style={{ paddingInlineStart: (level - 1) * 20 }}>
            <Button slot="chevron" className={`tree-chevron ${isExpanded ? "open" : ""}`}>
              <Icon name="chevronRight" size={16} />
            </Button>
            <Icon name={isRoot ? (branch.space === "shared" ? "people" : "shelf") : "folder"} filled={!isRoot} className="kind-folder" />
            <span className="truncate">{visible(branch.name)}</span>
          </div>
        )}
      </TreeItemContent>
      <Collection items={branch.children}>{renderBranch}</Collection>
    </TreeItem>
  );
}

/** The levels that are open, joined to a tree. */
function useBranches(expanded: ReadonlySet<string>, hidden: ReadonlySet<string>) {
  const ids = [...expanded];
  const levels = useQueries({
    queries: ids.map((id) => {
      const node: TreeNode = roots.find((root) => root.id === id) ?? { id, name: "", space: "my-files", folderId: id };
      return {
        queryKey: keys.tree(placeOfNode(node)),
        queryFn: ({ signal }: { signal: AbortSignal }) => listSubfolders(node, signal),
      };
    }),
  });
  const childrenOf = new Map(ids.map((id, index) => [id, levels[index]?.data ?? []]));
  const byId = new Map<string, TreeNode>();
  function grow(node: TreeNode): Branch {
    byId.set(node.id, node);
    const inside = (childrenOf.get(node.id) ?? []).filter((child) => !hidden.has(child.id));
    return { ...node, children: inside.map(grow) };
  }
  return { branches: roots.map(grow), byId };
}
