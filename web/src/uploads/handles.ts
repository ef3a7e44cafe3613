/** Files behind handles that outlived a reload. */
import type { HandlePath } from "@/uploads/tree";

interface Permissions {
  queryPermission?: (descriptor: { mode: "read" }) => Promise<PermissionState>;
  requestPermission?: (descriptor: { mode: "read" }) => Promise<PermissionState>;
}

/** Whether the page may read below the handle; `ask` shows the browser's question, which needs a click. */
export async function mayRead(root: FileSystemHandle, ask: boolean): Promise<boolean> {
  const { queryPermission, requestPermission } = root as FileSystemHandle & Permissions;
  if ((await queryPermission?.call(root, { mode: "read" })) === "granted") return true;
  return ask && (await requestPermission?.call(root, { mode: "read" })) === "granted";
}

/** Return the file, or null when it is not there any more. */
export async function openHandle({ root, steps }: HandlePath): Promise<File | null> {
  try {
    let handle = root;
    for (const [index, step] of steps.entries()) {
      const folder = handle as FileSystemDirectoryHandle;
      handle = index === steps.length - 1 ? await folder.getFileHandle(step) : await folder.getDirectoryHandle(step);
    }
    return await (handle as FileSystemFileHandle).getFile();
  } catch (error) {
    // Browsers refuse to look up some names, like `12:30.jpg`, with a TypeError.
    if (error instanceof DOMException || error instanceof TypeError) return null;
    throw error;
  }
}
