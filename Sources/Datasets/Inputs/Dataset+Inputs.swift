import Foundation

/// One column of a row, as the data spell it.
public struct InputValue: Sendable, Hashable {
  /// The column.
  public var name: String
  /// The value; rare and unseen categories have no name.
  public var value: String
}

extension Dataset {
  /// A row's inputs by column, categories by name and numbers as they were before scaling.
  public func inputs(ofRow row: Int, in examples: Examples) -> [InputValue] {
    let fields = features.fields.enumerated().map { index, field in
      let names = examples.ids(ofRow: row, field: index).map { field.name(of: Int($0)) }
      return InputValue(
        name: field.name, value: names.isEmpty ? "(empty)" : names.joined(separator: " | "))
    }
    var numbers: [InputValue] = []
    for (index, feature) in features.dense.enumerated() {
      guard case .value(let mean, let deviation) = feature.form else { continue }
      let scaled = examples.dense[row * features.dense.count + index]
      let value = Self.text(of: scaled, mean: mean, deviation: deviation)
      numbers.append(InputValue(name: feature.column, value: value))
    }
    return fields + numbers
  }

  /// The shortest number, of at most four decimals, whose scaled form is this one.
  ///
  /// A scaled number keeps about seven digits, so undoing it in full would show 99999.0021 for
  /// 99999.
  private static func text(of scaled: Float, mean: Double, deviation: Double) -> String {
    let number = Double(scaled) * deviation + mean
    let decimals = (0..<4).first { decimals in
      let power = pow(10, Double(decimals))
      return Float(((number * power).rounded() / power - mean) / deviation) == scaled
    }
    var text = String(format: "%.\(decimals ?? 4)f", number)
    while decimals == nil, text.hasSuffix("0") { text.removeLast() }
    return text == "-0" ? "0" : text
  }
}

extension CategoricalField {
  /// The text of an id: `(rare or unseen)` for 0, the id itself where names are not known.
  public func name(of id: Int) -> String {
    if isHashed { return "hash row \(id)" }
    if id == 0 { return "(rare or unseen)" }
    guard categories.indices.contains(id) else { return "\(id)" }
    return categories[id].isEmpty ? "(empty)" : categories[id]
  }
}
