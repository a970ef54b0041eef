// The rooms of Terminal.
