package desk

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"tandem/db"
	"tandem/routing/replay"
)

// ReplayRequest is what can be said of a replay.
type ReplayRequest struct {
	From      time.Time    `json:"from" doc:"First moment of the calls"`
	To        time.Time    `json:"to" doc:"Their end, not included"`
	At        *time.Time   `json:"at,omitempty" doc:"Decks, dates of rates and exchange rates of the week that begins then; none: now"`
	Decks     []int64      `json:"decks,omitempty" maxItems:"20" doc:"Drafts as a rule: used instead of those in force of their owners"`
	PolicyID  int64        `json:"policy_id,omitempty" doc:"Orders all calls, instead of the policies that rules pick"`
	Policy    *ReplayDraft `json:"policy,omitempty" doc:"The same, one that is not there yet"`
	AccountID int64        `json:"account_id,omitempty" doc:"Only its calls"`
	By        []string     `json:"by,omitempty" maxItems:"5" enum:"destination,country,prefix,provider,account" doc:"What to tell by; none: destination and provider"`
	Sample    int64        `json:"sample,omitempty" minimum:"0" maximum:"1000000" doc:"One call in so many; none: every one"`
	Examples  int          `json:"examples,omitempty" minimum:"0" maximum:"100" doc:"Single calls with the largest difference that are named"`
}

// ReplayDraft is a policy that is tried out.
type ReplayDraft struct {
	Name        string             `json:"name,omitempty"`
	Kind        string             `json:"kind" enum:"least_cost,priority,share,band_share"`
	BandPercent string             `json:"band_percent,omitempty"`
	MinTier     string             `json:"min_tier,omitempty"`
	Routes      []ReplayDraftRoute `json:"routes,omitempty" maxItems:"1000"`
}

// ReplayDraftRoute is one provider of it.
type ReplayDraftRoute struct {
	ProviderID int64  `json:"provider_id"`
	Tier       string `json:"tier,omitempty" doc:"None: every tier that it sells"`
	Place      int    `json:"place,omitempty" doc:"Of kind priority; none: as it stands in the list"`
	Weight     int    `json:"weight,omitempty" doc:"Of kinds that share; none: 1"`
}

// draft is the policy as the reader of policies takes it.
func (r *ReplayDraft) draft() *PolicyDraft {
	d := &PolicyDraft{Name: r.Name, Kind: r.Kind, BandPercent: r.BandPercent, MinTier: r.MinTier}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	for _, v := range r.Routes {
		d.Routes = append(d.Routes, PolicyDraftRoute{ProviderID: v.ProviderID, Tier: v.Tier, Place: number(v.Place), Weight: number(v.Weight)})
	}
	return d
}

// options are for NewReplay.
func (r *ReplayRequest) options() (ReplayOptions, error) {
	o := ReplayOptions{
		From: r.From.UTC(), To: r.To.UTC(), Decks: r.Decks, PolicyID: r.PolicyID, AccountID: r.AccountID, Sample: r.Sample, Examples: r.Examples,
	}
	if r.At != nil {
		o.At = r.At.UTC()
	}
	if r.Policy != nil {
		o.Policy = r.Policy.draft().Policy
	}
	for _, name := range r.By {
		by, err := ParseDimension(name)
		if err != nil {
			return o, err
		}
		o.By = append(o.By, by)
	}
	if len(o.By) == 0 {
		o.By = []replay.Dimension{replay.ByDestination, replay.ByProvider}
	}
	if r.Policy != nil && r.PolicyID != 0 {
		return o, wrong("--policy", "", "name a policy that is there, or send one: not both")
	}
	return o, nil
}

// Ask checks a request for a replay as far as can be seen at once, and returns
// the id under which it runs.
func (j *Jobs) Ask(ctx context.Context, r ReplayRequest) (int64, error) {
	o, err := r.options()
	if err == nil {
		err = o.Validate()
	}
	if err == nil && o.Policy != nil {
		err = ofPolicy(j.desk.goodPolicy(ctx, o.Policy))
	}
	for _, id := range r.Decks {
		if err == nil {
			_, err = j.desk.Complete(ctx, id)
		}
	}
	if err != nil {
		return 0, err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return 0, err
	}
	id, err := j.desk.DB.NewReplay(ctx, text)
	j.Wake()
	return id, err
}

