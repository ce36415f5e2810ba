package scenarios

import (
	"testing"
	"time"
)

// Each table: the text, what it means, and nothing where it is refused.

func TestTimes(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "3m25s": 205 * time.Second, "1h30m": 90 * time.Minute, "100ms": 100 * time.Millisecond, "1.5s": 1500 * time.Millisecond,
		"250us": 250 * time.Microsecond, "0s": 0, " 5s ": 5 * time.Second,
	} {
		if got, err := parseTime(text); err != nil || got != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "5", "0", "1.5", "-5s", "+5s", "5 s", "s", "5d", "5S", "five", "1e3s", "1e400", "NaN", "∞", "99999999999999h"} {
		if got, err := parseTime(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestRates(t *testing.T) {
	for text, want := range map[string]float64{"600/s": 600, "20/m": 1.0 / 3, "7200/h": 2, "0/s": 0, "0.5/s": 0.5, "1e3/s": 1000, " 6 / s ": 6} {
		if got, err := parseRate(text); err != nil || got != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "/s", "600", "600/", "600/d", "-1/s", "-0/s", "NaN/s", "Inf/s", "1e400/s", "1e30/s", "600/s/s", "0x10/s", "1_000/s", "600 per s"} {
		if got, err := parseRate(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestComposeSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"512M": 512 << 20, "512m": 512 << 20, "512MB": 512 << 20, "512mb": 512 << 20, "512MiB": 512 << 20, "512Mi": 512 << 20, "1.5G": 3 << 29, "2g": 2 << 30,
		"100k": 100 << 10, "7b": 7, "7B": 7, "0": 0, "1 M": 1 << 20, "1T": 1 << 40, "1p": 1 << 50,
	} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "512", "lots", "-1M", "1X", "1e3M", "M", "1..5G", "99999P", "0x10M", "NaN"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestKubernetesSizes(t *testing.T) {
	for text, want := range map[string]int64{"512M": 512e6, "256Mi": 256 << 20, "8Gi": 8 << 30, "1k": 1000, "0": 0, "512m": 1, "1500m": 2, "1.5Gi": 3 << 29} {
		if got, err := parseBytes(text); err != nil || got != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "512", "1MB", "lots", "-1Mi", "1mi", "99999E", "NaN", "1e400"} {
		if got, err := parseBytes(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestCores(t *testing.T) {
	for text, want := range map[string]int64{"1": 1e9, "0.5": 5e8, ".5": 5e8, "2.": 2e9, "0.001": 1e6} {
		if got, err := parseCPU(text, false); err != nil || got != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	if got, err := parseCPU("250m", true); err != nil || got != 25e7 {
		t.Errorf("250m: %v %v", got, err)
	}
	if _, err := parseCPU("250m", false); err == nil || err.help != "write 0.25" {
		t.Errorf("250m on Compose: %v", err)
	}
	for _, text := range []string{"", "0", "0m", "-1", "one", "NaN", "Inf", "1e400", "1e9", "0.0001", "1,5"} {
		if got, err := parseCPU(text, true); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestKindsOfImages(t *testing.T) {
	for image, want := range map[string]string{
		"nginx:alpine": "nginx", "nginxinc/nginx-unprivileged:1.29": "nginx", "docker.io/library/postgres:16@sha256:abc": "postgres", "bitnami/postgresql": "postgres",
		"redis:7": "redis", "valkey/valkey:8": "redis", "edoburu/pgbouncer": "pgbouncer", "localhost:5000/shop/app:1": "app", "nginx/nginx-prometheus-exporter": "app",
		"registry.nginx.org/app": "app", "": "app",
	} {
		if got := kindOfImage(image); got != want {
			t.Errorf("%q is a %s", image, got)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"duration", "title", "traffic", "hosts", "platform"}
	for word, want := range map[string]string{"duratoin": "duration", "Duration": "duration", "titel": "title", "host": "hosts", "plat": "platform", "xyzzy": "", "": "", "traffics": "traffic"} {
		if got := nearest(word, known); got != want {
			t.Errorf("%q: %q", word, got)
		}
	}
}
