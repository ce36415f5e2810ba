// Package fmath holds the few elementary functions that the simulator needs,
// with the same bits on every processor.
//
// The standard library's Log, Exp and Pow have assembler versions that differ
// between architectures, and a Go compiler may fuse a*b+c into one instruction
// with one rounding where the processor has it. Either changes the last bit of
// a sample, and with it a whole run. Here every product that is added to
// something is written float64(a*b), which forbids the fusion, and only
// operations that IEEE 754 rounds exactly are used: + - * / and square root.
//
// The methods are our own, table driven: the argument is reduced to a small
// interval around one of 128 tabled points, a short polynomial does the rest,
// and the sums that could cancel carry their rounding error along.
//
// NaN in gives the one canonical NaN out, so that payloads do not differ.
package fmath

import "math"

// nan is the only NaN that leaves this package.
var nan = math.NaN()

// twoSum returns a+b rounded and its rounding error; |a| >= |b| or a == 0.
func twoSum(a, b float64) (s, err float64) {
	s = a + b
	return s, (a - s) + b
}

// twoProd returns a*b rounded and its rounding error without a fused multiply,
// by splitting the factors in halves (Dekker). |a|, |b| < 2^996.
func twoProd(a, b float64) (p, err float64) {
	const splitter = 1<<27 + 1
	p = float64(a * b)
	t := float64(a * splitter)
	ah := t - (t - a)
	al := a - ah
	t = float64(b * splitter)
	bh := t - (t - b)
	bl := b - bh
	err = float64(ah*bh) - p
	err += float64(ah * bl)
	err += float64(al * bh)
	err += float64(al * bl)
	return p, err
}
