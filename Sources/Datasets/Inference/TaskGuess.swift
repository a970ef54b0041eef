/// A column that may be a label.
struct TaskGuess {
  var task: InferredSchema.Task
  /// How sure it is: 4 asked for, 3 by its name, 2 a rating or a quantity, 1 the only one of two values.
  var strength: Int

  /// The columns of a table that may be labels, in their order.
  static func tasks(in group: TableGroup, asked: [String]) -> [Self] {
    let columns = group.merged
    var tasks = columns.flatMap { column in
      asked.contains(column.name)
        ? forced(column) : asked.isEmpty ? named(column) : []
    }
    if tasks.isEmpty, asked.isEmpty, let only = onlyBinary(columns) { tasks = [only] }
    return tasks
  }

  /// The likeliest of them: what is asked for alone, and names before looks.
  static func chosen(_ tasks: [Self]) -> [Self] {
    let best = tasks.map(\.strength).max() ?? 0
    return tasks.filter { $0.strength == best || (best < 4 && $0.strength > 1) }
  }

  private static func named(_ column: ColumnSummary) -> [Self] {
    let words = NameWords(column.name)
    if (3...8).contains(column.distinct), !column.isNumber { return events(column, strength: 3) }
    if column.distinct == 2, words.isOutcome { return [binary(column, strength: 3)] }
    if words.isRating, column.isNumber, (3...20).contains(column.distinct) {
      return ratings(column, strength: 2)
    }
    if words.isQuantity, column.isNumber, column.distinct > 2, column.least >= 0 {
      return [quantity(column, strength: 2)]
    }
    return []
  }

  /// A column that says which event a row is: a task for each but the most frequent, if most of its
  /// texts are names of events.
  private static func events(_ column: ColumnSummary, strength: Int) -> [Self] {
    let named = column.values.filter { NameWords($0.text).isEvent }
    guard named.count * 2 > column.distinct, named.count > 1 else { return [] }
    return named.filter { $0 != column.values.first }.map { value in
      Self(
        task: .init(
          name: value.text, column: column.name, rule: .equals(value.text),
          reason: .event(values: column.values), missing: column.rows - column.known),
        strength: strength)
    }
  }

  private static func forced(_ column: ColumnSummary) -> [Self] {
    if column.distinct == 2 { return [binary(column, strength: 4)] }
    guard column.isNumber, column.distinct > 2 else { return [] }
    return column.distinct <= 20
      ? ratings(column, strength: 4) : [quantity(column, strength: 4)]
  }

  /// The last column of two values, or the first: where labels usually stand.
  private static func onlyBinary(_ columns: [ColumnSummary]) -> Self? {
    for column in [columns.last, columns.first].compactMap({ $0 }) where column.distinct == 2 {
      var guess = binary(column, strength: 1)
      if guess.task.rule == .value || column.values.contains(where: isYes) {
        guess.task.reason = .onlyBinary(values: column.values)
        return guess
      }
    }
    return nil
  }

  private static func binary(_ column: ColumnSummary, strength: Int) -> Self {
    let missing = column.rows - column.known
    let numbers = column.numbers.map(\.value)
    if numbers == [0, 1] {
      return Self(
        task: .init(
          name: column.name, column: column.name, rule: .value,
          reason: .named(values: column.values), missing: missing), strength: strength)
    }
    let yes = column.values.first(where: isYes)
    // Of two numbers the greater is the one; of two words the rarer, which is usually the event.
    let positive =
      yes?.text ?? (column.isNumber ? greater(column) : column.values.last?.text) ?? ""
    return Self(
      task: .init(
        name: column.name, column: column.name, rule: .equals(positive),
        reason: yes == nil ? .rarer(values: column.values) : .named(values: column.values),
        missing: missing),
      strength: strength)
  }

  private static func greater(_ column: ColumnSummary) -> String? {
    column.values.map(\.text).max { (Double($0) ?? 0) < (Double($1) ?? 0) }
  }

  /// A rating tells two tasks: whether it is high, and how high it is.
  private static func ratings(_ column: ColumnSummary, strength: Int) -> [Self] {
    let missing = column.rows - column.known
    // The bound that comes nearest to half of the rows, from above the least.
    var best = (bound: column.greatest, share: 0.0)
    var above = column.known
    for (value, rows) in column.numbers {
      let share = Double(above) / Double(max(1, column.known))
      if value > column.least, abs(share - 0.5) < abs(best.share - 0.5) { best = (value, share) }
      above -= rows
    }
    let high = InferredSchema.Task(
      name: "high_\(column.name)", column: column.name, rule: .atLeast(best.bound),
      reason: .rating(least: column.least, greatest: column.greatest, share: best.share),
      missing: missing)
    let value = InferredSchema.Task(
      name: column.name, column: column.name, rule: .regression(log1p: false),
      reason: .quantity(least: column.least, greatest: column.greatest), missing: missing)
    return [Self(task: high, strength: strength), Self(task: value, strength: strength)]
  }

  private static func quantity(_ column: ColumnSummary, strength: Int) -> Self {
    let isSkewed = column.least >= 0 && column.greatest > 20 * max(1, column.median)
    return Self(
      task: .init(
        name: column.name, column: column.name, rule: .regression(log1p: isSkewed),
        reason: .quantity(least: column.least, greatest: column.greatest),
        missing: column.rows - column.known), strength: strength)
  }

  private static func isYes(_ value: ValueCount) -> Bool {
    ["true", "yes", "y", "t", "1", "1.0", "positive", "on"].contains(value.text.lowercased())
  }
}
