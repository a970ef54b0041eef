import Datasets
import Runs

extension DataDescription {
  /// Everything in words and tables.
  var text: String {
    let head =
      "\(printable(name)): \(rows[0]) rows train, \(rows[1]) validate, \(rows[2]) test"
    var parts = [head, facts.tasks.map { printable($0.sentence) }.joined(separator: "\n")]
    parts.append(inputTable.text)
    let sentences = [interactions?.sentence, texts?.sentence, opinions?.sentence].compactMap { $0 }
    if !sentences.isEmpty { parts.append(sentences.joined(separator: "\n")) }
    if facts.tasks.count > 1 { parts.append("correlation of labels\n\(correlationTable.text)") }
    let notices = (facts.roles + facts.notices).map { "note: \(printable($0))" }
    let bites = warnings.map { "warning: \($0.sentence)" }
    parts.append(
      (notices + (bites.isEmpty ? ["no warning"] : bites)).joined(separator: "\n"))
    return parts.joined(separator: "\n\n")
  }

  private var inputTable: TextTable {
    let tasks = facts.tasks.filter { $0.kind.hasClasses }.map { "auc " + printable($0.task) }
    var table = TextTable(
      ["input", "kind", "values", "ids", "missing", "unknown val/test"] + tasks)
    for input in inputs {
      let binary = zip(facts.tasks, input.auc).filter { $0.0.kind.hasClasses }.map {
        $0.1.isNaN ? "–" : significant($0.1, digits: 4)
      }
      table.add(
        [
          printable(input.name), input.kind.rawValue, input.values,
          input.ids == 0 ? "–" : "\(input.ids)", input.missing,
          input.unknown.map { $0.map(percent).joined(separator: " / ") } ?? "–",
        ] + binary)
    }
    return table
  }

  private var correlationTable: TextTable {
    var table = TextTable([""] + facts.tasks.map { printable($0.task) })
    for (task, row) in zip(facts.tasks, correlations) {
      table.add([printable(task.task)] + row.map { $0.isNaN ? "–" : significant($0, digits: 3) })
    }
    return table
  }
}

extension DataDescription.Input {
  fileprivate var values: String {
    guard let facts else { return "–" }
    guard facts.kind == .numeric else { return "\(facts.distinct)" }
    return facts.range.map { "\(significant($0.lowerBound)) … \(significant($0.upperBound))" }
      ?? "none"
  }

  fileprivate var missing: String {
    guard let facts, facts.rows > 0 else { return "–" }
    return percent(Double(facts.missing) / Double(facts.rows))
  }
}

extension InteractionDescription {
  fileprivate var sentence: String {
    "interactions: \(users) users and \(items) items met in \(pairs) different pairs of the training "
      + "rows, \(percent(density)) of all; a user met \(itemsOfUser.median) items in the median and "
      + "\(itemsOfUser.most) at most, an item is in \(rowsOfItem.median) rows in the median and in "
      + "\(rowsOfItem.most) at most"
  }

  fileprivate var json: String {
    object([
      ("users", "\(users)"), ("items", "\(items)"), ("pairs", "\(pairs)"),
      ("density", digits(density)), ("items_of_user_median", "\(itemsOfUser.median)"),
      ("items_of_user_most", "\(itemsOfUser.most)"),
      ("rows_of_item_median", "\(rowsOfItem.median)"), ("rows_of_item_most", "\(rowsOfItem.most)"),
    ])
  }
}

extension TextDescription {
  fileprivate var sentence: String {
    let sizes = zip(["train", "validate", "test"], splits).map { name, split in
      guard split.texts > 0 else { return "0 \(name)" }
      return
        "\(split.texts) \(name) (\(significant(split.meanTokens, digits: 3)) tokens in the mean, "
        + "\(percent(split.unknownShare)) unknown)"
    }
    return
      "\(printable(column)): texts of \(sizes.joined(separator: ", ")); \(words) words are known, "
      + "\(concepts) of them concepts; a row is given \(given.user) texts of its user and "
      + "\(given.item) of its item at most"
  }

  fileprivate var json: String {
    object([
      ("column", quoted(column)), ("words", "\(words)"), ("concepts", "\(concepts)"),
      ("of_user", "\(given.user)"), ("of_item", "\(given.item)"),
      ("splits", object(zip(["training", "validation", "test"], splits).map { ($0, $1.json) })),
    ])
  }
}

extension TextDescription.Split {
  fileprivate var json: String {
    object([("texts", "\(texts)"), ("tokens", "\(tokens)"), ("unknown", "\(unknown)")])
  }
}

extension OpinionDescription {
  fileprivate var sentence: String {
    "opinions: \(tuples[0]) train, \(tuples[1]) validate, \(tuples[2]) test, of \(features) features "
      + "in \(opinions) words; \(percent(positiveShare)) of those that train are for"
  }

  fileprivate var json: String {
    object([
      ("features", "\(features)"), ("words", "\(opinions)"),
      ("tuples", object(zip(["training", "validation", "test"], tuples).map { ($0, "\($1)") })),
      ("positive_share", digits(positiveShare)),
    ])
  }
}

extension DataDescription.Warning {
  /// What bites, and why it does.
  var sentence: String {
    switch self {
    case .oneClass(let task, let split, let value, let rows):
      "\(printable(task)) is \(value) in all \(rows) \(split) rows: it has no AUC there"
    case .noRows(let task, let split):
      "\(printable(task)) has no \(split) row"
    case .givesAway(let input, let task, let auc):
      "\(printable(input)) alone ranks \(printable(task)) with an AUC of \(significant(auc, digits: 4)): "
        + "is it known before the label is?"
    case .repeated(let rows, let all):
      "\(rows) of \(all) test rows stand in the training rows, with the same inputs and labels"
    case .unknown(let input, let split, let share):
      "\(percent(share)) of the \(split) rows have a category of \(printable(input)) that training "
        + "does not know (or too rarely): a model sees them as one"
    }
  }
}

private func percent(_ share: Double) -> String { "\(significant(100 * share, digits: 3)) %" }

extension DataDescription {
  /// Everything as one JSON document.
  var json: String {
    object([
      ("data", quoted(name)),
      ("rows", object(zip(["training", "validation", "test"], rows).map { ($0, "\($1)") })),
      ("facts", facts.json), ("inputs", array(inputs.map { json(of: $0) })),
      ("interactions", interactions?.json ?? "null"), ("text", texts?.json ?? "null"),
      ("opinions", opinions?.json ?? "null"),
      ("correlations", array(correlations.map { array($0.map(digits)) })),
      ("warnings", array(warnings.map { quoted($0.sentence) })),
    ])
  }

  private func json(of input: Input) -> String {
    var pairs = [("input", quoted(input.name)), ("kind", quoted(input.kind.rawValue))]
    if let facts = input.facts {
      pairs += [("rows", "\(facts.rows)"), ("missing", "\(facts.missing)")]
      if facts.kind == .categorical { pairs.append(("values", "\(facts.distinct)")) }
      if let range = facts.range {
        pairs += [("least", digits(range.lowerBound)), ("greatest", digits(range.upperBound))]
      }
    }
    if let unknown = input.unknown {
      pairs += [
        ("ids", "\(input.ids)"), ("unknown_validation", digits(unknown[0])),
        ("unknown_test", digits(unknown[1])),
      ]
    }
    pairs.append(
      ("auc", object(zip(facts.tasks, input.auc).map { ($0.task, digits($1)) })))
    return object(pairs)
  }
}
