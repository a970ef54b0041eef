// The rooms of Models.
