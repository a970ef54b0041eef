// The rooms of Interface.
