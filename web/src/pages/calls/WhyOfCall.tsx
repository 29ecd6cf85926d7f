import { Loaded } from '../../ui'
import { useStory } from './useStory'
import { WhyOf } from './Story'

export default function WhyOfCall({ callId }: { callId: string }) {
  const story = useStory(callId)
  return <Loaded from={story}>{(s) => <WhyOf story={s} />}</Loaded>
}
