// The rooms of Graph.
