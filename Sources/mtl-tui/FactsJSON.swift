import Runs

extension DataFacts {
  /// `{"tasks":[{"task":…,"kind":…,"training":{"rows":…,"positives":…,"rate":…},…}],"notices":[…],…}`;
  /// a regression has mean and deviation in place of positives and rate, and what no column has labels
  /// of has rows alone.
  var json: String {
    object([
      ("tasks", array(tasks.map(\.json))), ("notices", array(notices.map(quoted))),
      ("roles", array(roles.map(quoted))),
    ])
  }
}

extension DataFacts.TaskFacts {
  fileprivate var json: String {
    object([
      ("task", quoted(task)), ("kind", quoted(kind.rawValue)),
      ("training", json(training)), ("validation", json(validation)), ("test", json(test)),
    ])
  }

  private func json(_ facts: DataFacts.LabelFacts) -> String {
    let rows = ("rows", "\(facts.rows)")
    guard kind.hasLabelColumn else { return object([rows]) }
    guard kind.hasClasses else {
      return object([
        rows, ("mean", digits(facts.mean)), ("deviation", digits(facts.deviation)),
      ])
    }
    return object([
      rows, ("positives", "\(facts.positives)"), ("rate", digits(facts.rate)),
    ])
  }
}

/// A number of at most six significant digits; null where it is undefined.
func digits(_ value: Double) -> String { value.isFinite ? significant(value) : "null" }

/// A JSON list.
func array(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }
