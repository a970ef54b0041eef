// The rooms of Layers.
