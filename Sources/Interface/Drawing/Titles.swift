import Terminal

/// A title of a name from the data and words about it: the name is cut before the words are, down to eight
/// columns.
func titled(_ name: String, _ role: Role, _ words: String, columns: Int) -> [Span] {
  let most = max(min(8, columns / 2), columns - columnsTaken(by: words))
  return [Span(fit(name, into: most), .title), Span(words, role)]
}