// ofPolicy names the key where the policy has it.
func ofPolicy(err error) error {
	if field, ok := errors.AsType[*FieldError](err); ok {
		return &FieldError{Flag: "--policy." + field.Flag, Given: field.Given, Text: field.Text}
	}
	return err
}

// nextReplay runs a replay, if one waits.
func (j *Jobs) nextReplay(ctx context.Context) (worked bool, err error) {
	store := j.desk.DB
	w, ok, err := store.TakeReplay(ctx)
	if err != nil || !ok {
		return false, err
	}
	run := begin(ctx, w, store.TellReplay, j.replayNews)
	result, err := j.doReplay(run)
	return run.over(ctx, err, store.ReleaseReplay, func(problem string) error {
		if problem == "" {
			done, total := run.far()
			if err := store.TellReplay(ctx, w, done, total); err != nil {
				return err
			}
		}
		return store.EndReplay(ctx, w, result, problem) // no result of one with a problem
	})
}

// replayNews tells listeners how a replay stands, without its result.
func (j *Jobs) replayNews(ctx context.Context, id int64) {
	list, err := j.desk.DB.Replays(ctx, id+1, 1)
	if err != nil || len(list) == 0 || list[0].ID != id {
		return
	}
	if v, err := ViewReplayJob(list[0]); err == nil {
		j.told("replay:"+strconv.FormatInt(id, 10), v)
	}
}

func (j *Jobs) doReplay(w *worker) ([]byte, error) {
	record, err := j.desk.DB.Replay(w.ctx, w.ID)
	if err != nil {
		return nil, err
	}
	var request ReplayRequest
	if err := json.Unmarshal(record.Request, &request); err != nil {
		return nil, err
	}
	o, err := request.options()
	if err != nil {
		return nil, err
	}
	r, err := j.desk.NewReplay(w.ctx, o)
	if err != nil {
		return nil, err
	}
	total, err := r.Calls(w.ctx)
	if err != nil {
		return nil, err
	}
	w.progress(0, total)
	report, err := r.Run(w.ctx, func(calls int64) { w.progress(calls, total) })
	if err != nil {
		return nil, err
	}
	v := ViewReplay(&r.ReplayHead, report)
	v.bound()
	return json.Marshal(v)
}

// shownRows bounds each table of a result that is kept: those with the most money
// come first.
const shownRows = 500

func (v *ReplayResult) bound() {
	for by, rows := range v.By {
		v.By[by] = rows[:min(shownRows, len(rows))]
	}
	v.Changes = v.Changes[:min(shownRows, len(v.Changes))]
	v.Moves = v.Moves[:min(shownRows, len(v.Moves))]
}

// ReplayJob is a replay as it stands.
type ReplayJob struct {
	ID        int64         `json:"id"`
	State     string        `json:"state" enum:"waiting,running,done,failed"`
	Request   ReplayRequest `json:"request"`
	Progress  WorkProgress  `json:"progress" doc:"In calls"`
	Error     string        `json:"error,omitempty"`
	Result    *ReplayResult `json:"result,omitempty"`
	CreatedBy string        `json:"created_by"`
	CreatedAt time.Time     `json:"created_at"`
	UpdatedAt time.Time     `json:"updated_at"`
}

// ViewReplayJob is a replay to be shown.
func ViewReplayJob(v db.Replay) (ReplayJob, error) {
	out := ReplayJob{
		ID: v.ID, State: v.State, Progress: WorkProgress{v.Done, v.Total, v.AtWork}, Error: v.Error, CreatedBy: v.Actor.Name,
		CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	if err := json.Unmarshal(v.Request, &out.Request); err != nil {
		return out, err
	}
	if len(v.Result) > 0 {
		out.Result = &ReplayResult{}
		return out, json.Unmarshal(v.Result, out.Result)
	}
	return out, nil
}
