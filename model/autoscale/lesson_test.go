package autoscale_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"example.com/hasim/model/autoscale"
)

// lessonSpec is the lesson's manifest: 2 to 10 replicas at 70 % of requested
// cpu.
func lessonSpec() autoscale.HPASpec {
	low, goal := int32(2), int32(70)
	return autoscale.HPASpec{MinReplicas: &low, MaxReplicas: 10, Metrics: []autoscale.MetricSpec{{
		Type:     autoscale.TypeResource,
		Resource: &autoscale.ResourceSource{Name: autoscale.CPU, Target: autoscale.MetricTarget{Type: autoscale.TargetUtilization, AverageUtilization: &goal}},
	}}}
}

// TestLesson: a load far above ten replicas' requests from 60 s to 300 s. What
// the real controller of 1.37 does was measured (spec 1.1): without behavior
// it doubles, with an empty one it adds four, and the two leave at different
// syncs, because the edges of their windows differ.
func TestLesson(t *testing.T) {
	for _, c := range []struct {
		name     string
		behavior *autoscale.Behavior
		want     []string
	}{
		{"behavior omitted", nil, []string{"1m0s 2->4", "1m15s 4->8", "1m30s 8->10", "10m0s 10->2"}},
		{"behavior {}", &autoscale.Behavior{}, []string{"1m0s 2->6", "1m15s 6->10", "9m45s 10->2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := lessonSpec()
			spec.Behavior = c.behavior
			if got := closedLoop(t, spec, 12*time.Minute); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// closedLoop gives the autoscaler the replicas that it asks for at once, and
// shares the load among those that were there at the last sync.
func closedLoop(t *testing.T, spec autoscale.HPASpec, end time.Duration) (changes []string) {
	const request = 500 // millicores
	p, err := autoscale.New("hpa", autoscale.Config{HPA: spec})
	if err != nil {
		t.Fatal(err)
	}
	var s autoscale.State
	replicas, pods := int32(2), []autoscale.Pod{pod("app-0", request), pod("app-1", request)}
	for now := time.Duration(0); now <= end; now += p.Period() {
		load := int64(400)
		if now >= 60*time.Second && now < 300*time.Second {
			load = 100_000
		}
		o := autoscale.Observation{SpecReplicas: replicas, StatusReplicas: replicas, Pods: pods, Metrics: []autoscale.Reading{{}}}
		for range pods {
			o.Metrics[0].Samples = append(o.Metrics[0].Samples, autoscale.Sample{OK: true, Value: load / int64(len(pods)), At: now, Window: p.Period()})
		}
		d := p.Sync(now, &o, &s)
		if d.Rescale {
			changes = append(changes, fmt.Sprintf("%v %d->%d", now, d.From, d.Replicas))
			replicas = d.Replicas
		}
		for int32(len(pods)) < replicas {
			fresh := pod(fmt.Sprint("app-", len(pods)), request)
			fresh.Start, fresh.ReadySince = now, now
			pods = append(pods, fresh)
		}
		pods = pods[:replicas]
	}
	return changes
}
