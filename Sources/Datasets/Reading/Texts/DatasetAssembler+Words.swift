/// What the rows say in words.
struct Words {
  var text: TextData?
  var opinions: OpinionTuples?
  /// What a person should know of them, a sentence each.
  var notices: [String] = []
}

extension DatasetAssembler {
  /// Makes texts and opinions of what was read, with the words of training rows, and tells models of
  /// them.
  ///
  /// - Throws: ``ReaderError``.
  func words(
    _ fields: FieldColumns, _ features: inout FeatureSchema
  ) throws(ReaderError) -> Words {
    var words = Words()
    if let rule = schema.opinions, let table = beside.opinions,
      let meetings = LogMeetings(log, schema, fields.fields, features.interactions)
    {
      let rows = try OpinionRows(rule, table, meetings)
      words.opinions = rows.tuples
      words.notices += rows.notices
    }
    if let texts = TextRows(log, schema) { try add(texts, to: &words) }
    (features.text, features.opinions) = (words.text?.features, words.opinions?.words)
    return words
  }

  /// Adds the texts and the words among them that are concepts.
  private func add(_ texts: TextRows, to words: inout Words) throws(ReaderError) {
    guard texts.vocabulary.count > TextVocabulary.specials.count else {
      throw .text(.noWords(column: texts.rule.source, minimumCount: texts.rule.minimumCount))
    }
    let names = conceptNames(words.opinions)
    let concepts = texts.vocabulary.concepts(names.all, texts.rule.tokenizer)
    guard schema.concepts == nil || !concepts.ids.isEmpty else {
      throw .text(.noConcepts(of: names.source, names: names.all.count))
    }
    let text = try texts.data(concepts: concepts.ids)
    words.notices += text.notices
    if text.shape.perUser + text.shape.perItem > 0, UsedColumns(schema).time == nil {
      words.notices.append(
        "`interactions.time` is not named: of a user's and an item's texts the last in the file count "
          + "as the newest")
    }
    if concepts.left > 0 {
      words.notices.append(
        "\(concepts.left) of \(names.all.count) concepts are no single word of the vocabulary and "
          + "left out")
    }
    words.text = text
  }

  /// The names of concepts, and where they are from.
  private func conceptNames(_ opinions: OpinionTuples?) -> (all: [String], source: String) {
    switch schema.concepts {
    case nil: ([], "")
    case .opinions: (opinions?.features ?? [], beside.opinions?.path ?? "")
    case .file:
      (
        beside.concepts?.texts(of: 0).filter { !$0.isEmpty } ?? [], beside.concepts?.path ?? ""
      )
    }
  }
}
