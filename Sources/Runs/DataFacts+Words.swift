// Facts about data in words, for every output alike.

extension DataFacts {
  /// The facts a line each: the tasks' labels, then which task plays which part, then what looks wrong.
  ///
  ///     click: 26.4286 % of 420 rows train (111), 25 % of 60 validate (15), 31.6667 % of 60 test (19)
  ///     watch: mean 3.2, deviation 1.5 in 420 rows train, …
  public var sentences: [String] { tasks.map(\.sentence) + roles + notices }
}

extension DataFacts.TaskFacts {
  /// Rows, positives and rate of each split; of a regression mean and deviation; rows alone where no
  /// column has labels.
  ///
  /// The task's name is as the data have it: a caller that writes to a terminal makes it printable.
  public var sentence: String {
    let splits = [("train", training), ("validate", validation), ("test", test)]
    return "\(task): "
      + splits.map { words(of: $0.1, verb: $0.0) }.joined(separator: ", ")
  }

  private func words(of facts: DataFacts.LabelFacts, verb: String) -> String {
    guard facts.rows > 0 else { return "no row \(verb == "train" ? "trains" : verb + "s")" }
    let rows = "\(facts.rows) row\(facts.rows == 1 ? "" : "s") \(verb)"
    guard kind.hasLabelColumn else { return rows }
    guard kind.hasClasses else {
      return "mean \(significant(facts.mean)), deviation \(significant(facts.deviation)) in \(rows)"
    }
    return "\(significant(100 * facts.rate)) % of \(rows) (\(facts.positives) positive)"
  }
}

extension DataFacts.LabelFacts {
  /// The share of positives; NaN without rows.
  public var rate: Double { rows == 0 ? .nan : Double(positives) / Double(rows) }
}

/// A number with at most so many significant digits, and no zeros at the end: `0.264286`, `2000`.
public func significant(_ value: Double, digits: Int = 6) -> String {
  guard value.isNormal || value == 0 else { return "\(value)" }
  guard value != 0 else { return "0" }
  var exponent = 0
  var size = abs(value)
  while size >= 10 {
    size /= 10
    exponent += 1
  }
  while size < 1 {
    size *= 10
    exponent -= 1
  }
  let decimals = digits - 1 - exponent
  // Powers of ten are exact up to 10²²; beyond, digits and power are written each for itself.
  let isExact = abs(decimals) <= 22
  var number =
    isExact
    ? rounded(value, decimals: decimals)
    : rounded(value < 0 ? -size : size, decimals: digits - 1)
  if !isExact, abs(number) >= 10 { (number, exponent) = (number / 10, exponent + 1) }
  let text = "\(number)"
  let short = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  return isExact ? short : "\(short)e\(exponent < 0 ? "-" : "+")\(abs(exponent))"
}

/// A number rounded to so many decimals; fewer than none round before the point.
private func rounded(_ value: Double, decimals: Int) -> Double {
  var power = 1.0
  for _ in 0..<min(300, abs(decimals)) { power *= 10 }
  return decimals >= 0 ? (value * power).rounded() / power : (value / power).rounded() * power
}
