// The number used once that lets the styles through which components make while
// they run. The server puts it into the page.
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="nonce"]')?.content ?? ''

// react-remove-scroll, below Mantine's dialogues, asks for it under this name.
Object.assign(globalThis, { __webpack_nonce__: nonce })
