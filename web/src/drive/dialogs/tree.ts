/** The nodes of the folder tree: the roots of the spaces, and folders. */
import { listFolder, type Place } from "@/api/drive";
import type { DriveFile, Space } from "@/api/types";
import type { NamedTarget } from "@/drive/targets";
import { text } from "@/text";

export interface TreeNode {
  /** The folder's id; for a root the name of its space. */
  id: string;
  name: string;
  space: Space;
  folderId: string | null;
}

export const roots = [
  { id: "my-files", name: text.navigation.myFiles, space: "my-files", folderId: null },
  { id: "shared", name: text.navigation.shared, space: "shared", folderId: null },
] as const satisfies readonly TreeNode[];

export function nodeOfFolder(folder: DriveFile): TreeNode {
  return { id: folder.id, name: folder.filename, space: folder.space, folderId: folder.id };
}

export function targetOfNode(node: TreeNode): NamedTarget {
  return { parentId: node.folderId, space: node.space, name: node.name };
}

export function placeOfNode(node: TreeNode): Place {
  return node.folderId === null ? { parentId: null, space: node.space } : { parentId: node.folderId };
}

/** Every folder directly inside, however many pages they fill. */
export async function listSubfolders(node: TreeNode, signal: AbortSignal): Promise<TreeNode[]> {
  const nodes: TreeNode[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listFolder>> = await listFolder(
      placeOfNode(node),
      { key: "name", order: "asc" },
      { cursor, limit: 500, foldersOnly: true, signal },
    );
    nodes.push(...page.items.map(nodeOfFolder));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return nodes;
}
