// What Asterisk should be configured with, file by file.
import { NavLink } from '@mantine/core'
import { useRead, type Schema } from '../../api'
import { Copy, Empty, Loaded, Section, useUrl } from '../../ui'
import '@mantine/core/styles/NavLink.css'
import '../routing/routing.css'
import './servers.css'
import { useServers } from './text'

export function ConfigurationOf({ server }: { server: Schema<'Server'> }) {
  const t = useServers()
  const configuration = useRead('/servers/{id}/configuration', undefined, { at: { id: server.id } })
  return (
    <Section help={t('configurationHelp', { name: server.name })} title={t('tabConfiguration')}>
      <Loaded from={configuration} lines={12}>
        {({ files }) => <Files files={files} />}
      </Loaded>
    </Section>
  )
}

function Files({ files }: { files: Record<string, string> }) {
  const t = useServers()
  const [params, setUrl] = useUrl()
  const names = Object.keys(files).sort()
  const name = names.find((n) => n === params.get('file')) ?? names[0]
  if (!name) return <Empty>{t('noFiles')}</Empty>
  const text = files[name] ?? ''
  return (
    <div className="s-files">
      <nav aria-label={t('file')}>
        {names.map((n) => (
          <NavLink key={n} component="button" label={n} active={n === name} onClick={() => setUrl({ file: n === names[0] ? undefined : n })} />
        ))}
      </nav>
      <div className="s-file">
        <div className="s-head">
          <strong className="t-mono">{name}</strong>
          <span className="t-dim">{t('lines', { count: text.trimEnd().split('\n').length })}</span>
          <Copy text={text} label={t('copyFile', { name })} />
        </div>
        <pre className="r-code" tabIndex={0}>
          {text}
        </pre>
      </div>
    </div>
  )
}
