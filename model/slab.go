package model

// slab keeps records that are named by index and used again: no allocation
// once it has grown, and a checkpoint is a copy of two slices. A pointer into
// it is good until the next take.
type slab[T any] struct {
	items []T
	free  []int32
}

// take gives an unused record; its content is that of its last use.
func (s *slab[T]) take() int32 {
	if n := len(s.free); n > 0 {
		i := s.free[n-1]
		s.free = s.free[:n-1]
		return i
	}
	var zero T
	s.items = append(s.items, zero)
	return int32(len(s.items) - 1)
}

func (s *slab[T]) give(i int32) { s.free = append(s.free, i) }

func (s *slab[T]) at(i int32) *T { return &s.items[i] }

// used counts the records that are taken.
func (s *slab[T]) used() int { return len(s.items) - len(s.free) }

func (s *slab[T]) copyInto(dst *slab[T]) {
	dst.items = append(dst.items[:0], s.items...)
	dst.free = append(dst.free[:0], s.free...)
}
