// The rooms of Interface, from the outside in:
//
//   App/         the explorer as a value: keys and news in, effects and a canvas out
//   Screens/     what each tab shows
//   Panels/      the parts of a screen
//   Views/       what a model shows of itself, by the form of its numbers
//   Comparing/   the table of a comparison
//   Charts/      curves, axes, dots, heat
//   Formatting/  numbers and columns of text
