import Runs

// What screen 9 shows, as tables: items and reasons, the evidence of both, and the course of the rating.
extension ExplanationView {
  /// All that is seen of the pair.
  func files(course: PairCourse, standing: String, effect: [String]) -> [ExportedFile] {
    let isOfPair = course.user == user?.name && course.item == item?.name
    let files = [
      explanationFile(course: isOfPair ? course : PairCourse(), standing, effect), evidenceFile,
      isOfPair ? courseFile(course) : nil,
    ]
    return files.compactMap { $0 }
  }

  /// Items, reasons and words, in the order in which they are shown.
  private func explanationFile(
    course: PairCourse, _ standing: String, _ effect: [String]
  ) -> ExportedFile {
    var table = CSVTable(head: ["user", "item", "step", "part", "place", "text", "score", "source"])
    let (user, item) = (user?.name ?? "", item?.name ?? "")
    func add(
      _ part: String, _ place: Int, _ text: String, _ score: Double? = nil, _ source: String = "",
      step own: Int? = nil
    ) {
      table.rows.append([
        .text(user), .text(item), .number(Double(own ?? step)), .text(part),
        .number(Double(place)), .text(text), .number(score ?? .nan), .text(source),
      ])
    }
    for (place, candidate) in first.enumerated() {
      add("first", place + 1, candidate.name, candidate.score, firstWords)
      if let rating = candidate.rating { add("expects", place + 1, candidate.name, rating) }
    }
    add("stands", (self.standing?.place ?? -1) + 1, standing, self.standing?.candidate.score)
    if let rating {
      add("expected", 0, rating.task, rating.predicted)
      if let observed = rating.observed { add("observed", 0, rating.task, observed, split ?? "") }
    }
    for remark in remarks { add("remark", 0, remark) }
    for (place, reason) in (explanation?.reasons ?? []).enumerated() {
      add("reason", place + 1, reason.title, reason.score, explanation?.scoreWords ?? "")
      for passage in reason.evidence {
        add("evidence", place + 1, passage.text, nil, passage.source)
      }
    }
    if let note = explanation?.note { add("note", 0, note) }
    if let said = explanation?.generated { add("says", 0, said.text, nil, said.source) }
    if let truth { add("wrote", 0, truth.text, nil, truth.source) }
    for said in course.sentences.dropLast().reversed() {
      add("said before", 0, said.text, step: said.step)
    }
    for line in effect { add("gains", 0, line) }
    return ExportedFile("explanation", ending: "csv", text: table.text)
  }

  /// What training rows have of the user and of the item: how often each rating, then the listed rows.
  private var evidenceFile: ExportedFile? {
    var table = CSVTable(head: ["of", "name", "part", "place", "with", "rating", "rows", "text"])
    for (kind, party, evidence) in [("user", user, ofUser), ("item", item, ofItem)] {
      guard let party, let evidence else { continue }
      func add(
        _ part: String, _ place: Int, _ other: String, _ rating: Double?, _ rows: Int,
        _ text: String = ""
      ) {
        table.rows.append([
          .text(kind), .text(party.name), .text(part), .number(Double(place)), .text(other),
          .number(rating ?? .nan), .number(Double(rows)), .text(text),
        ])
      }
      add("all", 0, "", evidence.mean, evidence.count)
      for count in evidence.counts { add("rated", 0, "", count.rating, count.rows) }
      for (place, row) in evidence.rows.enumerated() {
        add("row", place + 1, row.name, row.rating, 1, row.text ?? "")
      }
    }
    guard !table.rows.isEmpty else { return nil }
    return ExportedFile("explanation-evidence", ending: "csv", text: table.text)
  }

  /// What was expected of the pair at each look.
  private func courseFile(_ course: PairCourse) -> ExportedFile? {
    guard !course.samples.isEmpty else { return nil }
    var table = CSVTable(head: ["user", "item", "step", "expected", "observed"])
    table.rows = course.samples.map { sample in
      [
        .text(course.user), .text(course.item), .number(Double(sample.step)),
        .number(sample.predicted), .number(rating?.observed ?? .nan),
      ]
    }
    return ExportedFile("explanation-course", ending: "csv", text: table.text)
  }
}
