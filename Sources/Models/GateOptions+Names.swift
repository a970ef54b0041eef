/// The choices of a model with gates.
public protocol GatedConfiguration: ModelConfiguration {
  /// Temperature, dropout and load balance.
  var gate: GateOptions { get set }
}

extension GatedConfiguration {
  /// The options of gates by name.
  static var gateOptions: [ModelOption<Self>] {
    [
      ModelOption(
        "temperature", .number(\.gate.temperature), "T of the gates' softmax(x·W / T)"),
      ModelOption(
        "gate-dropout", .number(\.gate.dropout),
        "the share of experts that a gate drops in training"),
      ModelOption(
        "balance", .number(\.gate.balance), "the strength of the load-balancing loss"),
    ]
  }
}

extension GateOptions {
  /// Says which choice about a model's gates cannot be.
  func check(of model: String) throws(ModelError) {
    func check(
      _ option: String, _ value: Double, _ range: ClosedRange<Double>
    ) throws(ModelError) {
      guard !range.contains(value) else { return }
      throw .badValue(
        model: model, option: option, found: "\(value)",
        expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    try check("temperature", temperature, Self.temperatures)
    try check("gate-dropout", dropout, Self.shares)
    try check("balance", balance, Self.strengths)
  }
}
