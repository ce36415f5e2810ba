package scenarios

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/hasim/model/autoscale"
)

// Reading of single values. Each function takes the text as written and
// returns an error of two parts: what is wrong and what to write instead.

// valueError is why a single value cannot be read.
type valueError struct{ msg, help string }

func (e *valueError) Error() string { return e.msg }

func wrong(help, format string, args ...any) *valueError {
	return &valueError{fmt.Sprintf(format, args...), help}
}

var decimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

const timeHelp = "write a time with its unit, such as 500ms, 90s or 3m25s"

// parseTime reads a duration as Compose and Go write it. A number without a
// unit is refused: nobody knows what it means.
func parseTime(text string) (time.Duration, *valueError) {
	s := strings.TrimSpace(text)
	if decimal.MatchString(s) {
		return 0, wrong("write "+shown(s)+"s, "+shown(s)+"ms or "+shown(s)+"m", "%s has no unit", quoted(text))
	}
	if strings.HasPrefix(s, "-") {
		return 0, wrong(timeHelp, "%s is negative", quoted(text))
	}
	d, err := time.ParseDuration(s)
	switch {
	case err == nil && !strings.HasPrefix(s, "+"):
		return d, nil
	case durationLike.MatchString(s):
		return 0, wrong("at most "+short(maxTime), "%s is too long", quoted(text))
	}
	return 0, wrong(timeHelp, "%s is no time", quoted(text))
}

var durationLike = regexp.MustCompile(`^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`)

// shown cuts a word of the file for a help line.
func shown(s string) string { return strings.Trim(quoted(s), `"`) }

// short writes a duration without its zero parts: 5m, not 5m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

const rateHelp = "write a rate per second, minute or hour, such as 600/s or 20/m"

// parseRate reads 600/s, 20/m or 5/h and returns it per second.
func parseRate(text string) (float64, *valueError) {
	number, per, has := strings.Cut(strings.TrimSpace(text), "/")
	number, per = strings.TrimSpace(number), strings.TrimSpace(per)
	if !has && decimal.MatchString(number) {
		return 0, wrong("write "+shown(number)+"/s or "+shown(number)+"/m", "%s has no per", quoted(text))
	}
	seconds := map[string]float64{"s": 1, "m": 60, "h": 3600}[per]
	if !decimal.MatchString(number) || seconds == 0 {
		return 0, wrong(rateHelp, "%s is no rate", quoted(text))
	}
	x, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || x/seconds > maxRate:
		return 0, wrong("write a smaller number", "%s is too large", quoted(text))
	case x < 0 || strings.HasPrefix(number, "-"):
		return 0, wrong(rateHelp, "%s is negative", quoted(text))
	}
	return x / seconds, nil
}

