package main

import (
	"fmt"
	"os"
	"reflect"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"

	"tandem/desk"
	"tandem/routing"
)

// maxPolicyFile is more than any policy needs.
const maxPolicyFile = 1 << 20

// readPolicyFile reads a policy for these providers. Every mistake is named with
// its key.
func readPolicyFile(path string, providers []routing.Provider) (*routing.Policy, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxPolicyFile {
		return nil, fmt.Errorf("--policy %s: %d bytes; a policy takes some hundred", path, info.Size())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--policy: %w", err)
	}
	policy, err := parsePolicy(text, providers)
	if err != nil {
		return nil, fmt.Errorf("--policy %s: %w", path, err)
	}
	return policy, nil
}

func parsePolicy(text []byte, providers []routing.Provider) (*routing.Policy, error) {
	raw, err := yaml.Parser().Unmarshal(text)
	if err != nil {
		return nil, err
	}
	var f desk.PolicyDraft
	decoder, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{Result: &f, TagName: "json", ErrorUnused: true, DecodeHook: asText})
	if err != nil {
		return nil, err
	}
	if err := decoder.Decode(raw); err != nil {
		return nil, fmt.Errorf("%w\nkeys are name, kind, band_percent, min_tier and routes, a list of provider, tier, place and weight", err)
	}
	return f.Policy(providers)
}

// asText keeps numbers as they are written, but for zeros at the end, and makes
// keys that are no text into text: the decoder panics over them.
func asText(_, to reflect.Type, v any) (any, error) {
	switch v := v.(type) {
	case int, int64, uint64, float64, bool:
		if to.Kind() == reflect.String {
			return fmt.Sprint(v), nil
		}
	case map[any]any:
		text := make(map[string]any, len(v))
		for key, value := range v {
			text[fmt.Sprint(key)] = value
		}
		return text, nil
	}
	return v, nil
}
