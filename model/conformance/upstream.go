package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"example.com/hasim/model/autoscale"
	"example.com/hasim/model/autoscale/casefile"
	"github.com/go-logr/logr"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	k8slabels "k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/scale"
	core "k8s.io/client-go/testing"
	"k8s.io/klog/v2"
	upstreamdefaults "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

// stage is what the real controller sees of the world, and what it did.
type stage struct {
	mu     sync.Mutex
	epoch  time.Time
	w      *world
	client *fake.Clientset
	syncs  []casefile.Sync
	events []string
	open   bool  // a sync has begun and its answer is not taken yet
	scaled int32 // scale.spec.replicas after the open sync
}

const turnLength = 15 * time.Second

// record runs the real controller for some turns of 15 s in the world that
// the seed draws, and returns what it saw and answered. It must be called in
// a synctest bubble.
func record(seed uint64, turns int) casefile.Case {
	st := newStage(newWorld(seed))
	st.w.turn(0)
	ctx, pods, stop := st.start(st.w.cfg.Flags.SyncPeriod)
	for k := range turns {
		// Between two syncs, and never on the grid that an edit of an earlier
		// turn has begun.
		at := time.Duration(k)*turnLength + turnLength/3 + time.Duration(k)*10*time.Millisecond
		time.Sleep(time.Until(st.epoch.Add(at)))
		st.turn(ctx, pods)
	}
	time.Sleep(turnLength)
	stop()
	return casefile.Case{Comment: []string{fmt.Sprintf("Recorded from k8s.io/kubernetes v1.37.2, seed %d.", seed)}, Syncs: st.syncs}
}

// rerun shows the real controller what a case was shown, at the same times,
// and returns what it answered. Its flags are those of the first sync.
func rerun(c *casefile.Case) []casefile.Sync {
	const never = 1000 * time.Hour // every sync of the story is an edit
	st := newStage(&world{cfg: c.Syncs[0].Config})
	show := func(sy *casefile.Sync) {
		st.mu.Lock()
		defer st.mu.Unlock()
		st.w.cfg, st.w.seen, st.w.spec = sy.Config, sy.Seen, sy.Seen.SpecReplicas
	}
	show(&c.Syncs[0])
	time.Sleep(c.Syncs[0].At)
	ctx, pods, stop := st.start(never)
	for i := 1; i < len(c.Syncs); i++ {
		time.Sleep(time.Until(st.epoch.Add(c.Syncs[i].At)))
		show(&c.Syncs[i])
		st.showPods(pods)
		st.edit(ctx)
	}
	time.Sleep(turnLength)
	stop()
	return st.syncs
}

func newStage(w *world) *stage {
	st := &stage{epoch: time.Now(), w: w, client: fake.NewSimpleClientset()}
	st.client.PrependReactor("*", "events", func(core.Action) (bool, runtime.Object, error) { return true, &v1.Event{}, nil })
	return st
}

// store is the pods' part of the informer's cache.
type store interface {
	Replace([]any, string) error
}

// start creates the HPA and runs the controller until stop is called.
func (st *stage) start(period time.Duration) (ctx context.Context, pods store, stop func()) {
	ctx, cancel := context.WithCancel(klog.NewContext(context.Background(), logr.New(ear{st})))
	factory := informers.NewSharedInformerFactory(st.client, 0)
	hpas, podInformer := factory.Autoscaling().V2().HorizontalPodAutoscalers(), factory.Core().V1().Pods()
	pods = podInformer.Informer().GetStore()
	st.createHPA(ctx)
	f := st.w.cfg.Flags
	must(utilfeature.DefaultMutableFeatureGate.Set(fmt.Sprintf("HPAScaleToZero=%v", f.ScaleToZero)))
	controller := podautoscaler.NewHorizontalController(ctx, st.client.CoreV1(), scales{st}, st.client.AutoscalingV2(), mapper(), pipeline{st},
		hpas, podInformer, period, f.DownscaleStabilization, f.Tolerance, f.CPUInitializationPeriod, f.InitialReadinessDelay)
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	st.showPods(pods)
	var wg sync.WaitGroup
	wg.Go(func() { controller.Run(ctx, 1) })
	return ctx, pods, func() {
		st.mu.Lock()
		st.finish()
		st.mu.Unlock()
		cancel()
		wg.Wait()
		factory.Shutdown()
		synctest.Wait()
	}
}

