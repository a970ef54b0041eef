// The rooms of Training.
