// Why this route, of a call by its id: for a live call as for a past one. Its parts
// are loaded when it is first shown.
import { lazy, Suspense } from 'react'
import { Bones } from './Page'

const WhyOfCall = lazy(() => import('../pages/calls/WhyOfCall'))

export function Why({ callId }: { callId: string }) {
  return (
    <Suspense fallback={<Bones />}>
      <WhyOfCall callId={callId} />
    </Suspense>
  )
}