func (st *stage) createHPA(ctx context.Context) {
	hpa := &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Name: target, Namespace: namespace, Generation: 1},
		Spec:       upstreamSpec(st.w.cfg.HPA),
	}
	upstreamdefaults.SetDefaults_HorizontalPodAutoscaler(hpa)
	_, err := st.client.AutoscalingV2().HorizontalPodAutoscalers(namespace).Create(ctx, hpa, metav1.CreateOptions{})
	must(err)
}

// turn lets the world go on, between two syncs.
func (st *stage) turn(ctx context.Context, pods store) {
	st.mu.Lock()
	edited := st.w.turn(time.Since(st.epoch))
	st.mu.Unlock()
	st.showPods(pods)
	if edited {
		st.edit(ctx)
	}
}

// edit writes the present spec, which is reconciled at once.
func (st *stage) edit(ctx context.Context) {
	api := st.client.AutoscalingV2().HorizontalPodAutoscalers(namespace)
	hpa, err := api.Get(ctx, target, metav1.GetOptions{})
	must(err)
	hpa.Generation++
	hpa.Spec = upstreamSpec(st.w.cfg.HPA)
	upstreamdefaults.SetDefaults_HorizontalPodAutoscaler(hpa)
	_, err = api.Update(ctx, hpa, metav1.UpdateOptions{})
	must(err)
}

func (st *stage) showPods(pods store) {
	var list []any
	for i := range st.w.seen.Pods {
		list = append(list, upstreamPod(st.epoch, &st.w.seen.Pods[i]))
	}
	must(pods.Replace(list, ""))
}

// began notes a sync: upstream reads the scale first of all. By then the
// answer of the sync before is complete, its events too: virtual time moves
// only when every goroutine waits.
func (st *stage) began() {
	st.finish()
	seen := st.w.seen
	seen.SpecReplicas = st.w.spec
	st.open, st.scaled = true, st.w.spec
	st.syncs = append(st.syncs, casefile.Sync{At: time.Since(st.epoch), Config: st.w.cfg, Seen: seen})
}

// finish takes the answer of the last sync.
func (st *stage) finish() {
	if !st.open {
		return
	}
	st.open = false
	hpa, err := st.client.AutoscalingV2().HorizontalPodAutoscalers(namespace).Get(context.Background(), target, metav1.GetOptions{})
	must(err)
	last := &st.syncs[len(st.syncs)-1]
	if last.At == time.Since(st.epoch) {
		panic("two syncs at one instant")
	}
	last.Want = append(statusLines(st.epoch, &hpa.Status, st.scaled), st.events...)
	st.events = nil
}

// ear is a log that hears events. What the recorder sends to the API is no
// use: it counts repeated events as one, and drops those of an object that has
// too many. It logs every one of them.
type ear struct{ st *stage }

func (e ear) Init(logr.RuntimeInfo)          {}
func (e ear) Enabled(int) bool               { return true }
func (e ear) Error(error, string, ...any)    {}
func (e ear) WithValues(...any) logr.LogSink { return e }
func (e ear) WithName(string) logr.LogSink   { return e }
func (e ear) Info(_ int, msg string, kv ...any) {
	if msg != "Event occurred" {
		return
	}
	var typ, reason, because string
	for i := 0; i+1 < len(kv); i += 2 {
		value := fmt.Sprint(kv[i+1])
		switch kv[i] {
		case "type":
			typ = value
		case "reason":
			reason = value
		case "message":
			because = value
		}
	}
	if reason == autoscale.SuccessfulRescale {
		_, because, _ = strings.Cut(because, "; reason: ")
	}
	e.st.mu.Lock()
	defer e.st.mu.Unlock()
	e.st.events = append(e.st.events, casefile.EventLine(typ, reason, because))
}

func mapper() meta.RESTMapper {
	gv := schema.GroupVersion{Group: "apps", Version: "v1"}
	m := meta.NewDefaultRESTMapper([]schema.GroupVersion{gv})
	m.Add(gv.WithKind("Deployment"), meta.RESTScopeNamespace)
	return m
}

// scales is the scale subresource of the one deployment.
type scales struct{ st *stage }

func (s scales) Scales(string) scale.ScaleInterface { return s }

