package scenarios

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"example.com/hasim/model"
	"example.com/hasim/model/expect"
)

// The decoder may not ask for a key that the table does not have (get panics),
// and the table may not have one that nobody asks for.
func TestTheReaderAndTheTableKnowTheSameKeys(t *testing.T) {
	read := map[*object]map[string]bool{}
	asked = func(o *object, key string) {
		if read[o] == nil {
			read[o] = map[string]bool{}
		}
		read[o][key] = true
	}
	defer func() { asked = nil }()
	load(t, "testdata/good/everything.yaml", Options{})
	load(t, "testdata/good/compose.yaml", Options{})
	everyField(func(path string, o *object, f *field) {
		if f.later == "" && !read[o][f.name] {
			t.Errorf("nobody reads %s", path)
		}
		if f.later != "" && read[o][f.name] {
			t.Errorf("%s is read and called not modelled yet", path)
		}
		if f.doc == "" || !strings.HasSuffix(f.doc, ".") {
			t.Errorf("%s has no sentence: %q", path, f.doc)
		}
	})
}

func TestEveryFieldIsInTheSchemaAndExplained(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	definitions := schema["definitions"].(map[string]any)
	fields := 0
	everyField(func(path string, o *object, f *field) {
		fields++
		in := schema
		if o != rootObject {
			in, _ = definitions[o.name].(map[string]any)
		}
		properties, _ := in["properties"].(map[string]any)
		property, present := properties[f.name].(map[string]any)
		if present != (f.later == "") {
			t.Errorf("%s: in the schema: %v", path, present)
		}
		if present && !strings.HasPrefix(property["description"].(string), f.doc) {
			t.Errorf("%s: described as %q", path, property["description"])
		}
		text, err := Explain(strings.ReplaceAll(path, "<name>", "anything"))
		if err != nil || !strings.Contains(text, path) && f.of != hpaObject {
			t.Errorf("explain %s: %v %q", path, err, text)
		}
	})
	if fields < 150 {
		t.Errorf("only %d fields", fields)
	}
}

// What the reader takes, an editor must not underline.
func TestTheSchemaTakesWhatTheReaderTakes(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	good, _ := filepath.Glob("testdata/good/*.yaml")
	library, _ := filepath.Glob("*.yaml")
	for _, path := range append(good, library...) {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := yaml.Unmarshal(src, &value); err != nil {
			t.Fatal(err)
		}
		for _, problem := range conforms(schema, schema, value, "") {
			t.Errorf("%s: %s", path, problem)
		}
	}
	for _, src := range []string{
		"hasim: v2", "hasim: v1", "{hasim: v1, services: {app: {imgae: x}}}", "{hasim: v1, services: {app: {}}, duration: 90}",
		"{hasim: v1, services: {app: {work: {queue: many}}}}", "{hasim: v1, services: {app: {balance: fair}}}",
		"{hasim: v1, services: {app: {}}, variants: [{name: x, set: {servces: {}}}]}", "{hasim: v1, services: {app: {autoscale: {minReplicas: 2}}}}",
		"{hasim: v1, services: {app: {}}, faults: [{crash: app}]}",
	} {
		var value any
		if err := yaml.Unmarshal([]byte(src), &value); err != nil {
			t.Fatal(err)
		}
		if len(conforms(schema, schema, value, "")) == 0 {
			t.Errorf("the schema takes %s", src)
		}
	}
}

