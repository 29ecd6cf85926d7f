// Package check holds what Prometheus and Grafana are given against what Tandem
// tells: its test reads the rules and the dashboard beside it with Prometheus' own
// parser. It is a module of its own because that parser has a large module graph,
// which nobody who builds Tandem needs.
package check