func (s scales) Get(context.Context, schema.GroupResource, string, metav1.GetOptions) (*autoscalingv1.Scale, error) {
	s.st.mu.Lock()
	defer s.st.mu.Unlock()
	s.st.began()
	return &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Name: target, Namespace: namespace},
		Spec:       autoscalingv1.ScaleSpec{Replicas: s.st.w.spec},
		Status:     autoscalingv1.ScaleStatus{Replicas: s.st.w.seen.StatusReplicas, Selector: "app=" + target},
	}, nil
}

func (s scales) Update(_ context.Context, _ schema.GroupResource, sc *autoscalingv1.Scale, _ metav1.UpdateOptions) (*autoscalingv1.Scale, error) {
	s.st.mu.Lock()
	defer s.st.mu.Unlock()
	s.st.w.spec, s.st.scaled = sc.Spec.Replicas, sc.Spec.Replicas
	return sc, nil
}

func (s scales) Patch(context.Context, schema.GroupVersionResource, string, types.PatchType, []byte, metav1.PatchOptions) (*autoscalingv1.Scale, error) {
	return nil, errors.New("not used")
}

// pipeline is the metrics client.
type pipeline struct{ st *stage }

var _ metrics.MetricsClient = pipeline{}

// find returns the reading of the metric that matches.
func (p pipeline) find(match func(*autoscale.MetricSpec) bool) (autoscale.Reading, error) {
	spec := p.st.w.cfg.HPA.Defaulted()
	i := slices.IndexFunc(spec.Metrics, func(m autoscale.MetricSpec) bool { return match(&m) })
	r := p.st.w.seen.Metrics[i]
	if r.Err != "" {
		return r, errors.New(r.Err)
	}
	return r, nil
}

// infos is the answer about pods; as the real client does it makes an error
// of an empty one.
func (p pipeline) infos(r autoscale.Reading, err error, api string) (metrics.PodMetricsInfo, time.Time, error) {
	if err != nil {
		return nil, time.Time{}, err
	}
	infos := metrics.PodMetricsInfo{}
	pods := p.st.w.seen.Pods
	for i, s := range r.Samples {
		if !s.OK {
			continue
		}
		name := fmt.Sprintf("gone-%d", i-len(pods))
		if i < len(pods) {
			name = pods[i].Name
		}
		infos[name] = metrics.PodMetric{Timestamp: p.st.epoch.Add(s.At), Window: s.Window, Value: s.Value}
	}
	if len(infos) == 0 {
		return nil, time.Time{}, fmt.Errorf("no metrics returned from %s metrics API", api)
	}
	return infos, time.Now(), nil
}

func (p pipeline) GetResourceMetric(_ context.Context, resource v1.ResourceName, _ string, _ k8slabels.Selector, container string) (metrics.PodMetricsInfo, time.Time, error) {
	p.st.mu.Lock()
	defer p.st.mu.Unlock()
	r, err := p.find(func(m *autoscale.MetricSpec) bool {
		if container != "" {
			return m.ContainerResource != nil && m.ContainerResource.Name == string(resource) && m.ContainerResource.Container == container
		}
		return m.Resource != nil && m.Resource.Name == string(resource)
	})
	return p.infos(r, err, "resource")
}

func (p pipeline) GetRawMetric(name string, _ string, _ k8slabels.Selector, _ k8slabels.Selector) (metrics.PodMetricsInfo, time.Time, error) {
	p.st.mu.Lock()
	defer p.st.mu.Unlock()
	r, err := p.find(func(m *autoscale.MetricSpec) bool { return m.Pods != nil && m.Pods.Metric.Name == name })
	return p.infos(r, err, "custom")
}

func (p pipeline) GetObjectMetric(name string, _ string, _ *autoscalingv2.CrossVersionObjectReference, _ k8slabels.Selector) (int64, time.Time, error) {
	p.st.mu.Lock()
	defer p.st.mu.Unlock()
	r, err := p.find(func(m *autoscale.MetricSpec) bool { return m.Object != nil && m.Object.Metric.Name == name })
	return r.Value, time.Now(), err
}

func (p pipeline) GetExternalMetric(name string, _ string, _ k8slabels.Selector) ([]int64, time.Time, error) {
	p.st.mu.Lock()
	defer p.st.mu.Unlock()
	r, err := p.find(func(m *autoscale.MetricSpec) bool { return m.External != nil && m.External.Metric.Name == name })
	third := r.Value / 3
	return []int64{third, r.Value - third}, time.Now(), err
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
