package autoscale

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Quantity is a number of milli-units, as the HPA reads a Kubernetes quantity
// ("500m" is 500, "2" is 2000, "1Ki" is 1 024 000).
type Quantity int64

// suffixes of quantities: value = mantissa x base^exp (apimachinery
// pkg/api/resource).
var suffixes = []struct {
	text  string
	times uint64 // the multiplier if it is whole
	div   uint64 // else the divisor
}{
	{"Ki", 1 << 10, 1}, {"Mi", 1 << 20, 1}, {"Gi", 1 << 30, 1}, {"Ti", 1 << 40, 1}, {"Pi", 1 << 50, 1}, {"Ei", 1 << 60, 1},
	{"n", 1, 1e9}, {"u", 1, 1e6}, {"m", 1, 1e3}, {"k", 1e3, 1}, {"M", 1e6, 1}, {"G", 1e9, 1}, {"T", 1e12, 1}, {"P", 1e15, 1}, {"E", 1e18, 1},
}

// ParseQuantity reads a Kubernetes quantity and rounds it up to milli-units,
// as upstream does. Errors: not a number, an unknown suffix, too large.
func ParseQuantity(text string) (Quantity, error) {
	v, err := parseScaled(text, 1000)
	if err != nil {
		return 0, err
	}
	return Quantity(v), nil
}

// Units of a tolerance: its canonical quantity is whole in one of these.
const (
	nanoPerUnit  = 1_000_000_000
	nanoPerMilli = 1_000_000
	nanoPerMicro = 1_000
)

// ParseTolerance reads behavior's tolerance (a quantity: "0.05", "50m") into
// the float64 that the controller gets: the API server stores the canonical
// form, a whole number of milli, micro or nano, and that number times 1e-3,
// 1e-6 or 1e-9 is what is compared.
func ParseTolerance(text string) (float64, error) {
	nano, err := parseScaled(text, nanoPerUnit)
	if err != nil {
		return 0, err
	}
	switch {
	case nano%nanoPerUnit == 0:
		return float64(nano / nanoPerUnit), nil
	case nano%nanoPerMilli == 0:
		return float64(nano/nanoPerMilli) * 1e-3, nil
	case nano%nanoPerMicro == 0:
		return float64(nano/nanoPerMicro) * 1e-6, nil
	}
	return float64(nano) * 1e-9, nil
}

// parseScaled reads text as a multiple of 1/scale, rounded away from zero.
func parseScaled(text string, scale uint64) (int64, error) {
	bad := fmt.Errorf("%q is not a quantity: write a number such as 100m, 0.5, 2, 10k or 128Mi", text)
	rest, negative := strings.CutPrefix(text, "-")
	if !negative {
		rest = strings.TrimPrefix(rest, "+")
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		end = len(rest)
	}
	whole, frac, _ := strings.Cut(rest[:end], ".")
	if whole+frac == "" || strings.Contains(frac, ".") {
		return 0, bad
	}
	times, div, ok := suffix(rest[end:])
	if !ok {
		return 0, bad
	}
	frac = strings.TrimRight(frac, "0")
	mantissa, err := strconv.ParseUint(whole+frac, 10, 64)
	if err != nil || len(frac) > 18 {
		return 0, fmt.Errorf("%q has too many digits", text)
	}
	for range frac {
		if times%10 == 0 {
			times /= 10
		} else if scale%10 == 0 {
			scale /= 10
		} else if div < 1e18 {
			div *= 10
		}
	}
	return scaled(text, mantissa, times, scale, div, negative)
}

func scaled(text string, mantissa, times, scale, div uint64, negative bool) (int64, error) {
	if scale >= div && scale%div == 0 {
		scale, div = scale/div, 1
	}
	hi, mult := bits.Mul64(times, scale)
	if hi != 0 {
		return 0, fmt.Errorf("%q is too large", text)
	}
	hi, lo := bits.Mul64(mantissa, mult)
	if hi >= div {
		return 0, fmt.Errorf("%q is too large", text)
	}
	q, rem := bits.Div64(hi, lo, div)
	if rem > 0 {
		q++
	}
	if q > 1<<63-1 {
		return 0, fmt.Errorf("%q is too large", text)
	}
	if negative {
		return -int64(q), nil
	}
	return int64(q), nil
}

// suffix returns the multiplier and divisor of a suffix or an exponent.
func suffix(text string) (times, div uint64, ok bool) {
	if text == "" {
		return 1, 1, true
	}
	for _, s := range suffixes {
		if s.text == text {
			return s.times, s.div, true
		}
	}
	if text[0] != 'e' && text[0] != 'E' {
		return 0, 0, false
	}
	exp, err := strconv.Atoi(text[1:])
	if err != nil || exp < -18 || exp > 18 {
		return 0, 0, false
	}
	times, div = 1, 1
	for ; exp > 0; exp-- {
		times *= 10
	}
	for ; exp < 0; exp++ {
		div *= 10
	}
	return times, div, true
}

// String is the canonical decimal form that kubectl prints: 500m, 2, 15k.
func (q Quantity) String() string { return formatMilli(int64(q)) }

// MarshalText writes the canonical form.
func (q Quantity) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads what ParseQuantity reads.
func (q *Quantity) UnmarshalText(text []byte) (err error) {
	*q, err = ParseQuantity(string(text))
	return err
}

var decimalSuffixes = [...]string{"m", "", "k", "M", "G", "T", "P"}

func formatMilli(milli int64) string {
	i := 0
	for milli != 0 && milli%1000 == 0 && i < len(decimalSuffixes)-1 {
		milli /= 1000
		i++
	}
	if milli == 0 {
		return "0"
	}
	return strconv.FormatInt(milli, 10) + decimalSuffixes[i]
}
