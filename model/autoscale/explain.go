package autoscale
func (n *Normalization) stabilizedText() string { return "" }
func (n *Normalization) limitedText() string { return "" }
func (d *Decision) summary() string { return "" }
// Explain x
func (d *Decision) Explain() []string { return nil }
