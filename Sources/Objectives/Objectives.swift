// The rooms of Objectives.
