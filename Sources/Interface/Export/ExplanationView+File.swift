import Runs

extension ExplanationView {
  /// Items and reasons as a table.
  var file: ExportedFile {
    var table = CSVTable(head: ["user", "item", "step", "part", "place", "text", "score", "source"])
    let (user, item) = (user?.name ?? "", item?.name ?? "")
    func add(_ part: String, _ place: Int, _ text: String, _ score: Double?, _ source: String) {
      table.rows.append([
        .text(user), .text(item), .number(Double(step)), .text(part), .number(Double(place)),
        .text(text), .number(score ?? .nan), .text(source),
      ])
    }
    for (place, candidate) in first.enumerated() {
      add("first", place + 1, candidate.name, candidate.score, firstWords)
    }
    if let rating {
      add("expected", 0, rating.task, rating.predicted, "")
      if let observed = rating.observed { add("observed", 0, rating.task, observed, split ?? "") }
    }
    for (place, reason) in (explanation?.reasons ?? []).enumerated() {
      add("reason", place + 1, reason.title, reason.score, explanation?.scoreWords ?? "")
      for passage in reason.evidence {
        add("evidence", place + 1, passage.text, nil, passage.source)
      }
    }
    if let said = explanation?.generated { add("says", 0, said.text, nil, said.source) }
    if let truth { add("wrote", 0, truth.text, nil, truth.source) }
    return ExportedFile("explanation", ending: "csv", text: table.text)
  }
}
