/** `lustre-OST0001_UUID` and `OST0001` → `lustre-OST0001`. */
export function targetName(text: string, fsname: string): string {
  const bare = text.replace(/_UUID$/, '');
  return /^(MDT|OST)[0-9a-f]+$/i.test(bare) ? `${fsname}-${bare}` : bare;
}
