package sim

import (
	"math"
	"math/big"
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"time"
)

// latencies gives n durations from nanoseconds to days, mostly milliseconds.
func latencies(seed int64, n int) []time.Duration {
	r := rand.New(rand.NewSource(seed))
	v := make([]time.Duration, n)
	for i := range v {
		v[i] = time.Duration(10e6 * math.Exp(2*r.NormFloat64()))
		if r.Intn(10) == 0 {
			v[i] = time.Duration(math.Exp(r.Float64() * 32))
		}
	}
	return v
}

// TestBuckets: every value lies in a bucket whose middle is as near as promised,
// and buckets follow each other without a gap.
func TestBuckets(t *testing.T) {
	for _, per := range []int{1, 2, 32, 128, 1024} {
		h := NewHistogram(per)
		last := 0
		check := func(v int64) {
			i := h.index(v)
			if i < 0 || i >= len(h.buckets) {
				t.Fatalf("%d per octave: %d in bucket %d of %d", per, v, i, len(h.buckets))
			}
			off := math.Abs(float64(h.middle(i) - v))
			switch {
			case v < 1<<histLowBits:
				if off > 64 {
					t.Fatalf("%d per octave: %d is %v from its bucket's middle", per, v, off)
				}
			case v < 1<<histHighBits:
				if off > float64(v)/float64(2*per)+1 {
					t.Fatalf("%d per octave: %d is %v from its bucket's middle", per, v, off)
				}
			case i != len(h.buckets)-1:
				t.Fatalf("%d per octave: %d is not in the last bucket", per, v)
			}
		}
		for v := int64(0); v < 1<<14; v++ {
			i := h.index(v)
			if i != last && i != last+1 {
				t.Fatalf("%d per octave: from bucket %d to %d at %d", per, last, i, v)
			}
			last = i
			check(v)
		}
		for b := 10; b < 63; b++ {
			for _, d := range []int64{-1, 0, 1, 1 << (b - 10), 1<<b - 1} {
				check(1<<b + d)
			}
		}
		if h.index(2*int64(time.Hour)) == len(h.buckets)-1 {
			t.Error("two hours are beyond the range")
		}
	}
}

func TestHistogramIsExactWhereItSays(t *testing.T) {
	v := latencies(1, 20_000)
	h := NewHistogram(128)
	sum := new(big.Int)
	for _, d := range v {
		h.Record(d)
		sum.Add(sum, big.NewInt(int64(d)))
	}
	hi, lo := h.Sum()
	got := new(big.Int).Add(new(big.Int).Lsh(new(big.Int).SetUint64(hi), 64), new(big.Int).SetUint64(lo))
	if got.Cmp(sum) != 0 {
		t.Errorf("sum %v, want %v", got, sum)
	}
	if mean := new(big.Int).Div(sum, big.NewInt(int64(len(v)))); int64(h.Mean()) != mean.Int64() {
		t.Errorf("mean %d, want %d", h.Mean(), mean)
	}
	slices.Sort(v)
	if h.Count() != uint64(len(v)) || h.Min() != v[0] || h.Max() != v[len(v)-1] {
		t.Errorf("count %d, min %v, max %v", h.Count(), h.Min(), h.Max())
	}
	last := time.Duration(0)
	for _, q := range []float64{0, 1e-9, 0.0001, 0.07, 0.1, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1} {
		got := h.Quantile(q)
		want := v[max(1, int(math.Ceil(q*20_000-1e-9)))-1]
		if want < 1<<43 && math.Abs(float64(got-want)) > max(64, float64(want)/256) {
			t.Errorf("q %v: %v, want %v", q, got, want)
		}
		if got < last || got > h.Max() || got < h.Min() {
			t.Errorf("q %v: %v is out of order", q, got)
		}
		last = got
	}
}

func TestSumBeyond64Bits(t *testing.T) {
	h := NewHistogram(1)
	for range 5 {
		h.Record(math.MaxInt64)
	}
	if hi, lo := h.Sum(); hi != 2 || lo != 1<<63-5 {
		t.Errorf("sum %d·2^64 + %d", hi, lo)
	}
	if h.Mean() != math.MaxInt64 || h.Quantile(0.5) != math.MaxInt64 {
		t.Errorf("mean %v, median %v", h.Mean(), h.Quantile(0.5))
	}
}

func TestQuantilesOfFew(t *testing.T) {
	h := NewHistogram(32)
	if h.Quantile(0.5) != 0 || h.Mean() != 0 || h.Min() != 0 || h.Max() != 0 {
		t.Error("an empty histogram is not empty")
	}
	h.Record(-5)
	if h.Min() != 0 || h.Max() != 0 || h.Quantile(0.5) != 0 {
		t.Error("a negative duration is not 0")
	}
	h.Reset()
	h.Record(123_456_789)
	for _, q := range []float64{math.Inf(-1), -1, 0, 0.5, 0.99, 1, 2, math.NaN()} {
		if got := h.Quantile(q); got != 123_456_789 {
			t.Errorf("q %v of one: %v", q, got)
		}
	}
	for i := range 99 {
		h.Record(time.Duration(i) * ms)
	}
	if p99, p100 := h.Quantile(0.99), h.Quantile(1); p99 > 98*ms || p100 != 123_456_789 {
		t.Errorf("p99 of a hundred %v, max %v", p99, p100)
	}
}

func TestNearestRank(t *testing.T) {
	for n := uint64(1); n < 300; n++ {
		for k := uint64(0); k <= 1000; k++ { // q = k/1000 in whole numbers
			want := max(1, (k*n+999)/1000)
			if got := nearestRank(float64(k)/1000, n); got != want {
				t.Fatalf("rank of %v in %d is %d, want %d", float64(k)/1000, n, got, want)
			}
		}
	}
}

