// The rooms of Metrics.
