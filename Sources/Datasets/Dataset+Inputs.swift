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
    let fields = features.fields.enumerated().map { place, field in
      let id = Int(examples.ids[row * features.fields.count + place])
      return InputValue(name: field.name, value: field.name(of: id))
    }
    var numbers: [InputValue] = []
    for (place, feature) in features.dense.enumerated() {
      guard case .value(let mean, let deviation) = feature.form else { continue }
      let scaled = Double(examples.dense[row * features.dense.count + place])
      numbers.append(
        InputValue(name: feature.column, value: Self.short(scaled * deviation + mean)))
    }
    return fields + numbers
  }

  /// A number with at most four decimals and no trailing zeros.
  private static func short(_ number: Double) -> String {
    var text = String(format: "%.4f", number)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }
}

extension CategoricalField {
  /// The text of an id: `(rare or unseen)` for 0, the id itself where names are not known.
  public func name(of id: Int) -> String {
    if id == 0 { return "(rare or unseen)" }
    guard categories.indices.contains(id) else { return "\(id)" }
    return categories[id].isEmpty ? "(empty)" : categories[id]
  }
}
