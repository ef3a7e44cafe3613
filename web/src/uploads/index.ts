/** Uploads: the provider that runs them, the tray that shows them, the hook that starts them. */
export { UploadProvider, useUploads } from "@/uploads/provider";
export { UploadTray } from "@/uploads/Tray";