// TestMerge: the sum of parts is the whole, and the whole less a part is the
// rest, bucket by bucket.
func TestMerge(t *testing.T) {
	whole, a, b := NewHistogram(32), NewHistogram(32), NewHistogram(32)
	for i, d := range latencies(2, 5000) {
		whole.Record(d)
		if i%3 == 0 {
			a.Record(d)
		} else {
			b.Record(d)
		}
	}
	sum := NewHistogram(32)
	sum.Add(&a)
	sum.Add(&b)
	if !reflect.DeepEqual(sum, whole) {
		t.Error("the parts do not add up")
	}
	rest := NewHistogram(32)
	whole.CopyInto(&rest)
	rest.Sub(&a)
	if !slices.Equal(rest.buckets, b.buckets) || rest.count != b.count || rest.sumLo != b.sumLo || rest.Mean() != b.Mean() {
		t.Error("the whole less a part is not the rest")
	}
	last := time.Duration(0)
	for q := 0.0; q <= 1; q += 0.01 {
		got, want := rest.Quantile(q), b.Quantile(q)
		if math.Abs(float64(got-want)) > max(64, float64(want)/32) && want < 1<<43 || got < last || got > rest.Max() {
			t.Errorf("q %.2f of the rest: %v, want %v", q, got, want)
		}
		last = got
	}
	few, slow := NewHistogram(32), NewHistogram(32)
	for range 10 {
		few.Record(ms)
	}
	slow.Record(time.Second)
	few.Add(&slow)
	few.Sub(&slow)
	if got := few.Quantile(1); got > 2*ms || few.Max() != time.Second {
		t.Errorf("the slowest left is %v, at most %v", got, few.Max())
	}
	rest.Sub(&b)
	if !reflect.DeepEqual(rest, NewHistogram(32)) {
		t.Error("nothing is left, but not an empty histogram")
	}
	mustPanic(t, "taking away too much", func() { rest.Sub(&a) })
	other := NewHistogram(64)
	mustPanic(t, "different shapes", func() { other.Add(&a) })
	for _, n := range []int{0, -1, 3, 2048} {
		mustPanic(t, "bad shape", func() { NewHistogram(n) })
	}
}

func TestHistogramDoesNotAllocate(t *testing.T) {
	h, dst := NewHistogram(128), NewHistogram(128)
	if n := testing.AllocsPerRun(100, func() {
		h.Record(ms)
		h.CopyInto(&dst)
		dst.Add(&h)
		dst.Sub(&h)
		h.Quantile(0.9)
		dst.Reset()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if dst.Count() != 0 || h.Count() != 101 {
		t.Error("the copy is not independent")
	}
}

func BenchmarkRecord(b *testing.B) {
	h := NewHistogram(128)
	v := latencies(3, 1024)
	b.ResetTimer()
	for i := range b.N {
		h.Record(v[i&1023])
	}
}

func BenchmarkQuantile(b *testing.B) {
	h := NewHistogram(128)
	for _, d := range latencies(3, 100_000) {
		h.Record(d)
	}
	for _, q := range []struct {
		name string
		q    float64
	}{{"p50", 0.5}, {"p99", 0.99}} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				sinkDuration = h.Quantile(q.q)
			}
		})
	}
}

func TestLevelAgainstASum(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	var l Level
	now, start, value := time.Duration(0), time.Duration(0), int64(0)
	want := new(big.Int)
	least, most := int64(0), int64(0)
	for i := range 20_000 {
		dt := time.Duration(r.Int63n(1 << 40))
		if r.Intn(3) == 0 {
			dt = 0
		}
		want.Add(want, new(big.Int).Mul(big.NewInt(value), big.NewInt(int64(dt))))
		now += dt
		switch {
		case i == 7000:
			l.Start(now)
			start, least, most = now, value, value
			want.SetInt64(0)
		case r.Intn(2) == 0:
			value = r.Int63n(1<<36) - 1<<35
			l.Set(now, value)
		default:
			dv := r.Int63n(1000) - 500
			value += dv
			l.Add(now, dv)
		}
		least, most = min(least, value), max(most, value)
		hi, lo := l.Integral(now)
		got := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(hi), 64), new(big.Int).SetUint64(lo))
		if got.Cmp(want) != 0 || l.Value() != value || l.Min() != least || l.Max() != most {
			t.Fatalf("step %d: integral %v, want %v; value %d in %d..%d", i, got, want, l.Value(), l.Min(), l.Max())
		}
		if now > start {
			mean, _ := new(big.Float).Quo(new(big.Float).SetInt(want), big.NewFloat(float64(now-start))).Float64()
			if math.Abs(l.Mean(now)-mean) > 1e-12*math.Abs(mean) {
				t.Fatalf("step %d: mean %v, want %v", i, l.Mean(now), mean)
			}
		}
	}
}

func TestLevelStory(t *testing.T) {
	var l Level
	l.Set(0, 2)
	l.Set(10, 5)
	if got := l.Mean(30); got != 4 {
		t.Errorf("2 for 10 and 5 for 20 make %v", got)
	}
	l.Start(30)
	if l.Mean(30) != 5 || l.Mean(40) != 5 || l.Min() != 5 || l.Max() != 5 {
		t.Error("the warm-up is not forgotten")
	}
	l.Add(50, -8)
	if l.Mean(130) != (5*20-3*80)/100.0 || l.Min() != -3 {
		t.Errorf("mean %v, min %d", l.Mean(130), l.Min())
	}
	var deep Level
	deep.Set(0, -1<<40)
	if got := deep.Mean(1 << 24); got != -1<<40 { // the integral is -2^64
		t.Errorf("mean %v", got)
	}
	mustPanic(t, "time running backwards", func() { l.Set(40, 1) })
}
