package scenarios

import (
	"encoding/json"
	"math"
	"strings"
	"sync"
)

// Schema is the whole format as JSON Schema, draft-07, for editors: every key
// that this version models, from the same table as the reader. The result is
// the same bytes each time and must not be changed.
func Schema() []byte { return schema() }

type dict = map[string]any

var schema = sync.OnceValue(func() []byte {
	w := &schemaWriter{defs: dict{}}
	root := w.object(rootObject, false)
	for k, v := range (dict{"$schema": "http://json-schema.org/draft-07/schema#", "title": "hasim scenario", "definitions": w.defs}) {
		root[k] = v
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err)
	}
	return append(text, '\n')
})

// schemaWriter collects the definition of each object, and of the same object
// as a part of a merge patch: there nothing is required and anything may be
// null.
type schemaWriter struct{ defs dict }

func (w *schemaWriter) ref(o *object, patch bool) dict {
	name := o.name
	if patch {
		name += "Patch"
	}
	if _, done := w.defs[name]; !done {
		w.defs[name] = nil // objects may contain themselves
		w.defs[name] = w.object(o, patch)
	}
	return dict{"$ref": "#/definitions/" + name}
}

func (w *schemaWriter) object(o *object, patch bool) dict {
	properties, required := dict{}, []string{}
	for i := range o.fields {
		f := &o.fields[i]
		if f.later != "" {
			continue
		}
		value := w.field(f, patch)
		if patch {
			value = dict{"anyOf": []any{value, dict{"type": "null"}}}
		}
		value["description"] = describe(f)
		properties[f.name] = value
		if f.required && !patch {
			required = append(required, f.name)
		}
	}
	out := dict{"type": "object", "description": o.doc, "properties": properties, "additionalProperties": false, "patternProperties": dict{"^x-": dict{}}}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// describe is a field's text with its default and where it is known.
func describe(f *field) string {
	parts := []string{f.doc}
	if f.def != "" {
		parts = append(parts, "Default: "+f.def+".")
	}
	if f.example != "" {
		parts = append(parts, "Example: "+f.example)
	}
	if f.on != everywhere {
		parts = append(parts, "On "+f.on.String()+" only.")
	}
	return strings.Join(parts, " ")
}

// Patterns of values with units. They are as strict as a pattern can be.
const (
	timePattern = `^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`
	ratePattern = `^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)? ?/ ?(s|m|h)$`
)

func (w *schemaWriter) field(f *field, patch bool) dict {
	text, timed := dict{"type": "string"}, dict{"type": "string", "pattern": timePattern}
	either := func(options ...any) dict { return dict{"anyOf": options} }
	listOf := func(item any) dict { return dict{"type": "array", "items": item} }
	switch f.shape {
	case aWord:
		return dict{"enum": f.enum}
	case words:
		return either(dict{"enum": f.enum}, listOf(dict{"enum": f.enum}))
	case aName:
		return dict{"type": "string", "pattern": nameShape.String()}
	case anInteger:
		return bounds(dict{"type": "integer"}, f)
	case aNumber:
		return bounds(dict{"type": "number"}, f)
	case aBool:
		return dict{"type": "boolean"}
	case aTime:
		return timed
	case times:
		return listOf(timed)
	case aRate:
		return dict{"type": "string", "pattern": ratePattern}
	case aSize, aBytes, aCPU, aQuantity, aPercent:
		return dict{"type": []string{"string", "number"}}
	case aBound:
		return either(bounds(dict{"type": "integer"}, f), dict{"const": "unlimited"})
	case aDist:
		return either(timed, w.ref(distObject, patch))
	case references, expectations:
		return either(text, listOf(text))
	case anObject:
		options := []any{w.ref(f.of, patch)}
		for _, o := range f.or {
			options = append(options, w.ref(o, patch))
		}
		if f.word {
			options = append(options, dict{"enum": f.enum})
		}
		if len(options) == 1 {
			return dict{"allOf": options}
		}
		return either(options...)
	case objects:
		return listOf(w.ref(f.of, false))
	case objectOrList:
		return either(w.ref(f.of, patch), listOf(w.ref(f.of, false)))
	case mapOfObjects:
		value := either(w.ref(f.of, patch), dict{"type": "null"})
		return dict{"type": "object", "additionalProperties": value, "patternProperties": dict{"^x-": dict{}}}
	case mapOfIntegers:
		return dict{"type": "object", "additionalProperties": bounds(dict{"type": "integer"}, f)}
	case aPatch:
		return dict{"allOf": []any{w.ref(rootObject, true)}}
	}
	return text
}

func bounds(d dict, f *field) dict {
	if f.bounded && f.lo > math.MinInt32 {
		d["minimum"] = f.lo
	}
	if f.bounded && f.hi < math.MaxInt32 {
		d["maximum"] = f.hi
	}
	return d
}