// composeSize is how Compose reads sizes (docker/go-units RAMInBytes): k, m,
// g, t, p of either case mean powers of 1024, i and b behind them nothing.
var composeSize = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([kKmMgGtTpP]?)([iI]?[bB]?)$`)

const sizeHelp = "write a size with its unit, such as 512M or 2G"

func parseSize(text string) (int64, *valueError) {
	s := strings.TrimSpace(text)
	m := composeSize.FindStringSubmatch(s)
	switch {
	case strings.HasPrefix(s, "-"):
		return 0, wrong(sizeHelp, "%s is negative", quoted(text))
	case m == nil:
		return 0, wrong(sizeHelp, "invalid size: %s", quoted(text))
	case m[2]+m[3] == "" && strings.Trim(m[1], "0.") != "":
		return 0, wrong("write "+shown(s)+"M, or "+shown(s)+"B if bytes are meant", "%s has no unit", quoted(text))
	}
	x, err := strconv.ParseFloat(m[1], 64)
	if m[2] != "" {
		x = math.Ldexp(x, 10*(1+strings.Index("kmgtp", strings.ToLower(m[2]))))
	}
	if err != nil || x > maxSize {
		return 0, wrong("write a smaller size", "%s is too large", quoted(text))
	}
	return int64(x), nil
}

const maxSize = 1 << 60

var kubernetesMilli = regexp.MustCompile(`^[0-9.]+m$`)

const bytesHelp = "write a size as Kubernetes does, such as 256Mi or 8Gi"

// parseBytes reads a size as a Kubernetes quantity: Ki, Mi, Gi are powers of
// 1024, k, M, G of 1000, and m thousandths of a byte, rounded up.
func parseBytes(text string) (int64, *valueError) {
	s := strings.TrimSpace(text)
	if strings.HasPrefix(s, "-") {
		return 0, wrong(bytesHelp, "%s is negative", quoted(text))
	}
	q, err := autoscale.ParseQuantity(s)
	switch {
	case err != nil && strings.Contains(err.Error(), "too "):
		return 0, wrong("write a smaller size", "%s is too large", quoted(text))
	case err != nil:
		return 0, wrong(bytesHelp, "%s is no size", quoted(text))
	case decimal.MatchString(s) && q != 0:
		return 0, wrong("write "+shown(s)+"Mi, or 1Ki for 1024 bytes", "%s has no unit", quoted(text))
	}
	n := int64(q) / 1000
	if int64(q)%1000 > 0 {
		n++
	}
	return n, nil
}

const cpuHelp = "write a number of cores, such as 0.5 or 2"

// parseCPU reads cores into nano-CPU; with milli also as Kubernetes writes
// them, 500m.
func parseCPU(text string, milli bool) (int64, *valueError) {
	s, scale := strings.TrimSpace(text), 1e9
	if cut, ok := strings.CutSuffix(s, "m"); ok && decimal.MatchString(cut) {
		if !milli {
			x, _ := strconv.ParseFloat(cut, 64)
			return 0, wrong("write "+strconv.FormatFloat(x/1000, 'g', 6, 64), "%s is Kubernetes' way; Compose reads cores", quoted(text))
		}
		s, scale = cut, 1e6
	}
	if !decimal.MatchString(s) {
		return 0, wrong(cpuHelp, "%s is no number of cores", quoted(text))
	}
	x, err := strconv.ParseFloat(s, 64)
	x *= scale
	switch {
	case err != nil || x > 1e15:
		return 0, wrong("at most 1000000 cores", "%s is too large", quoted(text))
	case x < 0 || strings.HasPrefix(s, "-"):
		return 0, wrong(cpuHelp, "%s is negative", quoted(text))
	case x < 1e6:
		return 0, wrong("leave it out for no bound; the least is 0.001", "%s cores are too few", quoted(text))
	}
	return int64(math.Round(x)), nil
}

// parseInt reads a decimal integer.
func parseInt(text string, lo, hi float64) (int64, *valueError) {
	s := strings.TrimSpace(text)
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, outside(s, lo, hi)
	case err != nil && decimal.MatchString(s):
		x, _ := strconv.ParseFloat(s, 64)
		if x == math.Trunc(x) && math.Abs(x) < 1e15 {
			return 0, wrong("write "+strconv.FormatFloat(x, 'f', 0, 64), "must be a whole number, not %s", shown(s))
		}
		if math.Abs(x) > 1e15 {
			return 0, outside(s, lo, hi)
		}
		return 0, wrong(fmt.Sprintf("write %.0f or %.0f", math.Floor(x), math.Ceil(x)), "must be a whole number, not %s", shown(s))
	case err != nil && strings.HasSuffix(s, "%") && decimal.MatchString(s[:len(s)-1]):
		return 0, wrong("write "+shown(s[:len(s)-1]), "%s is no whole number", quoted(text))
	case err != nil:
		return 0, wrong("write a whole number", "%s is no number", quoted(text))
	case strings.HasPrefix(s, "+") || len(s) > 1 && strings.TrimLeft(s, "-")[0] == '0':
		return 0, wrong("write it as "+strconv.FormatInt(n, 10), "%s is not written as a decimal number", quoted(text))
	case float64(n) < lo || float64(n) > hi:
		return 0, outside(s, lo, hi)
	}
	return n, nil
}

// parseNumber reads a decimal number.
func parseNumber(text string, lo, hi float64) (float64, *valueError) {
	s := strings.TrimSpace(text)
	if !decimal.MatchString(s) {
		return 0, wrong("write a number", "%s is no number", quoted(text))
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || x < lo || x > hi {
		return 0, outside(s, lo, hi)
	}
	return x, nil
}

// parsePercent reads 50% or 50.
func parsePercent(text string) (float64, *valueError) {
	s := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%"))
	x, err := parseNumber(s, 0, 100)
	if err != nil {
		err.help = "write a percentage from 0% to 100%"
	}
	return x, err
}

func outside(text string, lo, hi float64) *valueError {
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	switch {
	case strings.HasPrefix(text, "-") && lo == 0:
		return wrong("", "must not be negative, is %s", shown(text))
	case math.IsInf(hi, 1) || strings.HasPrefix(text, "-"):
		return wrong("", "must be at least %s, is %s", number(lo), shown(text))
	case math.IsInf(lo, -1):
		return wrong("", "must be at most %s, is %s", number(hi), shown(text))
	}
	return wrong("", "must be between %s and %s, is %s", number(lo), number(hi), shown(text))
}