// conforms checks a value against as much of draft-07 as the schema uses.
func conforms(root, s map[string]any, v any, at string) (problems []string) {
	fail := func(format string, args ...any) { problems = append(problems, at+": "+fmt.Sprintf(format, args...)) }
	for key, rule := range s {
		switch key {
		case "$ref":
			name := strings.TrimPrefix(rule.(string), "#/definitions/")
			problems = append(problems, conforms(root, root["definitions"].(map[string]any)[name].(map[string]any), v, at)...)
		case "anyOf":
			if !slices.ContainsFunc(rule.([]any), func(o any) bool { return len(conforms(root, o.(map[string]any), v, at)) == 0 }) {
				fail("none of the alternatives takes %v", v)
			}
		case "allOf":
			for _, o := range rule.([]any) {
				problems = append(problems, conforms(root, o.(map[string]any), v, at)...)
			}
		case "enum":
			if !slices.Contains(rule.([]any), v) {
				fail("%v is none of %v", v, rule)
			}
		case "const":
			if rule != v {
				fail("%v is not %v", v, rule)
			}
		case "type":
			if !isType(rule, v) {
				fail("%v is no %v", v, rule)
			}
		case "pattern":
			if text, ok := v.(string); ok && !regexp.MustCompile(rule.(string)).MatchString(text) {
				fail("%q does not match %v", text, rule)
			}
		case "minimum", "maximum":
			if x, ok := number(v); ok && (key == "minimum" && x < rule.(float64) || key == "maximum" && x > rule.(float64)) {
				fail("%v is beyond the %s %v", v, key, rule)
			}
		case "items":
			list, _ := v.([]any)
			for i, item := range list {
				problems = append(problems, conforms(root, rule.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		case "required":
			m, _ := v.(map[string]any)
			for _, name := range rule.([]any) {
				if _, has := m[name.(string)]; m != nil && !has {
					fail("%v is missing", name)
				}
			}
		case "properties":
			problems = append(problems, properties(root, s, v, at)...)
		case "additionalProperties", "patternProperties", "description", "$schema", "title", "definitions":
			if _, open := s["properties"]; !open && key == "additionalProperties" {
				problems = append(problems, properties(root, s, v, at)...)
			}
		default:
			fail("the schema uses %s, which this test does not know", key)
		}
	}
	return problems
}

func properties(root, s map[string]any, v any, at string) (problems []string) {
	m, _ := v.(map[string]any)
	known, _ := s["properties"].(map[string]any)
	for name, value := range m {
		rule, ok := known[name].(map[string]any)
		if more, isMap := s["additionalProperties"].(map[string]any); !ok && isMap {
			rule, ok = more, true
		}
		switch {
		case strings.HasPrefix(name, "x-"):
		case !ok:
			problems = append(problems, at+"."+name+": not allowed")
		default:
			problems = append(problems, conforms(root, rule, value, at+"."+name)...)
		}
	}
	return problems
}

func number(v any) (float64, bool) {
	switch x := v.(type) {
	case int:
		return float64(x), true
	case uint64:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

func isType(rule, v any) bool {
	if list, ok := rule.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return isType(one, v) })
	}
	x, isNumber := number(v)
	switch rule {
	case "number":
		return isNumber
	case "integer":
		return isNumber && x == math.Trunc(x)
	case "string":
		_, ok := v.(string)
		return ok
	case "boolean":
		_, ok := v.(bool)
		return ok
	case "array":
		_, ok := v.([]any)
		return ok
	case "object":
		_, ok := v.(map[string]any)
		return ok
	case "null":
		return v == nil
	}
	return false
}

func TestExplain(t *testing.T) {
	for _, c := range []struct{ field, want string }{
		{"", "services <map of maps, by name> required"},
		{"services", "FIELD:    services <map of maps, by name>"},
		{"services.app", "FIELD:    services.<name>"},
		{"services.app.work", "  queue <integer | unlimited>\n"},
		{`services."my.app".work.service_time`, "DEFAULT:  app: lognormal p50 40ms p99 180ms; nginx: 0s\n"},
		{"traffic[0].stages[1].target", "EXAMPLE:  target: 600/s"},
		{"services.app.autoscale", "POLICIES:\n  hpa"},
		{"services.app.autoscale.behavior.scaleUp.policies.periodSeconds", "at most 1800"},
		{"services.app.autoscale.shifts.at", "From when on"},
		{"variants.set.services.app.deploy.replicas", "How many there are at the start"},
		{"services.app.healthcheck", "Not modelled yet"},
		{"cluster", "PLATFORM: kubernetes"},
		{"expect", "replicas.desired\n"},
		{"reasons", "BackOff  (Kubernetes)\n"},
		{"defaults", "  nginx: service_time 0s, cpu 0s, concurrency unlimited"},
		{"defaults", "  traffic.client\n    timeout: 60s, as k6\n"},
		{"defaults", "  services.<name>.autoscale.behavior.scaleUp and scaleDown\n    stabilizationWindowSeconds: 0 for scaleUp, 300 for scaleDown\n"},
		{"services.app.work.startup", "Replicas that exist\nwhen the run begins were started before it and serve at once"},
		{"services.app.work.memory", "it is OOMKilled (exit 137) at that\nmoment, with everything on it"},
		{"services.app.deploy.resources.limits.memory", "OOMKilled (exit 137) at that moment"},
	} {
		got, err := Explain(c.field)
		if err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v\n%s", c.field, err, got)
		}
		for _, line := range strings.Split(got, "\n") {
			if len(line) > 120 {
				t.Errorf("%s: a line of %d characters: %s", c.field, len(line), line)
			}
		}
	}
	for field, want := range map[string]string{
		"servces":                "did you mean services?",
		"services.app.wrok":      "did you mean services.<name>.work?",
		"service_time":           "did you mean services.<name>.work.service_time?",
		"duration.unit":          "duration has no fields",
		"qqqqqqqq":               "known are hasim, name",
		"services.a.work.zz\x1b": `\x1b`,
	} {
		if got, err := Explain(field); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %q %v", field, got, err)
		}
	}
}

// The vocabulary is described whole, and each word once.
func TestEveryWordIsExplained(t *testing.T) {
	metrics, _ := Explain("expect")
	for _, name := range expect.Names() {
		if n := strings.Count(metrics, "\n  "+name+"\n    "); n != 1 {
			t.Errorf("explain expect describes %s %d times", name, n)
		}
	}
	if len(metricDocs) != len(expect.Names()) {
		t.Errorf("%d metrics, %d are described", len(expect.Names()), len(metricDocs))
	}
	reasons, _ := Explain("reasons")
	for _, r := range model.Reasons() {
		if n := strings.Count(reasons, "\n"+string(r.Reason)+"  ("); n != 1 {
			t.Errorf("explain reasons describes %s %d times", r.Reason, n)
		}
	}
	word := regexp.MustCompile(`(?m)^\t[A-Za-z]+ *[=:] +"([A-Z][A-Za-z]+)"`)
	found := 0
	for _, file := range []string{"normalize.go", "propose.go"} { // where package autoscale keeps its reasons
		src, err := os.ReadFile("../model/autoscale/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range word.FindAllStringSubmatch(string(src), -1) {
			found++
			if n := strings.Count(reasons, "\n"+m[1]+"\n    ") + strings.Count(reasons, "\n"+m[1]+"  ("); n != 1 {
				t.Errorf("explain reasons describes %s %d times", m[1], n)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d reasons of the autoscaler found", found)
	}
	defaults, _ := Explain("defaults")
	for _, line := range []string{"policy: hpa", "period: 15s", "selectPolicy: Max", "min: 1"} {
		if n := strings.Count(defaults, "\n    "+line+"\n"); n != 1 {
			t.Errorf("explain defaults says %q %d times", line, n)
		}
	}
}
