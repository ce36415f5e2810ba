package ui

import (
	"strings"

	"example.com/hasim/model"
)

// lens is the vocabulary: that of servers, or that of the restaurant.
type lens uint8

const (
	servers lens = iota
	restaurant
)

// word names one thing that has two names.
type word uint8

const (
	wReplica word = iota
	wReplicas
	wRequest
	wRequests
	wBalancer
	wHost
	wHosts
	wDatabase
	wStore
	wDoor
	wLatency
	wLoad
	wReady
	wDesired
	wStarting
	wPending
	wDraining
	wCrashed
	wGaveUp
	wLost
	wHung
	wSlow
	wUnready
	wGone
	wWaiting
	wRefused
	wReset
	wTimedOut
	wUnreachable
	wAutoscaler
	wAdded
	wReplicaMinutes
	wPerSecond
	wLensName
	numWords
)

// words is the one table of both vocabularies. Nothing else in this package
// speaks the restaurant's; a test holds that.
var words = [numWords][2]string{
	wReplica:        {"replica", "chef"},
	wReplicas:       {"replicas", "chefs"},
	wRequest:        {"request", "order"},
	wRequests:       {"requests", "orders"},
	wBalancer:       {"load balancer", "head waiter"},
	wHost:           {"host", "kitchen"},
	wHosts:          {"hosts", "kitchens"},
	wDatabase:       {"database", "fridge"},
	wStore:          {"session store", "order book"},
	wDoor:           {"queue", "door"},
	wLatency:        {"latency", "time to serve"},
	wLoad:           {"load", "street"},
	wReady:          {"ready", "cooking"},
	wDesired:        {"desired", "wanted"},
	wStarting:       {"starting", "arriving"},
	wPending:        {"pending", "no room yet"},
	wDraining:       {"draining", "finishing"},
	wCrashed:        {"crashed", "fainted"},
	wGaveUp:         {"exited", "gone home"},
	wLost:           {"lost", "cut off"},
	wHung:           {"hung", "frozen"},
	wSlow:           {"slow", "slow"},
	wUnready:        {"unready", "not called"},
	wGone:           {"gone", "gone"},
	wWaiting:        {"waiting", "waiting"},
	wRefused:        {"refused", "turned away"},
	wReset:          {"reset", "burned"},
	wTimedOut:       {"timed out", "walked out"},
	wUnreachable:    {"unreachable", "nobody there"},
	wAutoscaler:     {"autoscaler", "manager"},
	wAdded:          {"added by the autoscaler", "temporary chef"},
	wReplicaMinutes: {"replica-minutes", "chef-minutes"},
	wPerSecond:      {"req/s", "orders/s"},
	wLensName:       {"server words", "restaurant words"},
}

// glossary is what the help lists as pairs.
var glossary = []word{wReplica, wRequest, wBalancer, wDoor, wHost, wAutoscaler, wAdded, wDatabase, wStore}

// say is the word in that vocabulary.
func (l lens) say(w word) string { return words[w][l] }

// templates names the words that may stand in braces in a longer text.
var templates = map[string]word{
	"replica": wReplica, "replicas": wReplicas, "request": wRequest, "requests": wRequests,
	"host": wHost, "queue": wDoor, "autoscaler": wAutoscaler, "load": wLoad, "other": wLensName,
}

// expand fills the {words} of a text. {other} is the other vocabulary's name.
func (l lens) expand(text string) string {
	if strings.IndexByte(text, '{') < 0 {
		return text
	}
	for name, w := range templates {
		v := l.say(w)
		if w == wLensName {
			v = (1 - l).say(w)
		}
		text = strings.ReplaceAll(text, "{"+name+"}", v)
	}
	return text
}

// kinds is what the log calls each reason, in both vocabularies, at most nine
// letters, with the weight that decides whether a small log shows it.
var kinds = map[model.Reason]struct {
	name   [2]string
	weight weight
}{
	model.SuccessfulCreate:     {[2]string{"create", "hired"}, minor},
	model.SuccessfulDelete:     {[2]string{"delete", "left"}, minor},
	model.Scheduled:            {[2]string{"place", "stove"}, minor},
	model.FailedScheduling:     {[2]string{"noroom", "no stove"}, normal},
	model.Started:              {[2]string{"start", "arrives"}, minor},
	model.Ready:                {[2]string{"ready", "cooks"}, normal},
	model.Died:                 {[2]string{"crash", "fainted"}, major},
	model.OOMKilled:            {[2]string{"crash", "fainted"}, major},
	model.BackOffRestart:       {[2]string{"backoff", "rests"}, normal},
	model.GaveUp:               {[2]string{"gave up", "went home"}, major},
	model.Killing:              {[2]string{"stop", "sent home"}, minor},
	model.Hung:                 {[2]string{"hang", "froze"}, major},
	model.HangEnded:            {[2]string{"hang end", "thawed"}, normal},
	model.Slowed:               {[2]string{"slow", "slow"}, major},
	model.SlowEnded:            {[2]string{"slow end", "awake"}, normal},
	model.UpstreamDisabled:     {[2]string{"skip", "skipped"}, normal},
	model.SuccessfulRescale:    {[2]string{"scale", "manager"}, major},
	model.ScalingReplicaSet:    {[2]string{"scale", "by hand"}, major},
	model.Reloaded:             {[2]string{"reload", "new list"}, major},
	model.ReloadFailed:         {[2]string{"reload", "old list"}, major},
	model.ConfigChanged:        {[2]string{"config", "new rule"}, major},
	model.MetricsDown:          {[2]string{"blind", "blind"}, major},
	model.MetricsBack:          {[2]string{"metrics", "sees again"}, normal},
	model.QueueFullStarted:     {[2]string{"refuse", "full"}, normal},
	model.QueueFullEnded:       {[2]string{"accept", "room again"}, normal},
	model.NoEndpoints:          {[2]string{"down", "closed"}, major},
	model.EndpointsBack:        {[2]string{"up", "open"}, major},
	model.NoVictim:             {[2]string{"fault", "fault"}, normal},
	model.HostDown:             {[2]string{"host down", "blackout"}, major},
	model.HostUp:               {[2]string{"host up", "power on"}, major},
	model.NodeNotReady:         {[2]string{"node lost", "silent"}, major},
	model.NodeReady:            {[2]string{"node back", "calls"}, normal},
	model.TaintManagerEviction: {[2]string{"evict", "moved"}, normal},
	model.StageStarted:         {[2]string{"stage", "street"}, major},
	model.TrafficChanged:       {[2]string{"traffic", "street"}, major},
	model.ExpectationBroken:    {[2]string{"SLO lost", "SLO lost"}, major},
	model.ExpectationMet:       {[2]string{"SLO met", "SLO met"}, major},
}

// weight is how much an Event matters to somebody who watches.
type weight uint8

const (
	minor weight = iota
	normal
	major
)

// kindOf is the log's word for a reason, and its weight. A reason that is not
// in the table is the autoscaler's own.
func (l lens) kindOf(r model.Reason) (string, weight) {
	if k, ok := kinds[r]; ok {
		return k.name[l], k.weight
	}
	return [2]string{"hpa", "manager"}[l], normal
}

// causeWord says in one word why a request failed.
func (l lens) causeWord(c model.Cause) string {
	switch c {
	case model.QueueFull:
		return l.say(wRefused)
	case model.Timeout, model.GatewayTimeout:
		return l.say(wTimedOut)
	case model.Reset:
		return l.say(wReset)
	}
	return l.say(wUnreachable)
}
