import { createTheme, type MantineColorsTuple } from '@mantine/core'

const tandem: MantineColorsTuple = ['#e6f7f4', '#cfeee8', '#a1dcd2', '#6fc9ba', '#47b9a7', '#2caf9b', '#159183', '#0f766b', '#0b6259', '#06504a']

// Grey with a little blue: from text to the darkest ground.
const dark: MantineColorsTuple = ['#dfe4e8', '#c1c8ce', '#9aa4ae', '#6b757e', '#39424a', '#2b3137', '#20262b', '#1a1e22', '#14181b', '#0f1214']

const red: MantineColorsTuple = ['#fff5f5', '#ffe3e3', '#ffc9c9', '#ffa8a8', '#ff8787', '#f76b6b', '#e04a4a', '#c42b2b', '#a61e1e', '#861818']

// Mantine draws the head of a dialogue as <header>: to a screen reader that would be
// a second head of the page.
const plainHead = { header: { role: 'presentation' } }

const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif'

export const theme = createTheme({
  colors: { tandem, dark, red },
  primaryColor: 'tandem',
  primaryShade: 7,
  autoContrast: true,
  fontFamily: font,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: { fontFamily: font, fontWeight: '600', sizes: { h1: { fontSize: '1.375rem', lineHeight: '1.3' }, h2: { fontSize: '0.9375rem', lineHeight: '1.4' }, h3: { fontSize: '0.875rem', lineHeight: '1.4' } } },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  components: {
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false } },
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    Drawer: { styles: { title: { fontWeight: 600 } }, defaultProps: { attributes: plainHead, overlayProps: { backgroundOpacity: 0.25 }, transitionProps: { duration: 120 } } },
    Modal: { styles: { title: { fontWeight: 600 } }, defaultProps: { attributes: plainHead, transitionProps: { duration: 100 } } },
  },
})
